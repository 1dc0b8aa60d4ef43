"""The article of questions and answers, taken apart."""

import re
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.text import slugify

from challenge.models import Article
from challenge.site.lessons import words

HEADING = re.compile(r"^##[ \t]+(.+?)[ \t]*$", re.MULTILINE)
LONGEST_ANCHOR = 80


@dataclass(frozen=True)
class Asked:
    """A question, the name by which a link may point at it, and its answer in Markdown."""

    anchor: str
    question: str
    markdown: str

    @property
    def answer(self) -> SafeString:
        return words(self.markdown)


def introduction(article: Article) -> SafeString:
    """What the article says before its first question."""
    return words(HEADING.split(article.body, maxsplit=1)[0])


def asked(article: Article) -> list[Asked]:
    """The questions in their order; each anchor stands for one alone."""
    _before, *parts = HEADING.split(article.body)
    found: dict[str, Asked] = {}
    for place, (question, answer) in enumerate(zip(parts[::2], parts[1::2], strict=True), 1):
        anchor = slugify(question)[:LONGEST_ANCHOR].strip("-")
        if not anchor or anchor in found:
            anchor = f"{anchor}-{place}".strip("-")
        found[anchor] = Asked(anchor, question, answer)
    return list(found.values())
