"""The editor of a day and of a stretch saves a draft whatever its faults, and nobody loses one."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from challenge.models import Day, Program, Stretch
from tests.support.desk import DeskItem, enter, logged, said
from tests.support.first_edition import take_back_to_first_edition
from tests.support.visitor import whole_database

pytestmark = pytest.mark.django_db
VIEWS = ("change", "preview", "publish", "versions")
# The element with the focus lies at least in part behind the bar that saves.
HIDDEN = """() => {
  const element = document.activeElement, bar = document.querySelector(".keep");
  const at = element.getBoundingClientRect(), over = bar.getBoundingClientRect();
  const beside = at.right <= over.left || at.left >= over.right;
  return !bar.contains(element) && !beside && at.top >= over.top && at.top < over.bottom && element.outerHTML;
}"""


def test_the_editor_opens_with_what_is_published(day: DeskItem) -> None:
    page = day.get()

    assert page.context["form"]["subject"].value() == day.instance.published.content["day"]["subject"]
    assert "There is no draft: you see what is published." in said(page)
    assert "40 to 110 characters." in said(page)


def test_a_draft_is_saved_and_nobody_gets_it(day: DeskItem) -> None:
    before = day.instance.published

    page = day.save(title="Another title")

    assert "The draft is saved. It is ready to be published" in said(page)
    assert day.instance.draft["day"]["title"] == "Another title"
    assert day.instance.draft_by.email == "coach@example.com"
    assert day.instance.published == before
    assert page.context["form"]["title"].value() == "Another title"
    assert logged() == [("draft_saved", {})]


def test_a_draft_with_faults_is_kept_and_each_fault_is_named_at_its_field(day: DeskItem) -> None:
    lesson = "One.\n\nTwo with <b>tags</b> in it.\n\nThis cures **you."

    page = day.save(lesson=lesson, preview="short")

    assert day.instance.draft["body"] == lesson
    text = page.content.decode()
    field = text.split('id="field-lesson"')[1].split("</textarea>")[0]
    assert "<strong>Line 3:</strong> Leave out HTML such as &lt;b&gt;" in field
    assert '<q dir="auto">Two with &lt;b&gt;tags&lt;/b&gt; in it.</q>' in field
    assert "<strong>Line 5:</strong>" in field
    assert 'aria-describedby="preview_helptext preview_remarks"' in text
    assert 'href="#field-lesson">Lesson, line 3</a>' in text
    assert 'href="#field-preview">Preview text</a>' in text


def test_saving_what_is_published_makes_no_draft(day: DeskItem) -> None:
    assert "Nothing was changed" in said(day.save())
    assert day.instance.draft is None


def test_the_same_form_sent_twice_is_one_draft(day: DeskItem) -> None:
    form = day.form(title="Twice")
    for _ in range(2):
        page = day.client.post(day.item.address("change"), form, follow=True)
    assert page.status_code == 200
    assert "The draft is saved." in said(page)
    assert len(logged()) == 1


def test_a_draft_is_dropped_but_not_one_that_was_saved_since(day: DeskItem) -> None:
    day.save(title="Old")
    seen = day.item.draft_stamp
    day.save(title="New")

    kept = day.client.post(day.item.address("drop"), {"seen": seen}, follow=True)
    assert "saved anew meanwhile" in said(kept)
    assert day.instance.draft["day"]["title"] == "New"

    day.client.post(day.item.address("drop"), {"seen": day.item.draft_stamp})
    assert day.instance.draft is None
    assert day.instance.published.number == 1
    assert [action for action, _ in logged()] == ["draft_saved", "draft_saved", "draft_dropped"]


def test_a_stretch_without_its_minutes_is_kept_as_a_draft(stretch: DeskItem) -> None:
    page = stretch.save(minutes="", purpose="Another purpose of this stretch.")

    assert page.status_code == 200
    assert stretch.instance.draft["purpose"] == "Another purpose of this stretch."
    assert "Give the minutes as a whole number from 1 to 12." in said(page)
    assert stretch.get("preview").status_code == stretch.get("publish").status_code == 200


def test_points_keep_their_order_and_figures_and_sources_their_rows(day: DeskItem) -> None:
    points = day.instance.published.content["day"]["points"]
    alt = "Lying on your back with both knees bent and both feet flat."

    day.save(points=[*reversed(points), "A1"], sources="One source, named.\n\n  Two sources, named.",
             figure_2="glute-bridge-1", alt_2=alt, stretch_2="", self_check="on")  # fmt: skip

    words = day.instance.draft["day"]
    assert words["points"] == [*points, "A1"]
    assert words["sources"] == ["One source, named.", "Two sources, named."]
    assert words["figures"] == [{"name": "glute-bridge-1", "alt": alt}]
    assert len(words["stretches"]) == 1
    assert words["self_check"] is True


def test_a_recalled_stretch_is_not_offered_but_named_where_a_draft_has_it(
    day: DeskItem, now: datetime
) -> None:
    slug = day.instance.published.content["day"]["stretches"][0]
    day.save(title="With it")
    Stretch.objects.filter(slug=slug).update(recalled_at=now)
    Stretch.objects.filter(slug="leg-swings").update(recalled_at=now)

    page = day.get()

    choices = dict(page.context["form"].fields["stretch_1"].choices)
    assert choices[slug].endswith("(recalled)")
    assert "leg-swings" not in choices
    assert "was recalled. Choose another stretch." in said(page)


def test_a_stretch_is_edited_likewise(stretch: DeskItem) -> None:
    page = stretch.save(
        title="Bridge", steps="1. Lie.\n2. Lift.\n\nNo step.", equipment="mat\nwall", figure_1="", alt_1=""
    )

    draft = stretch.instance.draft
    assert (draft["title"], draft["equipment"], draft["slug"]) == ("Bridge", ["mat", "wall"], "glute-bridge")
    assert stretch.instance.title != "Bridge"
    assert "Steps, line 1" in said(page)
    assert {"minutes", "sides", "area", "timer", "not_feel"} <= set(page.context["form"].fields)


def test_the_self_check_has_fewer_fields(coach: Client, program: Program) -> None:
    check = DeskItem(coach, Stretch.objects.get(kind="self_check"))

    check.save(timer="One minute, on each side in turn")

    assert check.instance.draft["timer"] == "One minute, on each side in turn"
    assert set(check.instance.draft) == set(check.instance.content)
    assert not {"feel", "sides", "equipment"} & set(check.get().context["form"].fields)


def test_minutes_that_would_make_a_day_too_long_are_named(stretch: DeskItem) -> None:
    assert "would take" not in said(stretch.save(minutes="12"))  # each day has minutes of its own
    take_back_to_first_edition(10)
    assert "Day 10 would take 16 minutes" in said(stretch.save(minutes="12"))


def test_looking_changes_nothing(day: DeskItem, stretch: DeskItem) -> None:
    day.save(title="A draft")
    before = whole_database()

    for desk in (day, stretch):
        for name in VIEWS:
            assert desk.get(name).status_code == 200
        assert desk.get("version", 1).status_code == 200
        assert desk.get("drop").status_code == 405
        assert desk.get("restore", 1).status_code == 405
    assert stretch.get("recall").status_code == 200

    assert whole_database() == before


def test_every_change_needs_the_form_of_the_desk(day: DeskItem, stretch: DeskItem) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(email="coach@example.com"))

    for desk, names in ((day, ("change", "drop", "publish", "preview")), (stretch, ("change", "recall"))):
        for name in names:
            assert client.post(desk.item.address(name), desk.form()).status_code == 403


def test_runners_and_strangers_stay_outside(day: DeskItem, alice: Any) -> None:
    runner = Client()
    runner.force_login(alice.runner)

    for client in (Client(), runner):
        for name in (*VIEWS, "drop", "compare"):
            answers = [client.get(day.item.address(name))]
            answers += [client.post(day.item.address(name), day.form())] if client is runner else []
            assert all(answer["Location"].startswith("/coach/login/") for answer in answers)
    assert day.instance.draft is None


@pytest.mark.parametrize("pk", ["999", "9" * 60])
def test_a_day_that_is_not_there_is_not_found(day: DeskItem, pk: str) -> None:
    for view in ("change", "preview", "publish", "versions", "versions/1"):
        assert day.client.get(f"/coach/challenge/day/{pk}/{view}/").status_code == 404


def test_the_list_says_where_there_is_a_draft(day: DeskItem, now: datetime) -> None:
    day.save(title="A draft")
    Day.objects.filter(pk=day.pk).update(draft_saved_at=now + timedelta(hours=1))

    assert f"draft of Tue 3 Mar, 09:00, coach {day.instance.draft_by.pk}" in said(
        day.client.get("/coach/challenge/day/")
    )


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_bar_that_saves_never_hides_what_has_the_focus(
    day: DeskItem, site: str, open_page: Callable[..., Any]
) -> None:
    page = open_page(width=1280)
    enter(page, site, day.client)
    page.goto(site + day.item.address("change"))

    hidden = []
    for _ in range(60):
        page.keyboard.press("Tab")
        hidden.append(page.evaluate(HIDDEN))

    assert [each for each in hidden if each] == []
