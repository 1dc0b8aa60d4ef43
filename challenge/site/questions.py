"""The article of questions and answers, taken apart."""

import re
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.text import slugify

from challenge.models import Article
from challenge.site.lessons import words

HEADING = re.compile(r"^##[ \t]+(.+?)[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class Answered:
    """A question, and the name by which a link may point at it."""

    anchor: str
    question: str
    answer: SafeString


def introduction(article: Article) -> SafeString:
    """What the article says before its first question."""
    return words(HEADING.split(article.body, maxsplit=1)[0])


def answered(article: Article) -> list[Answered]:
    """The questions in their order; each anchor stands for one alone."""
    _before, *parts = HEADING.split(article.body)
    found: dict[str, Answered] = {}
    for place, (question, answer) in enumerate(zip(parts[::2], parts[1::2], strict=True), 1):
        anchor = slugify(question)
        if not anchor or anchor in found:
            anchor = f"{anchor}-{place}".strip("-")
        found[anchor] = Answered(anchor, question, words(answer))
    return list(found.values())
