"""The fields of a lesson, a stretch and a self-check, and their limits."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from challenge.curriculum.lint.blocks import Block, blocks, tokens
from challenge.curriculum.lint.claims import claims
from challenge.curriculum.lint.finding import Finding
from challenge.curriculum.lint.reading import MOST_GRADE, SENTENCE_WORDS, grade, sentences, words_of
from challenge.curriculum.lint.unsafe import check_unsafe, normalise_line_ends

# The least and the most characters.
DAY = {"title": (1, 60), "subject": (10, 60), "preview": (40, 110), "run": (10, 140)}
OPTIONAL_DAY = {"no_run": (10, 140)}
NOTE = (1, 140)
SOURCE = (10, 300)
STRETCH = {
    "title": (1, 120),
    "purpose": (20, 300),
    "hold": (1, 120),
    "sets": (1, 120),
    "feel": (20, 400),
    "not_feel": (20, 500),
    "easier": (10, 400),
    "harder": (10, 400),
    "skip_if": (20, 600),
    "timer": (20, 140),
}
OPTIONAL_STRETCH = {"reminder": (60, 260)}
SELF_CHECK = {key: STRETCH[key] for key in ("title", "purpose", "skip_if", "timer")}
ALT = (30, 240)
LESSON_LENGTH = 6_000
ARTICLE_LENGTH = 20_000
# Entries of a list, at most.
MAX_SOURCES, MAX_DRAWINGS, MAX_EQUIPMENT = 4, 6, 8
# These fields name conditions, so that people with such a condition leave a stretch out.
_LISTS_CONDITIONS = {"skip_if", "sources"}


def text_of(value: Any) -> str:
    """Return a field as text; a missing field or one of another type is empty."""
    return normalise_line_ends(value) if isinstance(value, str) else ""


def items_of(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def too_many(place: str, items: list[Any], most: int) -> list[Finding]:
    if len(items) <= most:
        return []
    advice = _("Too many entries: %(count)d, and at most %(most)d fit. Take some out.")
    return [Finding(place, most + 1, advice % {"count": len(items), "most": most})]


def plain_fields(content: dict[str, Any], limits: dict[str, tuple[int, int]]) -> list[Finding]:
    return [
        finding
        for place, limit in limits.items()
        for finding in plain_field(place, text_of(content.get(place)), limit)
    ]


def optional_fields(content: dict[str, Any], limits: dict[str, tuple[int, int]]) -> list[Finding]:
    """Lint the fields that may be empty, where they are not."""
    return plain_fields(content, {key: limits[key] for key in limits if text_of(content.get(key)).strip()})


def plain_field(place: str, text: str, limit: tuple[int, int], line: int = 1) -> list[Finding]:
    least, most = limit
    if not text.strip():
        return [Finding(place, line, _("This is empty. Fill it in."))]
    if len(text) > most:
        return [Finding(place, line, too_long(len(text), most))]
    found = check_unsafe(place, text, markdown=False)
    if len(text.strip()) < least:
        advice = _("Too short: %(count)d of at least %(least)d characters. Say a little more.")
        found.append(Finding(place, 1, advice % {"count": len(text.strip()), "least": least}))
    found.extend(_advice(place, [Block(1, False, text)], diagnoses=place not in _LISTS_CONDITIONS))
    return [Finding(place, line + finding.line - 1, finding.message) for finding in found]


def markdown_field(place: str, text: str, most: int, placeholders: tuple[str, ...] = ()) -> list[Finding]:
    """Lint a field of Markdown, but only the length of a text that is far too long."""
    if not text.strip():
        return [Finding(place, 1, _("This is empty. Fill it in."))]
    if len(text) > most:
        return [Finding(place, 1, too_long(len(text), most))]
    found = check_unsafe(place, text, markdown=True, placeholders=placeholders)
    found.extend(_advice(place, blocks(tokens(text)), diagnoses=True))
    return found


def too_long(count: int, most: int) -> str:
    advice = _("Too long: %(count)s characters, and at most %(most)d fit. Shorten it.")
    return advice % {"count": f"{count:,}", "most": most}


def too_hard(place: str, text: str) -> list[Finding]:
    """Return a finding when a Markdown field, without its headings, is above MOST_GRADE."""
    measured = grade([block.text for block in blocks(tokens(text)) if not block.heading])
    if measured is None or measured <= MOST_GRADE:
        return []
    advice = _(
        "This reads like school grade %(grade).1f; up to %(most).1f is easy at six in the morning. "
        "Use shorter sentences and shorter words."
    )
    return [Finding(place, 1, advice % {"grade": measured, "most": MOST_GRADE})]


def _advice(place: str, text: Iterable[Block], *, diagnoses: bool) -> Iterator[Finding]:
    for block in text:
        for offset, sentence in sentences(block.text):
            count = len(words_of(sentence))
            if count > SENTENCE_WORDS:
                advice = _("This sentence has %(count)d words. Make two of it: %(most)d at most.")
                yield Finding(place, block.line_at(offset), advice % {"count": count, "most": SENTENCE_WORDS})
        for offset, message in claims(block.text, diagnoses=diagnoses):
            yield Finding(place, block.line_at(offset), message)
