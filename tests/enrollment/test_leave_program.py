"""Leaving is leaving, whichever run of a program the link came from."""

from datetime import time, timedelta
from typing import Any

import pytest

from accounts.models import Consent, has_consented
from challenge.checkins.record import CheckInData, Closed, record
from challenge.models import Enrollment
from tests.enrollment.conftest import BY_PAGE, ONE_CLICK, UNDO, Someone, states
from tests.support.visitor import body, form, link, whole_database

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(("fields", "mails"), [(ONE_CLICK, []), (BY_PAGE, ["You have left"])])
def test_the_link_of_an_earlier_run_leaves_the_one_that_goes_on(
    someone: Someone, old_and_new: Any, fields: dict[str, str], mails: list[str]
) -> None:
    before = len(someone.sink.mails)
    assert b"Leave the program?" in someone.client.get(someone.link("leave")).content

    page = someone.client.post(someone.link("leave"), fields)
    someone.live(5)

    assert (page.status_code, b"You have left" in page.content) == (200, True)
    assert states() == ["withdrawn", "withdrawn"]
    assert someone.subjects(before) == mails


def test_the_link_of_a_completed_course_stops_the_next_one_and_the_goodbye(
    someone: Someone, alice: Enrollment
) -> None:
    someone.live(22)
    new = someone.begin_again()
    someone.live(2)
    before = len(someone.sink.mails)
    assert states() == ["completed", "active"]

    someone.client.post(someone.link("leave", 5), ONE_CLICK)
    someone.live(9)

    assert states() == ["withdrawn", "withdrawn"]
    assert len(someone.sink.mails) == before
    assert not has_consented(new.runner, Consent.Purpose.MAIL)


def test_old_links_to_pause_and_to_the_hour_lead_to_the_newest_run(
    someone: Someone, old_and_new: Any
) -> None:
    old, new = old_and_new
    hour = {"send_at": "06:30", "time_zone": "Europe/Paris"}
    assert b"Saved" in someone.post(someone.link("hour"), hour).content
    assert b"Your next lesson comes on" in someone.client.get(someone.link("pause")).content
    assert b"Your course is paused" in someone.post(someone.link("pause"), {"action": "pause"}).content

    old.refresh_from_db()
    new.refresh_from_db()
    assert (new.state, new.send_at, new.time_zone) == ("paused", time(6, 30), "Europe/Paris")
    assert (old.state, old.time_zone) == ("withdrawn", "Europe/London")


def test_after_leaving_on_the_page_one_mail_says_so_and_how_to_undo_it(
    someone: Someone, alice: Enrollment
) -> None:
    someone.live(2)
    path = someone.link("leave")
    for _tap in range(2):
        someone.client.post(path, BY_PAGE)
    someone.client.post(path, ONE_CLICK)
    someone.go(someone.now)

    [mail] = someone.sink.mails[2:]
    assert mail["To"] == "alice@example.com"
    text = " ".join(body(mail).split())
    assert "No more mail of The 21-Day Runner Reset comes to you" in text
    assert "Until Thursday, 12 March, 08:00 (Europe/London)" in text
    someone.live(6)
    assert b"You are back" in someone.post(link(mail, "leave"), UNDO).content
    someone.live(1)
    assert someone.subjects(3) == ["Day 3"]


def test_a_mail_about_leaving_that_is_no_longer_true_is_not_sent(someone: Someone, alice: Enrollment) -> None:
    someone.live(2)
    path = someone.link("leave")
    someone.client.post(path, BY_PAGE)
    someone.post(path, UNDO)
    someone.move(timedelta(hours=2))
    someone.client.post(path, BY_PAGE)
    fields = form(email="alice@example.com", starts_on="2026-03-10")
    assert someone.client.post("/", fields).status_code == 200
    someone.go(someone.now)

    assert someone.subjects(2) == ["Please confirm"]


def test_whoever_taps_again_and_again_does_not_fill_the_inbox(someone: Someone, alice: Enrollment) -> None:
    someone.live(2)
    for _turn in range(5):
        someone.client.post(someone.link("leave"), BY_PAGE)
        someone.go(someone.now)
        someone.client.post(someone.link("leave"), UNDO)
        someone.go(someone.now)
        someone.move(timedelta(minutes=1))

    assert sorted(someone.subjects(2)) == ["Day 3", "Welcome back", "You have left"]


def test_leaving_ends_the_other_links_by_state_and_an_undo_revives_them(
    someone: Someone, alice: Enrollment
) -> None:
    someone.live(2)
    lesson = someone.sink.lessons[1]
    check_in, leave = link(lesson, "check-in", "done"), link(lesson, "leave")
    key = Enrollment.objects.get().link_key
    someone.client.post(leave, ONE_CLICK)

    before = whole_database()
    posts = {check_in: {"status": "done", "unit": "km"}}
    posts[link(lesson, "hour")] = {"send_at": "06:30", "time_zone": "Europe/Paris"}
    assert {someone.client.post(*post).status_code for post in posts.items()} == {410}
    assert someone.client.post(link(lesson, "pause"), {"action": "pause"}).status_code == 302
    assert whole_database() == before
    assert someone.client.post(link(lesson, "day"), {"text": "Why?"}).status_code == 302  # the coach answers
    with pytest.raises(Closed):
        record(alice.pk, 2, CheckInData("done"), someone.now)

    someone.post(leave, UNDO)
    assert {someone.client.post(*post).status_code for post in posts.items()} == {302}
    assert Enrollment.objects.get().link_key == key


def test_one_click_sends_nothing_of_an_earlier_leaving_either(someone: Someone, alice: Enrollment) -> None:
    """The mail about leaving in the night waits for the morning."""
    someone.live(2)
    path = someone.link("leave")
    someone.move(timedelta(hours=15))
    someone.client.post(path, BY_PAGE)
    someone.post(path, UNDO)
    someone.client.post(path, ONE_CLICK)
    someone.go(someone.now)
    someone.move(timedelta(hours=10))
    someone.live(2)

    assert len(someone.sink.mails) == 2
