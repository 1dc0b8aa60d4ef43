"""Publishing: the screen says what changes and for whom, and keeps the promise; faults block it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from challenge.models import Day, Enrollment, Revision
from tests.support.desk import DeskItem, draft, lesson_with, logged, said
from tests.support.threads import together

pytestmark = pytest.mark.django_db
Enroll = Callable[..., Enrollment]


def test_the_screen_says_what_changes_and_for_whom(day: DeskItem, runners: list[Enrollment]) -> None:
    old = day.instance.published.title
    draft(day)

    page = day.get("publish")

    text = said(page)
    assert "7 keep version 1, 2 get version 2" in text
    assert "5 get version 2; 4 were sent version 1 already and keep it in their web copy" in text
    shown = page.content.decode()
    assert f"<del>{old}</del>" in shown
    assert "<ins>A clearer title</ins>" in shown
    assert [each.name for each in page.context["differences"]] == ["Title"]


def test_published_the_ordinary_way(day: DeskItem, runners: list[Enrollment]) -> None:
    draft(day)

    page = day.publish(note="Clearer.")

    assert "Published. 7 keep version 1, 2 get version 2." in said(page)
    revision = day.instance.published
    assert (revision.number, revision.title, revision.for_all) == (2, "A clearer title", False)
    assert (revision.origin, revision.author.email, revision.note) == (
        "coach",
        "coach@example.com",
        "Clearer.",
    )
    assert day.instance.draft is None
    assert logged() == [("draft_saved", {}), ("published", {"number": 2})]


def test_published_for_all(day: DeskItem, runners: list[Enrollment]) -> None:
    draft(day)

    page = day.publish("all")

    assert "5 get version 2; 4 were sent version 1 already" in said(page)
    assert day.instance.published.for_all is True
    assert logged()[-1] == ("published_for_all", {"number": 2})


def test_one_runner_is_named_in_the_singular(day: DeskItem, enroll: Enroll, now: datetime) -> None:
    Enrollment.objects.filter(pk=enroll("alice").pk).update(pinned_at=now)
    draft(day)

    text = said(day.get("publish"))

    assert "1 keeps version 1, nobody gets version 2 yet" in text
    assert "1 gets version 2" in text


def test_what_is_wrong_blocks_with_its_place_and_says_why(day: DeskItem) -> None:
    day.save(lesson=lesson_with("## Why this", "## Why not this", day.instance), subject="")

    page = day.get("publish")

    text, shown = said(page), page.content.decode()
    assert "It can't be published as it is." in text
    assert 'name="reach"' not in shown
    assert (
        f'href="{day.item.address("change")}#field-subject">Subject</a>: This is empty. Fill it in.' in shown
    )
    assert "#field-lesson" in shown

    refused = day.client.post(day.item.address("publish"), day.answer())
    assert refused.status_code == 422
    assert day.instance.published.number == 1
    assert day.instance.draft is not None


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"stretch_1": "", "stretch_2": ""}, "A day needs one to three stretches."),
        ({"stretch_1": "leg-swings", "stretch_2": ""}, "The parts of the day add up to 4 minutes; 5 to 12"),
        ({"points": []}, "would be taught on no day"),
        ({"figure_1": "glute-bridge-1", "alt_1": ""}, "Picture 1 in words"),
        (
            {"figure_1": "", "alt_1": "Lying on your back with both knees bent."},
            "Choose which picture this is.",
        ),
        ({"sources": ""}, "Name at least one source"),
    ],
)
def test_a_missing_part_blocks(day: DeskItem, fields: dict[str, Any], reason: str) -> None:
    day.save(**fields)

    assert reason in said(day.get("publish"))
    assert day.client.post(day.item.address("publish"), day.answer()).status_code == 422
    assert day.instance.published.number == 1


def test_a_double_click_publishes_once_and_says_so(day: DeskItem) -> None:
    draft(day)
    answer = day.answer()

    day.client.post(day.item.address("publish"), answer)
    again = day.client.post(day.item.address("publish"), answer, follow=True)

    assert "Version 2 is published already; it was published once, not twice." in said(again)
    assert Revision.objects.filter(day=day.instance).count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_instant_publish_once(day: DeskItem) -> None:
    draft(day)
    answer, address = day.answer(), day.item.address("publish")
    statuses = []

    def click() -> None:
        client = Client()
        client.cookies = day.client.cookies
        statuses.append(client.post(address, answer).status_code)

    together(click, click, click)

    assert statuses == [302, 302, 302]
    assert Revision.objects.filter(day=day.pk).count() == 2


def test_the_same_words_can_be_given_to_all_afterwards(day: DeskItem, runners: list[Enrollment]) -> None:
    draft(day)
    day.publish()

    page = day.get("publish")
    assert "Both say the same." in said(page)
    assert 'value="new"' not in page.content.decode()
    assert "5 get version 2; 4 were sent version 1 already" in said(page)

    day.publish("all")
    assert (day.instance.published.number, day.instance.published.for_all) == (2, True)
    assert "There is nothing to publish." in said(day.get("publish"))


def test_a_second_click_on_the_other_button_is_not_told_that_it_was_done(day: DeskItem) -> None:
    draft(day)
    answer = day.answer()
    day.client.post(day.item.address("publish"), answer)

    page = day.client.post(day.item.address("publish"), {**answer, "reach": "all"}, follow=True)

    assert "yet only for those who begin from now on" in said(page)
    assert "Publish for all" in said(page)
    assert day.instance.published.for_all is False


def test_what_runners_of_older_versions_would_get_besides_is_said(
    day: DeskItem, runners: list[Enrollment], now: datetime
) -> None:
    first = day.instance.published.title
    draft(day)
    day.publish()
    day.save(title="The clearest title")

    page = day.get("publish")

    said_so = "3 runners who began with version 1 also get what changed in version 2."
    assert said_so in said(page)
    address = f"{day.item.address('compare')}?a=1&b="
    assert f'href="{address.replace("&", "&amp;")}"' in page.content.decode()
    compared = day.client.get(address).content.decode()
    assert f"<del>{first}</del>" in compared
    assert "<ins>The clearest title</ins>" in compared
    shown = DeskItem(day.client, day.instance.published.stretches.first())
    shown.save(purpose=shown.instance.content["purpose"][:-1] + " now.")
    assert said_so in said(shown.get("publish"))


@pytest.mark.parametrize(
    "answer", [{"base": "x"}, {"reach": "some"}, {"note": "n" * 201}, {"base": "9" * 30}]
)
def test_an_answer_that_makes_no_sense_publishes_nothing(day: DeskItem, answer: dict[str, str]) -> None:
    draft(day)
    assert day.client.post(day.item.address("publish"), day.answer(**answer)).status_code == 422
    assert day.instance.published.number == 1


def test_a_stretch_is_published_with_the_days_that_show_it(
    stretch: DeskItem, runners: list[Enrollment]
) -> None:
    days = sorted(Revision.objects.filter(stretches=stretch.instance).values_list("day__number", flat=True))
    stretch.save(title="Bridge, slowly")

    page = stretch.get("publish")
    for number in days:
        # Four were sent day 9, so that no day before it can reach them any more.
        assert f"Day {number}: {3 if number < 9 else 7} keep version 1, 2 get version 2" in said(page)

    done = stretch.publish()

    assert f"Days published anew: {', '.join(map(str, days))}." in said(done)
    assert stretch.instance.content["title"] == "Bridge, slowly"
    assert stretch.item.newest_number == 2
    for number in days:
        assert "BRIDGE, SLOWLY" in Day.objects.get(number=number).published.text
    assert Day.objects.exclude(number__in=days).filter(published__number__gt=1).count() == 0
    assert "it was published once, not twice" in said(stretch.publish(base=1, seen="x"))
