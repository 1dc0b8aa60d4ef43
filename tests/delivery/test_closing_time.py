"""A window closes while the server is slow, or moves while a lesson waits."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from challenge.delivery.claim import claim, record
from challenge.delivery.plan import plan
from challenge.delivery.send import send_batch
from challenge.delivery.smtp.transport import Transport
from challenge.enrollment.transitions import reschedule, send_again
from challenge.models import Delivery, Event
from tests.support.smtp_script import accept, always
from tests.support.smtp_server import SmtpServer
from tests.support.stepping import due_looks

pytestmark = pytest.mark.django_db

Go = Callable[[datetime], None]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def send_slowly(sink: SmtpServer, start: datetime) -> list[datetime]:
    """Send what is due to a server that takes five minutes over each message. Return when it got each."""
    moment, got = start, []

    def dawdle(phase: str, recipient: str) -> None:
        nonlocal moment
        if phase == "answer":
            got.append(moment)
            moment += 5 * MINUTE

    plan(start)
    sink.script = dawdle
    with Transport() as transport:
        send_batch(transport, lambda: moment)
    sink.script = accept
    return got


def days_of(sink: SmtpServer, name: str) -> list[str]:
    return [str(mail["Subject"]).partition(":")[0] for mail in sink.to(f"{name}@example.com")]


def test_a_claimed_lesson_does_not_leave_after_its_window_closed(
    enroll: Callable[..., Any], sink: SmtpServer, go: Go, now: datetime
) -> None:
    for name in ("alice", "bob"):
        enroll(name)
    at = now.replace(hour=20, minute=59)

    assert send_slowly(sink, at) == [at]
    assert sorted(Delivery.objects.values_list("state", "attempts__0__outcome")) == [
        ("queued", None),
        ("sent", "accepted"),
    ]
    go(at + 5 * MINUTE)
    assert len(sink.mails) == 1

    go(now + DAY + 2 * HOUR)
    assert sorted([days_of(sink, "alice"), days_of(sink, "bob")]) == [["Day 1"], ["Day 1", "Day 2"]]


def test_who_chose_ten_at_night_is_not_written_to_after_midnight_and_loses_no_day(
    enroll: Callable[..., Any], sink: SmtpServer, go: Go, now: datetime
) -> None:
    for name in ("alice", "bob"):
        enroll(name, send_at=time(22))
    at = now.replace(hour=23, minute=59)

    assert send_slowly(sink, at) == [at]
    for look in due_looks(at + 31 * MINUTE, HOUR, at + 2 * DAY + 31 * MINUTE):
        go(look)

    seen = sorted([days_of(sink, "alice"), days_of(sink, "bob")])
    assert seen == [["Day 1", "Day 2"], ["Day 1", "Day 2", "Day 3"]]


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Asia/Kolkata", "America/Los_Angeles", "Pacific/Auckland"])
def test_a_lesson_that_waits_while_the_zone_moves_leaves_by_day_over_there(
    alice: Any, sink: SmtpServer, go: Go, now: datetime, zone: str
) -> None:
    sink.script = always("recipient", "451 later")
    at = now + 6 * HOUR
    go(now)
    go(at - 40 * MINUTE)
    reschedule(alice.pk, time(7), zone, Event.Actor.RUNNER, at)
    sink.script = accept

    half_hours(go, at, 3)

    sent = [moment for moment in Delivery.objects.order_by("day").values_list("sent_at", flat=True) if moment]
    assert len(sent) in (3, 4)
    assert days_of(sink, "alice") == [f"Day {number}" for number in range(1, len(sent) + 1)]
    assert_by_day(sent, zone)
    assert min(later - earlier for earlier, later in pairwise(sent)) >= 12 * HOUR


def test_a_copy_that_waits_survives_a_change_of_hour(
    alice: Any, sink: SmtpServer, go: Go, now: datetime
) -> None:
    go(now)
    copy = send_again(alice.pk, now + 15 * HOUR)
    assert copy

    reschedule(alice.pk, time(9), "Europe/London", Event.Actor.RUNNER, now + 15 * HOUR)
    go(now + DAY)
    assert days_of(sink, "alice") == ["Day 1", "Day 1"]
    go(now + DAY + HOUR)

    copy.refresh_from_db()
    assert copy.state == "sent"
    assert days_of(sink, "alice") == ["Day 1", "Day 1", "Day 2"]


def test_a_copy_that_waits_while_the_zone_moves_leaves_by_day_over_there(
    alice: Any, sink: SmtpServer, go: Go, now: datetime
) -> None:
    """Seven in the morning in London is an hour before midnight in Los Angeles."""
    go(now)
    late = now + 15 * HOUR
    copy = send_again(alice.pk, late)
    assert copy

    reschedule(alice.pk, time(7), "America/Los_Angeles", Event.Actor.RUNNER, late + 7 * HOUR)
    half_hours(go, late, 2)

    copy.refresh_from_db()
    assert copy.state == "sent"
    assert_by_day([copy.sent_at], "America/Los_Angeles")


def test_a_lesson_that_a_sender_holds_while_the_zone_moves_comes_back_by_day_over_there(
    alice: Any, sink: SmtpServer, go: Go, now: datetime
) -> None:
    """Eight in the morning in London is nine at night in Auckland."""
    plan(now)
    [lesson] = claim(now, 1)
    reschedule(alice.pk, time(7), "Pacific/Auckland", Event.Actor.RUNNER, now)
    record(lesson, state="queued", try_at=now)

    half_hours(go, now, 2)

    lesson.refresh_from_db()
    assert lesson.state == "sent"
    assert_by_day([lesson.sent_at], "Pacific/Auckland")


def half_hours(go: Go, start: datetime, days: int) -> None:
    for at in due_looks(start, 30 * MINUTE, start + days * DAY):
        go(at)


def assert_by_day(sent: list[datetime], zone: str) -> None:
    assert all(time(7) <= moment.astimezone(ZoneInfo(zone)).time() < time(21) for moment in sent)
