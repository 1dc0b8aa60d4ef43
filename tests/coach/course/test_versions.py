"""The versions of a day and of a stretch: listed, read, compared and restored."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from challenge.curriculum.lesson import day_content
from challenge.models import Enrollment
from tests.support.desk import DeskItem, draft, logged, said

pytestmark = pytest.mark.django_db
Enroll = Callable[..., Enrollment]


def test_the_versions_are_listed_with_how_many_were_sent_each(
    day: DeskItem, runners: list[Enrollment]
) -> None:
    draft(day)
    day.publish("all", note="Clearer.")

    page = day.get("versions")

    rows = [said_row(row) for row in re.findall(r"(?s)<tr>.*?</tr>", page.content.decode())[1:]]
    assert [row[0] for row in rows] == ["2", "1"]
    assert rows[0][2:] == [
        f"The coach, coach {User.objects.get(is_staff=True).pk}",
        "for all",
        "0",
        "Clearer.",
    ]
    assert rows[1][2:] == ["The course's files", "who begin after it", "4", "—"]


def said_row(row: str) -> list[str]:
    cells = re.findall(r"(?s)<t[hd][^>]*>(.*?)</t[hd]>", row)
    return [re.sub("<[^>]+>", "", cell).replace("&#x27;", "'").strip() for cell in cells]


def test_one_version_is_read_with_its_mail(day: DeskItem) -> None:
    title = day.instance.published.title
    draft(day)
    day.publish()

    page = day.get("version", 1)
    mail = day.get("version_mail", 1)

    assert title in said(page)
    assert title in said(mail)
    assert "A clearer title" not in said(mail)
    assert "Hello Robin," in said(mail)
    assert day.get("version", 3).status_code == 404
    assert day.get("version_mail", 3).status_code == 404


def test_any_two_versions_are_compared(day: DeskItem) -> None:
    for title in ("Second", "Third"):
        day.save(title=title)
        day.publish()

    page = day.get("compare", a="3", b="2")

    assert "<del>Third</del>" in page.content.decode()
    assert "<ins>Second</ins>" in page.content.decode()
    assert "Both say the same." in said(day.get("compare", a="2", b="2"))
    day.save(title="Not yet published")
    assert "<ins>Not yet published</ins>" in day.get("compare", a="1").content.decode()
    for query in ({"b": "1"}, {"a": "1", "b": "9"}, {"a": "x", "b": "1"}):
        assert day.get("compare", **query).status_code == 404


def test_an_old_version_is_restored_by_publishing_it_anew(day: DeskItem) -> None:
    first = day_content(day.instance.published.content)
    draft(day)
    day.publish()

    page = day.client.post(day.item.address("restore", 1), {"seen": ""}, follow=True)

    assert "The words of version 1 are the draft now." in said(page)
    assert logged()[-1] == ("version_taken", {"number": 1})
    assert day.instance.published.number == 2
    day.publish()
    assert day.instance.published.number == 3
    assert day_content(day.instance.published.content) == first


def test_a_draft_is_not_overwritten_unseen_by_a_restored_version(day: DeskItem) -> None:
    draft(day)
    day.publish()
    seen = day.item.draft_stamp
    day.save(title="At work")

    page = day.client.post(day.item.address("restore", 1), {"seen": seen}, follow=True)

    assert "so it was kept" in said(page)
    assert day.instance.draft["day"]["title"] == "At work"
    assert "it would be forgotten" in said(day.get("version", 1))


def test_a_stretch_is_compared_and_restored(stretch: DeskItem) -> None:
    first = stretch.instance.content
    stretch.save(hold="Two breaths")
    stretch.publish()

    assert "<ins>Two breaths</ins>" in stretch.get("compare", a="1", b="2").content.decode()
    stretch.client.post(stretch.item.address("restore", 1), {"seen": ""})
    stretch.publish()
    assert stretch.instance.content == first


def test_a_long_way_back_costs_no_more_statements(day: DeskItem, django_assert_max_num_queries: Any) -> None:
    for number in range(4):
        day.save(title=f"Title {number}")
        day.publish()
    with django_assert_max_num_queries(7):
        day.get("versions")
