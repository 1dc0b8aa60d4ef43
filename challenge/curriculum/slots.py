"""Slots: the allow-listed places of a compiled mail that are filled for each runner.

A slot is written as its name between the brackets U+27E6 and U+27E7, which no lesson may hold. A
section between "?name" and "/name" in such brackets stays only where that slot's value is not empty.
"""

import re
from collections.abc import Mapping
from html import escape

OPEN, CLOSE = "\u27e6", "\u27e7"
# What a coach may write in a lesson, between braces.
PLACEHOLDERS = ("first_name", "coach_name")
NAMES = frozenset(
    {
        "day",
        "length",
        "program_title",
        "first_name",
        "coach_name",
        "postal_address",
        "greeting",
        "coach_note",
        "send_at",
        "time_zone",
        "starts_on",
        "done_count",
        "tightness_first",
        "tightness_last",
        "site_url",
        "library_url",
        "sign_up_url",
        "confirm_url",
        "day_url",
        "done_url",
        "partly_url",
        "not_today_url",
        "pause_url",
        "hour_url",
        "leave_url",
    }
)
# A slot, or a section and what it holds, or a bracket that is neither.
_SLOT = re.compile(f"{OPEN}(?:(\\w+){CLOSE}|\\?(\\w+){CLOSE}(.*?){OPEN}/\\2{CLOSE})?", re.DOTALL)


def slots() -> dict[str, str]:
    """Every slot under its name, for a template that is compiled with them."""
    return {name: f"{OPEN}{name}{CLOSE}" for name in NAMES}


def sections() -> dict[str, dict[str, str]]:
    """The two ends of the section of every slot, for a template: `when` it begins, where it `end`s."""
    return {
        "when": {name: f"{OPEN}?{name}{CLOSE}" for name in NAMES},
        "end": {name: f"{OPEN}/{name}{CLOSE}" for name in NAMES},
    }


def placed(text: str) -> str:
    """A lesson's words with its placeholders turned into slots."""
    for name in PLACEHOLDERS:
        text = text.replace(f"{{{name}}}", f"{OPEN}{name}{CLOSE}")
    return text


def without_slots(text: str) -> str:
    """What somebody wrote, the brackets of slots left out."""
    return text.replace(OPEN, "").replace(CLOSE, "")


def fill(text: str, values: Mapping[str, str], *, html: bool = False) -> str:
    """The text with its slots filled, escaped where it is HTML. Raises KeyError for a slot or a section
    without a value, and for a lone bracket, so that no mail leaves with a hole in it."""

    def value(match: re.Match[str]) -> str:
        slot, section, inside = match.groups()
        if section:
            return _SLOT.sub(value, inside) if values[section] else ""
        found = values[slot or match[0]]
        return escape(found) if html else found

    return _SLOT.sub(value, text)
