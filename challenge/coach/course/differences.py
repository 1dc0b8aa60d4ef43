"""Two versions side by side, with the words that differ marked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_WORD = re.compile(r"\n|[^\s]+[^\S\n]*|[^\S\n]+")
# The time of a comparison grows with the product of both lengths; long texts are compared by line.
MAX_PAIRS = 4_000_000


@dataclass(frozen=True)
class Row:
    """One named part of a version, as text."""

    name: str
    text: str


@dataclass(frozen=True)
class Difference:
    """One part with different texts in two versions."""

    name: str
    before: SafeString
    after: SafeString


def differences(before: Sequence[Row], after: Sequence[Row]) -> list[Difference]:
    """Return the rows that differ, in the order of `after`; a missing row counts as empty."""
    old, new = {row.name: row.text for row in before}, {row.name: row.text for row in after}
    names = [*new, *(name for name in old if name not in new)]
    pairs = [(name, old.get(name, ""), new.get(name, "")) for name in names]
    return [Difference(name, *marked(was, now)) for name, was, now in pairs if was != now]


def marked(before: str, after: str) -> tuple[SafeString, SafeString]:
    """Return both texts, with <del> around the words of the first only, <ins> around those of the second."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    if len(old) * len(new) > MAX_PAIRS:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    if len(old) * len(new) > MAX_PAIRS:
        old, new = [before], [after]
    left: list[tuple[str, str]] = []
    right: list[tuple[str, str]] = []
    for what, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        left.append(("" if what == "equal" else "del", "".join(old[start:end])))
        right.append(("" if what == "equal" else "ins", "".join(new[first:last])))
    return _tagged(left), _tagged(right)


def _tagged(pieces: list[tuple[str, str]]) -> SafeString:
    return format_html_join(
        "",
        "{}",
        ((format_html(f"<{tag}>{{}}</{tag}>", text) if tag else text,) for tag, text in pieces if text),
    )
