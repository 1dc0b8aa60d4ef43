"""Findings of the whole-system model (tests/faults/model), each in its smallest form."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from challenge.bounces.record import record_refusal
from challenge.enrollment.transitions import PauseCause, pause, reschedule, resume
from challenge.models import Delivery, Event, Suppression
from challenge.models.attempt import Answer, Outcome, Phase
from tests.support.cast import lesson_of
from tests.support.smtp_script import accept, always, drop
from tests.support.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db
Go = Callable[[datetime], None]


@pytest.fixture
def evening(alice: Any, sink: SmtpServer, go: Go, now: datetime) -> datetime:
    """20:40 of a day on which Alice's lesson arrived without an answer, and was refused at the second try."""
    at = now.replace(hour=20, minute=40)
    sink.script = always("answer", drop())
    go(at)
    sink.script = always("data", "554 5.7.1 not this one")
    go(at + timedelta(minutes=2))
    sink.script = accept
    lesson = lesson_of("alice")
    assert (lesson.state, lesson.sent_at, lesson.uncertain) == ("failed", None, True)
    return at


def test_a_lesson_follows_twelve_hours_after_one_that_may_have_arrived_before_it_was_refused(
    evening: datetime, sink: SmtpServer, go: Go
) -> None:
    go(evening + timedelta(hours=11))
    assert len(sink.lessons) == 1

    go(evening + timedelta(hours=12, minutes=1))
    assert [mail["Subject"][:6] for mail in sink.lessons] == ["Day 1:", "Day 2:"]


def test_another_zone_brings_no_lesson_on_the_date_of_one_that_may_have_arrived(
    alice: Any, evening: datetime, sink: SmtpServer, go: Go
) -> None:
    later = evening + timedelta(minutes=5)
    reschedule(alice.pk, time(9, 45), "Pacific/Auckland", Event.Actor.RUNNER, later)
    go(later)
    assert len(sink.lessons) == 1

    go(later + timedelta(days=1))
    assert len(sink.lessons) == 2


@pytest.mark.both_databases
def test_a_refusal_in_the_instant_of_the_resuming_is_no_old_news(alice: Any, now: datetime) -> None:
    """The mail that confirms the pause is on the wire while the runner resumes."""
    pause(alice.pk, PauseCause.RUNNER, now - timedelta(seconds=1))
    said = Delivery.objects.get(kind=Delivery.Kind.PAUSED)
    resume(alice.pk, Event.Actor.RUNNER, now)

    record_refusal(said, Answer(Outcome.REFUSED, Phase.RECIPIENT, 550, "5.1.1 nobody of that name"), now)

    alice.refresh_from_db()
    assert Suppression.objects.get().reason == "bounced"
    assert alice.state == "paused"
