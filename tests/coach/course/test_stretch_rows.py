"""The rows of stretches in the editor of a day: three, each with its dose; and days from before doses."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from challenge.curriculum import drafts
from challenge.curriculum.lesson import day_content
from challenge.models import Day, Program, Stretch
from tests.support.desk import DeskItem, said
from tests.support.first_edition import in_first_edition, take_back_to_first_edition

pytestmark = pytest.mark.django_db
HALF_KNEELING = {"dose": "2 x 45 s", "minutes": 4, "all_steps": False, "note": ""}


@pytest.fixture
def day(coach: Client, program: Program) -> DeskItem:
    """Day 10: half-kneeling and the bridge."""
    return DeskItem(coach, Day.objects.get(number=10))


def doses_of(day: DeskItem) -> dict[str, Any]:
    doses: dict[str, Any] = day.instance.draft["day"]["doses"]
    return doses


def test_the_rows_open_with_the_published_doses(day: DeskItem) -> None:
    form = day.get().context["form"]
    assert [form[f"{key}_1"].value() for key in ("stretch", "dose", "minutes", "note", "all_steps")] == [
        "half-kneeling-hip-flexor", "2 x 45 s", 4, "", False
    ]  # fmt: skip
    assert "Such as 2 x 45 s, 2 x 8, 2 x 10 breaths, 5 min." in said(day.get())


def test_a_third_stretch_is_saved_with_its_dose(day: DeskItem) -> None:
    page = day.save(
        stretch_3="leg-swings", dose_3="2 x 10", minutes_3="2", note_3="Slowly.", all_steps_3="on"
    )

    assert "It is ready to be published" in said(page)
    assert day.instance.draft["day"]["stretches"][2] == "leg-swings"
    assert list(doses_of(day)) == day.instance.draft["day"]["stretches"]
    assert doses_of(day)["half-kneeling-hip-flexor"] == HALF_KNEELING
    assert doses_of(day)["leg-swings"] == {
        "dose": "2 x 10", "minutes": 2, "all_steps": True, "note": "Slowly."
    }  # fmt: skip
    difference = said(day.get("publish"))
    assert "Doses" in difference
    assert "Leg swings" in difference
    assert ": 2 x 10, 2 min, all steps, Slowly." in difference
    day.publish()
    text = day.instance.published.text
    assert "2 \u00d7 10 on each side" in text
    assert "Slowly." in text
    assert day.instance.published.minutes == 9


@pytest.mark.parametrize(
    ("typed", "field", "advice"),
    [
        ({"dose_2": "twice"}, "dose_2", "Write the dose as 2 x 45 s"),
        ({"dose_2": ""}, "dose_2", "Write the dose as 2 x 45 s"),
        ({"minutes_2": ""}, "minutes_2", "whole number from 1 to 12"),
        ({"note_1": "Go **slow**."}, "note_1", "shown as it is typed"),
        ({"stretch_3": "leg-swings", "note_3": "New"}, "dose_3", "Write the dose as 2 x 45 s"),
        ({"no_run": "Walk."}, "no_run", "Too short: 5 of at least 10 characters"),
    ],
)
def test_a_fault_is_kept_and_named_at_its_field(
    day: DeskItem, typed: dict[str, str], field: str, advice: str
) -> None:
    page = day.save(**typed)

    form = page.context["form"]
    assert any(advice in remark.message for remark in form.annotated(field).remarks)
    for name, text in typed.items():
        assert (form[name].value() or "") == text
    assert f'href="#field-{field}"' in page.content.decode()


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ({"dose_3": "2 x 10"}, "Choose the stretch of this dose, or empty the dose."),
        (
            {"stretch_3": "glute-bridge", "dose_3": "2 x 12"},
            "This stretch is chosen above. Give it one dose.",
        ),
        ({"minutes_1": "many"}, "Enter a whole number."),
    ],
)
def test_what_a_draft_cannot_keep_is_shown_again(day: DeskItem, typed: dict[str, str], advice: str) -> None:
    page = day.client.post(day.item.address("change"), day.form(**typed))

    assert page.status_code == 422
    assert advice in said(page)
    assert all(page.context["form"][name].value() == text for name, text in typed.items())
    assert day.instance.draft is None


def test_a_stretch_that_is_taken_out_takes_its_dose_along(day: DeskItem) -> None:
    day.save(stretch_2="")
    assert day.instance.draft["day"]["stretches"] == ["half-kneeling-hip-flexor"]
    assert list(doses_of(day)) == ["half-kneeling-hip-flexor"]


@pytest.mark.parametrize(
    ("number", "typed", "advice"),
    [
        (
            10,
            {"dose_1": "2 x 30 s"},
            "Free it would hold the front of the hip for 510 seconds on each side; 540",
        ),
        (16, {"strides": "on"}, "Days 15 and 16 would both have a hard load; leave 2 days between them."),
    ],
)
def test_the_doses_of_a_week_stay_whole(
    coach: Client, program: Program, number: int, typed: dict[str, str], advice: str
) -> None:
    page = DeskItem(coach, Day.objects.get(number=number)).save(**typed)
    assert advice in said(page)


def test_a_stretch_that_counts_stays_one(coach: Client, program: Program) -> None:
    desk = DeskItem(coach, Stretch.objects.get(slug="one-leg-long-psoas-stretch"))
    assert "Free it would hold the front of the hip for 390 seconds" in said(desk.save(family=""))


def test_a_fourth_short_lesson_is_one_too_many(day: DeskItem) -> None:
    short = "Short words here. " * 25 + "\n\n## Why this matters for your running\n\nIt does."
    for number in (2, 3):  # and day 19, which is short as it ships
        revision = Day.objects.get(number=number).published
        revision.content["body"] = short
        revision.save()
    assert "3 other lessons have fewer than 120 words already" in said(day.save(lesson=short))


def test_a_stretchs_family_and_reminder_are_edited(coach: Client, program: Program) -> None:
    desk = DeskItem(coach, Stretch.objects.get(slug="glute-bridge"))
    assert desk.get().context["form"]["family"].value() == "load"
    assert "Too short" in said(desk.save(reminder="Lift."))
    desk.save(reminder="Press the heels down, lift, and hold for a breath. Ribs stay low all the while.")
    desk.publish()
    assert "Ribs stay low all the while." in " ".join(Day.objects.get(number=10).published.text.split())


def test_a_day_from_before_doses_opens_previews_and_publishes(
    coach: Client, program: Program, now: datetime
) -> None:
    day = DeskItem(coach, take_back_to_first_edition(10))
    assert "Nothing was changed" in said(day.save())
    assert day.instance.draft is None

    words = day_content(in_first_edition(day.instance.published.content))
    words["day"]["title"] = "As it was"
    drafts.save(day.instance, words, None, None, now)
    assert day.get().context["form"]["dose_1"].value() is None
    preview = day.get("preview").content.decode()
    assert "As it was" in preview
    assert ">Hold</td>" in preview
    assert "As it was" in said(day.get("publish"))
    day.publish()
    assert day.instance.published.number == 2
    assert "Hold: " in day.instance.published.text
