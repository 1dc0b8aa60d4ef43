"""The linter: what a lesson, a stretch or an article lacks is found, with its place and its line."""

from copy import deepcopy
from typing import Any

import pytest

from challenge.curriculum.lint import Finding, lint_article, lint_lesson, lint_self_check, lint_stretch
from tests.support.clean_texts import LESSON, SELF_CHECK, STRETCH, WORDS

pytestmark = pytest.mark.pure


def with_field(key: str, value: Any) -> list[Finding]:
    content = deepcopy(LESSON)
    content["day"][key] = value
    return lint_lesson(content)


def test_nothing_to_mend() -> None:
    assert lint_lesson(LESSON) == []
    assert lint_stretch(STRETCH) == []
    assert lint_self_check(SELF_CHECK) == []
    assert lint_article("## What is it?\n\nA muscle.") == []


@pytest.mark.parametrize(
    ("key", "value", "line", "advice"),
    [
        ("subject", "", 1, "This is empty"),
        ("subject", "x" * 61, 1, "Too long: 61 characters, and at most 60 fit"),
        ("subject", "Your hips, {first_name}", 1, "Placeholders work in the lesson alone"),
        ("subject", "A **bold** subject", 1, "shown as it is typed"),
        ("subject", "An *easy* subject", 1, "shown as it is typed"),
        ("subject", "One line\nand another", 2, "Keep this to one line"),
        ("preview", "Too short", 1, "Too short: 9 of at least 40 characters"),
        (
            "preview",
            "What a hip does all day, and what a hip does at night.",
            1,
            "The preview repeats the subject",
        ),
        ("preview", "A stretch that will cure whatever you bring to it today.", 1, '"cure" promises'),
        ("run", "", 1, "This is empty"),
        ("run", None, 1, "This is empty"),
        ("title", "<b>Hips</b>", 1, "Leave out HTML"),
        ("points", [], 1, "Choose at least one point"),
        ("sources", [], 1, "Name at least one source"),
        ("sources", ["A source that is there.", ""], 2, "This is empty"),
        ("sources", ["A source that is there.", "See http://example.org/"], 2, "begins with http://"),
        ("sources", ["A source that is there."] * 5, 5, "Too many entries: 5, and at most 4 fit"),
        (
            "figures",
            [{"name": "", "alt": "Lying on your back with both knees bent."}],
            1,
            "Choose which picture",
        ),
    ],
)
def test_what_has_to_be_mended_around_a_lesson(key: str, value: Any, line: int, advice: str) -> None:
    [finding] = with_field(key, value)
    assert (finding.place, finding.line) == (key, line)
    assert advice in finding.message


@pytest.mark.parametrize(
    ("alt", "advice"),
    [
        ("", "This is empty"),
        ("Lying down", "Too short: 10 of at least 30 characters"),
        ("x" * 241, "Too long: 241 characters"),
        ("Picture of a runner who lies face up.", "Begin with the position itself"),
        ("A drawing that shows a runner face up.", "Begin with the position itself"),
        ("The image of somebody on a mat, face up.", "Begin with the position itself"),
    ],
)
def test_what_a_picture_says_is_the_position(alt: str, advice: str) -> None:
    [finding] = with_field("figures", [LESSON["day"]["figures"][0], {"name": "psoas-side", "alt": alt}])
    assert (finding.place, finding.line) == ("alt", 2)
    assert advice in finding.message


@pytest.mark.parametrize(
    ("body", "line", "advice"),
    [
        ("", 1, "This is empty"),
        ("Short.\n\n## Why this matters for your running\n\nIt does.", 1, "80 to 220 are right"),
        (LESSON["body"] + " " + WORDS, 1, "80 to 220 are right"),
        (WORDS, 1, 'The lesson needs one section "## Why this matters for your running"'),
        (LESSON["body"] + "\n\n## Why this matters for your running\n\nTwice.", 7, "and only one"),
        ("x" * 6_001, 1, "Too long: 6,001 characters, and at most 6000 fit"),
    ],
)
def test_a_lessons_parts(body: str, line: int, advice: str) -> None:
    [finding] = lint_lesson({**LESSON, "body": body})
    assert (finding.place, finding.line) == ("lesson", line)
    assert advice in finding.message


@pytest.mark.parametrize("point", ["E11", "E12", "E17", "E18", "E23"])
def test_opinion_stands_in_a_quotation_of_the_coachs(point: str) -> None:
    content = deepcopy(LESSON)
    content["day"]["points"] = ["E1", point]
    quoted = "> **The coach's view.** It may be so.\n\n## Why"
    for body in (
        content["body"],
        content["body"].replace("## Why", "**The coach's view.** It may be so.\n\n## Why"),
        content["body"].replace("## Why", "> It may be so.\n\n## Why"),
    ):
        [finding] = lint_lesson({**content, "body": body})
        assert finding.message.startswith(f"{point}: this is opinion. Put it in a quotation")
    assert lint_lesson({**content, "body": content["body"].replace("## Why", quoted)}) == []


@pytest.mark.parametrize(
    ("change", "place", "line", "advice"),
    [
        ({"skip_if": ""}, "skip_if", 1, "This is empty"),
        ({"feel": None}, "feel", 1, "This is empty"),
        ({"feel": "You are fine if you feel nothing."}, "feel", 1, '"You are fine" promises'),
        ({"harder": "Go {further}."}, "harder", 1, "Placeholders work in the lesson alone"),
        ({"timer": "5 minutes"}, "timer", 1, "Too short"),
        ({"area": []}, "area", 1, "front of hip, back of hip, low back, breath, legs"),
        ({"area": ["neck"]}, "area", 1, "Choose one or more of these areas"),
        ({"equipment": ["mat", "x" * 61]}, "equipment", 2, "Too long"),
        ({"sides": "left"}, "sides", 1, "both sides"),
        ({"minutes": 13}, "minutes", 1, "from 1 to 12"),
        ({"figures": []}, "figures", 1, "Choose at least one picture"),
        ({"body": ""}, "steps", 1, "This is empty"),
        ({"body": "1. Lie down.\n2. Breathe."}, "steps", 1, "at least 3 steps"),
        ({"body": "- Lie down.\n- Bend.\n- Breathe."}, "steps", 1, "one numbered list"),
        ({"body": "1. Lie.\n2. Bend.\n3. Breathe.\n\nRest."}, "steps", 5, "Only numbered steps belong here"),
        ({"body": "1. Lie.\n2. **Bend.\n3. Breathe."}, "steps", 2, "** is left open"),
    ],
)
def test_what_has_to_be_mended_in_a_stretch(
    change: dict[str, Any], place: str, line: int, advice: str
) -> None:
    [finding] = lint_stretch({**STRETCH, **change})
    assert (finding.place, finding.line) == (place, line)
    assert advice in finding.message


def test_what_has_to_be_mended_in_the_self_check() -> None:
    [finding] = lint_self_check({**SELF_CHECK, "skip_if": " "})
    assert finding.place == "skip_if"


@pytest.mark.parametrize(
    ("body", "advice"),
    [
        ("", "This is empty"),
        ("No heading.", "Give the page headings"),
        ("## Yes\n\nHello {first_name}.", "Placeholders work in the lesson alone"),
        ("## Yes\n\nIt is a cure.", '"cure" promises'),
        ("## Yes\n\n" + "x" * 20_000, "Too long: 20,008 characters"),
    ],
)
def test_what_has_to_be_mended_in_an_article(body: str, advice: str) -> None:
    [finding] = lint_article(body)
    assert finding.place == "article"
    assert advice in finding.message
