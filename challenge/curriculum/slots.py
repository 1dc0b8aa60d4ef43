"""Slots: the allow-listed places of a compiled mail that are filled for each runner.

A slot is written as its name between the brackets U+27E6 and U+27E7, which no lesson may hold.
"""

import re
from collections.abc import Mapping
from html import escape

OPEN, CLOSE = "\u27e6", "\u27e7"
NAMES = frozenset(
    {
        "day",
        "first_name",
        "coach_name",
        "postal_address",
        "site_url",
        "send_at",
        "time_zone",
        "starts_on",
        "confirm_url",
        "done_url",
        "partly_url",
        "not_today_url",
        "hour_url",
        "leave_url",
    }
)
_SLOT = re.compile(f"{OPEN}(\\w+){CLOSE}")


def slots() -> dict[str, str]:
    """Every slot under its name, for a template that is compiled with them."""
    return {name: f"{OPEN}{name}{CLOSE}" for name in NAMES}


def fill(text: str, values: Mapping[str, str], *, html: bool = False) -> str:
    """The text with its slots filled, escaped where it is HTML. Raises KeyError for one without a
    value, so that no mail leaves with a hole in it."""

    def value(match: re.Match[str]) -> str:
        found = values[match[1]]
        return escape(found) if html else found

    return _SLOT.sub(value, text)
