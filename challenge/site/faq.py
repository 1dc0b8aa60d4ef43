"""The entries of the article of questions and answers."""

import re
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.text import slugify

from challenge.models import Article
from challenge.site.lessons import render_markdown

HEADING = re.compile(r"^##[ \t]+(.+?)[ \t]*$", re.MULTILINE)
MAX_ANCHOR = 80


@dataclass(frozen=True)
class FaqEntry:
    anchor: str
    question: str
    markdown: str

    @property
    def answer(self) -> SafeString:
        return render_markdown(self.markdown)


def introduction(article: Article) -> SafeString:
    return render_markdown(HEADING.split(article.body, maxsplit=1)[0])


def entries(article: Article) -> list[FaqEntry]:
    """Return the entries in their order, each with an anchor of its own."""
    _before, *parts = HEADING.split(article.body)
    found: dict[str, FaqEntry] = {}
    for number, (question, answer) in enumerate(zip(parts[::2], parts[1::2], strict=True), 1):
        anchor = slugify(question)[:MAX_ANCHOR].strip("-")
        if not anchor or anchor in found:
            anchor = f"{anchor}-{number}".strip("-")
        found[anchor] = FaqEntry(anchor, question, answer)
    return list(found.values())
