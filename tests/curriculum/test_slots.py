"""Slots: filled from values alone, sections kept or dropped by theirs, and never a hole left."""

from html import escape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.words import one_line
from challenge.curriculum.sample import sample_values
from challenge.curriculum.slots import CLOSE, ISOLATED, NAMES, OPEN, fill, sections, slots, without_slots

pytestmark = pytest.mark.pure
SLOT, WHEN, END = slots(), sections()["when"], sections()["end"]
words = st.text().map(without_slots)
# Runners and coaches may type anything, brackets and HTML included.
values = st.fixed_dictionaries(
    {name: st.text() | st.just("") | st.just(SLOT["day"]) for name in sorted(NAMES)}
)
names = st.sampled_from(sorted(NAMES))
piece = st.tuples(st.just("words"), words) | st.tuples(st.just("slot"), names)
inside = st.lists(piece, max_size=4)
pieces = st.lists(piece | st.tuples(names, inside), max_size=8)


def written(parts: list[Any]) -> str:
    """Write parts as a compiled mail does."""
    text = ""
    for kind, what in parts:
        if kind == "words":
            text += what
        elif kind == "slot":
            text += SLOT[what]
        else:
            text += WHEN[kind] + written(what) + END[kind]
    return text


def meant(parts: list[Any], given_values: dict[str, str], html: bool) -> str:
    text = ""
    for kind, what in parts:
        if kind == "words":
            text += what
        elif kind == "slot":
            text += meant_value(what, given_values[what], html)
        elif given_values[kind]:
            text += meant(what, given_values, html)
    return text


def meant_value(name: str, value: str, html: bool) -> str:
    if name in ISOLATED and value:
        return f"<bdi>{escape(one_line(value))}</bdi>" if html else f"\u2068{one_line(value)}\u2069"
    return escape(value) if html else value


@given(pieces, values, st.booleans())
def test_slots_are_filled_and_empty_sections_dropped(
    parts: list[Any], given_values: dict[str, str], html: bool
) -> None:
    assert fill(written(parts), given_values, html=html) == meant(parts, given_values, html)


def test_a_section_may_stand_in_another_one() -> None:
    both = WHEN["tightness_first"] + WHEN["tightness_last"] + "both" + END["tightness_last"]
    text = f"<{both}{END['tightness_first']}>"

    assert fill(text, {"tightness_first": "6", "tightness_last": "3"}) == "<both>"
    assert fill(text, {"tightness_first": "6", "tightness_last": ""}) == "<>"
    assert fill(text, {"tightness_first": "", "tightness_last": "3"}) == "<>"


@pytest.mark.parametrize(
    "text",
    [
        SLOT["day"],
        WHEN["day"] + "x" + END["day"],
        f"{OPEN}unknown{CLOSE}",
        WHEN["first_name"] + "never closed",
        END["first_name"],
        WHEN["first_name"] + SLOT["day"] + END["first_name"],
        f"a lone {OPEN} bracket",
        f"{OPEN}{CLOSE}",
    ],
)
def test_a_mail_with_a_hole_is_not_filled(text: str) -> None:
    with pytest.raises(KeyError):
        fill(text, {"first_name": "Alice"})


def test_the_sample_runner_has_a_value_for_every_slot() -> None:
    found = sample_values(12, first_name="Zoë")

    assert set(found) == NAMES
    assert (found["day"], found["first_name"], found["coach_note"]) == ("12", "Zoë", "")
