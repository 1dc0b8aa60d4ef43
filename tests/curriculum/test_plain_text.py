"""Markdown as plain text: links keep their address, code its lines, lists their nesting."""

from textwrap import dedent

import pytest

from challenge.curriculum.plain import plain_text
from challenge.curriculum.slots import wrap

pytestmark = pytest.mark.pure
LONG = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen"


def test_a_link_keeps_its_address() -> None:
    assert plain_text("See [the study](https://x.org/a) first.") == "See the study (https://x.org/a) first."
    assert plain_text("- [the *whole* study](https://x.org/a)") == "- the whole study (https://x.org/a)"
    assert plain_text("See <https://x.org/a>.").count("https://x.org/a") == 1


@pytest.mark.parametrize(
    "source",
    [
        f"Count:\n\n    hold  30 s\n      rest  10 s\n\n    {LONG}\n\nThen walk.",
        f"Count:\n\n```\nhold  30 s\n  rest  10 s\n\n{LONG}\n```\n\nThen walk.",
    ],
    ids=["indented", "fenced"],
)
def test_code_keeps_its_lines(source: str) -> None:
    first, *code, last = plain_text(source).split("\n\n")

    assert (first, last) == ("Count:", "Then walk.")
    lines = dedent("\n\n".join(code)).splitlines()
    assert lines == ["hold  30 s", "  rest  10 s", "", LONG]


def test_a_list_in_a_list_is_indented() -> None:
    source = "1. Stand\n   - on one leg\n   - on the other\n2. Walk\n"

    assert plain_text(source).splitlines() == ["1. Stand", "   - on one leg", "   - on the other", "2. Walk"]


def test_a_long_point_is_wrapped_under_itself() -> None:
    first, second = plain_text(f"- {LONG}\n").splitlines()

    assert len(first) <= 72
    assert (first[:2], second[:2]) == ("- ", "  ")
    assert f"{first[2:]} {second[2:]}" == LONG


def test_a_heading_is_underlined() -> None:
    assert plain_text("## Why\n\nSo.") == "Why\n---\n\nSo."


def test_a_quote_stays_within_the_width() -> None:
    lines = plain_text(f"> {LONG}\n>\n> - {LONG}").splitlines()

    assert all(line.startswith("| ") and len(line) <= 72 for line in lines)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("[there](http://x.org)", "there"),
        ("[there](/library/)", "there"),
        ("![a cat](https://x.org/cat.png) Sit.", "Sit."),
        ("a <b>bold</b> word", "a <b>bold</b> word"),
        ("\u27e6leave_url\u27e7 &#x27E6;day&#x27E7;", "leave_url day"),
    ],
    ids=["no https", "no host", "picture", "HTML", "brackets"],
)
def test_it_says_what_the_html_part_says(source: str, text: str) -> None:
    assert plain_text(source) == text


def test_a_note_is_wrapped_and_keeps_its_lines() -> None:
    first, second, third, last = wrap(f"{LONG}\n\nYours").splitlines()

    assert f"{first} {second}" == LONG
    assert (third, last) == ("", "Yours")
    assert wrap("") == ""
