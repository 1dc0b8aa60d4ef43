"""The planner's treatment of a due enrollment: the next lesson follows from what was sent."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from challenge.delivery.plan import bring_forward, plan
from challenge.delivery.rescue import close
from challenge.enrollment.transitions import PauseCause, pause, resume, send_again
from challenge.models import Delivery, Enrollment, Event
from tests.support.smtp_script import accept
from tests.support.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db
Go = Callable[[datetime], None]
DAY = timedelta(days=1)


@pytest.mark.both_databases
def test_a_lesson_that_missed_its_window_is_opened_again_under_the_same_row(
    alice: Any, sink: SmtpServer, go: Go, now: datetime
) -> None:
    sink.script = lambda phase, recipient: "451 later" if phase == "data" else None
    go(now)
    [lesson] = Delivery.objects.all()
    sink.script = accept
    go(now + timedelta(hours=15))
    assert not sink.mails

    go(now + DAY)
    [again] = Delivery.objects.all()
    assert (again.pk, again.day, again.state) == (lesson.pk, 1, "sent")
    assert [attempt["outcome"] for attempt in again.attempts] == ["deferred", "accepted"]
    assert again.due_at == lesson.due_at + DAY

    go(now + 2 * DAY)
    assert list(Delivery.objects.order_by("day").values_list("day", "state")) == [(1, "sent"), (2, "sent")]


@pytest.mark.both_databases
def test_a_lesson_that_was_refused_for_good_is_not_tried_again_and_the_course_goes_on(
    alice: Any, sink: SmtpServer, go: Go, now: datetime
) -> None:
    sink.script = lambda phase, recipient: "554 5.7.1 not this one" if phase == "data" else None
    go(now)
    sink.script = accept
    go(now + DAY)

    assert list(Delivery.objects.order_by("day").values_list("day", "state")) == [(1, "failed"), (2, "sent")]


@pytest.mark.both_databases
def test_nothing_goes_out_in_a_pause_and_it_goes_on_with_the_next_unsent_day(
    alice: Any, sink: SmtpServer, go: Go, now: datetime
) -> None:
    go(now)
    assert pause(alice.pk, PauseCause.RUNNER, now + timedelta(hours=1))
    for days in range(1, 6):
        go(now + days * DAY)
    assert len(sink.lessons) == 1
    assert resume(alice.pk, Event.Actor.RUNNER, now + 6 * DAY)
    go(now + 6 * DAY)

    assert [mail["Subject"][:6] for mail in sink.lessons] == ["Day 1:", "Day 2:"]


@pytest.mark.both_databases
def test_a_pause_and_resume_on_one_day_sends_no_second_lesson_that_day(
    alice: Any, sink: SmtpServer, go: Go, now: datetime
) -> None:
    go(now)
    pause(alice.pk, PauseCause.COACH, now + timedelta(minutes=5))
    resume(alice.pk, Event.Actor.COACH, now + timedelta(minutes=10))
    go(now + timedelta(hours=6))

    assert len(sink.lessons) == 1


@pytest.mark.both_databases
def test_a_lesson_planned_before_a_pause_goes_out_after_it(
    alice: Any, sink: SmtpServer, go: Go, now: datetime
) -> None:
    plan(now)
    pause(alice.pk, PauseCause.RUNNER, now)
    go(now)
    lesson = Delivery.objects.get(kind="lesson")
    assert lesson.state == "withheld"
    assert "paused" in lesson.reason

    resume(alice.pk, Event.Actor.RUNNER, now + DAY)
    go(now + DAY)
    lesson.refresh_from_db()
    assert lesson.state == "sent"


def test_the_course_ends_the_day_after_the_last_lesson(
    alice: Any, sink: SmtpServer, go: Go, now: datetime
) -> None:
    for days in range(21):
        go(now + days * DAY)
    alice.refresh_from_db()
    assert alice.state == Enrollment.State.ACTIVE
    go(now + 21 * DAY)
    alice.refresh_from_db()

    assert (alice.state, alice.next_due_at) == (Enrollment.State.COMPLETED, None)
    assert len(sink.lessons) == 21


@pytest.mark.both_databases
def test_a_time_zone_that_nobody_knows_holds_nobody_else_up(
    alice: Any, bob: Any, sink: SmtpServer, go: Go, now: datetime
) -> None:
    Enrollment.objects.filter(pk=alice.pk).update(time_zone="Mars/Olympus")
    go(now + timedelta(hours=5))

    assert [mail["To"] for mail in sink.mails] == ["bob@example.com"]
    alice.refresh_from_db()
    assert alice.next_due_at > now


@pytest.mark.both_databases
def test_many_are_planned_in_batches(enroll: Callable[..., Any], now: datetime) -> None:
    for number in range(7):
        enroll(f"runner{number}")

    assert plan(now, size=3)
    assert plan(now, size=3)
    assert not plan(now, size=3)
    assert Delivery.objects.count() == 7


def test_a_lesson_sent_again_is_a_copy_by_daylight_and_changes_nothing_of_the_course(
    alice: Any, sink: SmtpServer, go: Go, now: datetime
) -> None:
    go(now)
    night = now + timedelta(hours=15)
    copy = send_again(alice.pk, night)
    assert copy is not None
    assert copy.due_at == datetime.fromisoformat("2026-03-04T07:00:00+00:00")
    assert send_again(alice.pk, night) is None
    go(night)
    assert len(sink.mails) == 1

    go(now + DAY)
    assert sorted(mail["Subject"][:6] for mail in sink.mails) == ["Day 1:", "Day 1:", "Day 2:"]
    assert len({mail["Message-ID"] for mail in sink.mails}) == 3


def test_a_copy_that_did_not_get_through_by_evening_ends(
    alice: Any, sink: SmtpServer, go: Go, now: datetime
) -> None:
    go(now)
    copy = send_again(alice.pk, now)
    assert copy is not None
    assert close(now + timedelta(hours=12)) == 0
    assert close(now + timedelta(hours=13)) == 1
    copy.refresh_from_db()
    assert (copy.state, copy.reason) == ("failed", "too_late")


def test_in_development_a_course_can_be_clicked_through(
    alice: Any, sink: SmtpServer, go: Go, now: datetime
) -> None:
    at = now + timedelta(hours=16)
    for _click in range(21):
        assert bring_forward(alice.pk, at)
        go(at)
        at += timedelta(seconds=5)

    assert not bring_forward(alice.pk, at)
    assert [mail["Subject"].split(":")[0] for mail in sink.mails] == [f"Day {day}" for day in range(1, 22)]
