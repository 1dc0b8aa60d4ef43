"""What a lesson's mail and its web copy show of each stretch: all of it, or the day's dose and a reminder."""

from copy import deepcopy
from typing import Any

import pytest

from challenge.curriculum.compile_lesson import compile_lesson
from challenge.curriculum.sample import sample_values
from challenge.curriculum.slots import Compiled, fill
from challenge.site.lessons import lesson_context
from tests.support.clean_texts import LESSON, SELF_CHECK, STRETCH
from tests.support.first_edition import in_first_edition

pytestmark = pytest.mark.pure

ALT = "Kneeling on one knee, the other foot flat in front of you."
LUNGE = {
    **STRETCH,
    "slug": "lunge",
    "title": "Lunge",
    "sides": "both",
    "family": "front of hip",
    "reminder": "Tuck, squeeze, and only then move forward, and not far.",
    "figures": [{"name": f"half-kneeling-hip-flexor-{n}", "alt": f"{ALT} {n}"} for n in (1, 2)],
}
DOSE = {"dose": "2 x 45 s", "minutes": 4, "all_steps": False, "note": "Light today."}
CONTENT: dict[str, Any] = {
    "day": {
        **deepcopy(LESSON["day"]),
        "number": 9,
        "minutes": 7,
        "figures": [],
        "stretches": ["lunge"],
        "doses": {"lunge": DOSE},
        "no_run": "Walk round the block instead.",
        "sources": ["Gray H (1918). Anatomy of the Human Body.", "Betts JG and others (2022). Anatomy."],
    },
    "body": LESSON["body"],
    "week": "Free it",
    "stretches": [LUNGE],
    "self_check": None,
}
STEPS = "1. Lie down."


def mail(content: dict[str, Any] = CONTENT, **dose: Any) -> Compiled:
    content = deepcopy(content)
    if dose:
        content["day"]["doses"]["lunge"] |= dose
    compiled = compile_lesson(content, 21)
    values = sample_values(site_url="https://reset.example")
    return Compiled(compiled.subject, fill(compiled.text, values), fill(compiled.html, values, html=True))


def test_a_stretch_that_comes_again_is_its_picture_its_dose_and_its_reminder() -> None:
    found = mail()

    assert "2 \u00d7 45 seconds on each side \u00b7 4 minutes\n\nLight today.\n\nTuck, squeeze" in found.text
    assert "All steps:\nhttps://reset.example/library/lunge/" in found.text
    assert f'alt="{ALT} 2"' in found.html
    assert f'alt="{ALT} 1"' not in found.html
    for left_out in (STEPS, "Skip this if", "You need", "You should feel"):
        assert left_out not in found.text


def test_a_new_stretch_is_shown_in_full_with_its_dose() -> None:
    found = mail(all_steps=True)

    assert "Dose: 2 \u00d7 45 seconds on each side\nTime: 4 minutes\nYou need: mat" in found.text
    for part in (
        "Light today.",
        "! Skip this if: Lying flat",
        STEPS,
        "You should feel: Your",
        "feel: No pinch",
    ):
        assert part in found.text
    for left_out in ("Hold:", "Sets:", "Easier:", "Timer:", "Tuck, squeeze"):
        assert left_out not in found.text
    assert "Easier, harder and a timer on its page:\nhttps://reset.example/library/lunge/" in found.text
    assert found.html.count("<img ") == 2


def test_a_stretch_without_a_dose_or_a_reminder_is_shown_in_full() -> None:
    without = {**CONTENT, "day": {**CONTENT["day"], "doses": {}}}
    found = mail(without)
    assert "Time: 5 minutes\nHold: 5 minutes\nSets: 1\nYou need: mat" in found.text
    assert "Dose:" not in found.text
    assert STEPS in found.text

    assert (
        mail(in_first_edition(CONTENT)).text
        == mail({**without, "day": {**without["day"], "no_run": ""}}).text
    )

    silent = {**CONTENT, "stretches": [{**LUNGE, "reminder": ""}]}
    assert STEPS in mail(silent).text


def test_the_self_check_has_its_timer_and_no_page() -> None:
    found = mail({**CONTENT, "self_check": {**SELF_CHECK, "figures": LUNGE["figures"]}})
    assert "Timer: 5 minutes, once" in found.text
    assert found.text.count("/library/") == 1


def test_the_header_adds_the_reading() -> None:
    assert "8 minutes with the reading" in mail().text
    long = mail({**CONTENT, "body": "Word. " * 420})
    assert "9 minutes with the reading" in long.text


def test_the_answers_stand_under_the_title_and_at_the_end() -> None:
    found = mail()
    for part, title, hello in ((found.text, "A HIP THAT BENDS", "Hello"), (found.html, "</h1>", "Hello")):
        first, last = part.index("#done_url"), part.rindex("#done_url")
        assert part.index(title) < first < part.index(hello) < last
    assert found.html.count("#not_today_url") == 2


def test_what_there_is_for_a_day_without_a_run() -> None:
    assert "No run today?\nWalk round the block instead." in mail().text
    empty = {**CONTENT, "day": {**CONTENT["day"], "no_run": ""}}
    assert "No run today?" not in mail(empty).text + mail(empty).html


def test_sources_are_named_in_one_line() -> None:
    found = mail()
    assert "Sources: Gray 1918 \u00b7 Betts 2022.\n\nIn full:" in found.text
    assert "Anatomy of the Human Body" not in found.text + found.html


def test_the_web_copy_has_all_steps_and_the_days_dose() -> None:
    [stretch] = lesson_context(CONTENT)["stretches"]
    assert stretch["dose"] == "2 \u00d7 45 seconds on each side"
    assert (stretch["minutes"], stretch["note"], len(stretch["pictures"])) == (4, "Light today.", 2)
    assert "Lie down." in stretch["steps"]
    assert lesson_context(CONTENT)["minutes"] == 8


def test_a_draft_with_a_dose_that_is_none_is_shown_as_typed() -> None:
    assert "now and then \u00b7 5 minutes" in mail(dose="now and then", minutes=None).text
