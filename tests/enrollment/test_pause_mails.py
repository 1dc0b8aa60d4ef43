"""Pausing and resuming are confirmed by mail: once, by day, and only while it is true."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from challenge.enrollment.transitions import PauseCause, pause, resume
from challenge.models import Delivery, Enrollment, Event
from tests.support.smtp_sink import Sink

pytestmark = pytest.mark.django_db
Go = Callable[[datetime], None]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RUNNER = Event.Actor.RUNNER


def kinds() -> list[tuple[str, str]]:
    moves = Delivery.objects.filter(kind__in=["paused", "resumed"])
    return list(moves.order_by("due_at").values_list("kind", "state"))


def test_a_pause_is_confirmed_with_a_way_back(alice: Enrollment, sink: Sink, go: Go, now: datetime) -> None:
    pause(alice.pk, PauseCause.RUNNER, now)
    go(now)

    [mail] = sink.mails
    assert "/pause/" in mail.get_body(("plain",)).get_content()
    assert kinds() == [("paused", "sent")]


def test_resuming_says_when_the_next_lesson_comes(
    alice: Enrollment, sink: Sink, go: Go, now: datetime
) -> None:
    go(now)
    pause(alice.pk, PauseCause.RUNNER, now + HOUR)
    go(now + HOUR)
    resume(alice.pk, RUNNER, now + 4 * HOUR)
    go(now + 4 * HOUR)

    text = sink.mails[-1].get_body(("plain",)).get_content()
    assert "Wednesday, 4 March" in " ".join(text.split())
    assert kinds() == [("paused", "sent"), ("resumed", "sent")]


def test_when_the_lesson_comes_at_once_it_is_welcome_enough(
    alice: Enrollment, sink: Sink, go: Go, now: datetime
) -> None:
    go(now)
    pause(alice.pk, PauseCause.RUNNER, now + HOUR)
    resume(alice.pk, RUNNER, now + DAY)
    go(now + DAY)

    assert [mail["Subject"][:6] for mail in sink.mails] == ["Day 1:", "Day 2:"]
    assert kinds() == [("paused", "withheld")]


def test_a_pause_in_the_night_is_confirmed_in_the_morning(
    alice: Enrollment, sink: Sink, go: Go, now: datetime
) -> None:
    night = now.replace(hour=23)
    pause(alice.pk, PauseCause.RUNNER, night)
    go(night)
    assert sink.mails == []
    go(night + 8 * HOUR)
    assert kinds() == [("paused", "sent")]


def test_changing_ones_mind_often_does_not_fill_the_inbox(
    alice: Enrollment, sink: Sink, go: Go, now: datetime
) -> None:
    go(now)
    for minutes in range(1, 20, 2):
        pause(alice.pk, PauseCause.RUNNER, now + timedelta(minutes=minutes))
        resume(alice.pk, RUNNER, now + timedelta(minutes=minutes + 1))
        go(now + timedelta(minutes=minutes + 1))
    assert len(sink.mails) <= 1 + 2


def test_a_runner_who_ends_up_paused_after_all_is_told(
    alice: Enrollment, sink: Sink, go: Go, now: datetime
) -> None:
    go(now)
    pause(alice.pk, PauseCause.RUNNER, now + HOUR)
    resume(alice.pk, RUNNER, now + HOUR + timedelta(seconds=5))
    go(now + HOUR + timedelta(seconds=10))
    pause(alice.pk, PauseCause.RUNNER, now + HOUR + timedelta(seconds=20))
    go(now + HOUR + timedelta(seconds=30))
    assert ("paused", "sent") in kinds()


def test_the_welcome_back_never_comes_after_the_lesson(
    enroll: Any, sink: Sink, go: Go, now: datetime
) -> None:
    early = enroll("early", send_at=time(6, 0))
    go(now)
    pause(early.pk, PauseCause.RUNNER, now + HOUR)
    go(now + HOUR)
    night = now.replace(hour=22)
    resume(early.pk, RUNNER, night)
    for hours in range(14):
        go(night + hours * HOUR)
    assert sink.mails[-1]["Subject"].startswith("Day 2:")
    assert kinds() == [("paused", "sent")]
