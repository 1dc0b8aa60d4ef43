"""A runner asks to be erased, has a day to take it back, and is then gone."""

from datetime import datetime, timedelta

import pytest

from accounts.models import User
from challenge.enrollment.erasing import erase_due, keep, request_erasing
from challenge.models import Delivery, Enrollment, Event, RestoreStop
from tests.enrollment.conftest import DAY, Someone
from tests.support.visitor import body, link, whole_database

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def ask(someone: Someone, alice: Enrollment) -> datetime:
    asked = request_erasing(alice.runner_id, someone.now)
    someone.go(someone.now)
    return asked


def test_one_mail_says_when_and_no_lesson_comes(someone: Someone, alice: Enrollment) -> None:
    someone.live(3)
    before = len(someone.sink.mails)

    assert ask(someone, alice) == someone.now + DAY
    someone.move(HOUR)
    assert request_erasing(alice.runner_id, someone.now) == someone.now + DAY - HOUR
    someone.move(20 * HOUR)

    assert [str(mail["Subject"]) for mail in someone.sink.mails[before:]] == [
        "You will be erased: Saturday, 7 March, 08:00"
    ]
    held = Delivery.objects.get(day=4)
    assert (held.state, held.reason) == ("withheld", "erasing")
    assert Event.objects.latest("pk").kind == "erase_asked"


def test_the_link_keeps_everything_and_the_course_goes_on(someone: Someone, alice: Enrollment) -> None:
    someone.live(3)
    before = len(someone.sink.mails)
    ask(someone, alice)
    path = link(someone.sink.mails[-1], "keep")
    kept = whole_database()
    assert b"Keep everything?" in someone.client.get(path).content
    assert whole_database() == kept
    someone.move(DAY - SECOND)

    page = someone.post(path, {})

    assert b"Everything is kept" in page.content
    assert b"Your next lesson is on its way" in page.content
    assert User.objects.get().erase_at is None
    someone.live(2)
    assert someone.subjects(before)[1:] == ["Day 4", "Day 5"]
    assert erase_due(someone.now) == 0
    assert Enrollment.objects.filter(pk=alice.pk).exists()


def test_what_the_course_owes_comes_after_all(someone: Someone, alice: Enrollment) -> None:
    someone.live(21)
    assert Delivery.objects.filter(kind="summary").exists() is False
    ask(someone, alice)
    someone.live(1)
    assert keep(alice.runner_id, someone.now)
    someone.live(1)
    assert Delivery.objects.get(kind="summary").state == "sent"


def test_a_link_from_before_says_that_nothing_will_be_erased(someone: Someone, alice: Enrollment) -> None:
    someone.live(1)
    ask(someone, alice)
    path = link(someone.sink.mails[-1], "keep")
    keep(alice.runner_id, someone.now)
    assert not keep(alice.runner_id, someone.now)
    assert b"Nothing will be erased" in someone.client.get(path).content


def test_after_a_day_nothing_is_left_and_nothing_comes(
    someone: Someone, alice: Enrollment, bob: Enrollment
) -> None:
    someone.live(2)
    ask(someone, alice)
    path = link(someone.sink.to("alice@example.com")[-1], "keep")
    before = len(someone.sink.to("alice@example.com"))
    someone.move(DAY - SECOND)
    assert erase_due(someone.now) == 0
    someone.move(SECOND)

    assert erase_due(someone.now) == 1

    assert list(Enrollment.objects.all()) == [bob]
    assert someone.client.get(path).status_code == 410
    someone.live(3)
    assert len(someone.sink.to("alice@example.com")) == before


def test_nobody_is_erased_while_a_restored_backup_holds_sending_back(
    someone: Someone, alice: Enrollment
) -> None:
    """The request may have been taken back in the database that was lost."""
    ask(someone, alice)
    someone.move(DAY)
    stopped = {"counted_at": someone.now, "stopped_since": someone.now, "reason": "older"}
    RestoreStop.objects.update_or_create(pk=RestoreStop.ROW, defaults=stopped)
    assert erase_due(someone.now) == 0
    assert Enrollment.objects.filter(pk=alice.pk).exists()


def test_fresh_links_come_while_it_waits(someone: Someone, alice: Enrollment) -> None:
    someone.live(1)
    ask(someone, alice)
    someone.client.post("/links/", {"email": "alice@example.com"})
    someone.go(someone.now)
    assert someone.subjects()[-1] != "Day 1"
    assert "keep" not in body(someone.sink.mails[-1]).lower()
