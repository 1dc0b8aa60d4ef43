"""Consent and state are checked again just before a mail leaves."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import Consent, withdraw_consent
from challenge.delivery.plan import plan
from challenge.delivery.send import send_batch
from challenge.delivery.smtp.transport import Transport
from challenge.enrollment.leaving import leave
from challenge.enrollment.transitions import PauseCause, pause
from challenge.models import Delivery, Enrollment, Event, Suppression
from tests.support.smtp_server import SmtpServer
from tests.support.threads import together

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

Move = Callable[[Enrollment, datetime], object]
Enroll = Callable[..., Enrollment]


def suppress(enrollment: Enrollment, now: datetime) -> None:
    Suppression.objects.create(
        address_hash=enrollment.runner.address_hash, reason=Suppression.Reason.COMPLAINED, created_at=now
    )


def end_consent(enrollment: Enrollment, now: datetime) -> None:
    withdraw_consent(enrollment.runner, Consent.Purpose.MAIL, now)


def hold(enrollment: Enrollment, now: datetime) -> None:
    """Set a state that leaves the queue as it is, so that only the sender can notice."""
    Enrollment.objects.filter(pk=enrollment.pk).update(state=Enrollment.State.HELD, next_due_at=None)


MOVES = [
    pytest.param(lambda e, now: leave(e.pk, Event.Actor.RUNNER, now), "left", id="left"),
    pytest.param(lambda e, now: pause(e.pk, PauseCause.COACH, now), "paused", id="paused"),
    pytest.param(hold, "wrong_state", id="held"),
    pytest.param(suppress, "suppressed", id="suppressed"),
    pytest.param(end_consent, "no_consent", id="no consent"),
]


@pytest.mark.parametrize(("move", "reason"), MOVES)
def test_who_left_after_planning_gets_nothing(
    move: Move, reason: str, alice: Enrollment, enroll: Enroll, sink: SmtpServer, now: datetime, go: Any
) -> None:
    enroll("bob")
    plan(now)
    move(alice, now)

    go(now)

    assert [mail["To"] for mail in sink.lessons] == ["bob@example.com"]
    lesson = Delivery.objects.get(enrollment=alice, kind="lesson")
    assert (lesson.state, lesson.reason, lesson.attempts) == ("withheld", reason, [])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("move", "reason"), MOVES)
def test_who_leaves_while_the_batch_is_sent_gets_nothing(
    move: Move, reason: str, enroll: Enroll, sink: SmtpServer, now: datetime
) -> None:
    runners = [enroll(name) for name in ("alice", "bob", "charlie")]
    plan(now)
    first, second, third = Delivery.objects.order_by("try_at", "id")
    leaver = next(runner for runner in runners if runner.pk == third.enrollment_id)
    moment = now

    def script(phase: str, recipient: str) -> None:
        """Let the last one leave the course while the first mail is sent; a slow server takes two seconds."""
        nonlocal moment
        if phase == "data" and moment == now:
            together(lambda: move(leaver, moment))
            moment += timedelta(seconds=2)

    sink.script = script
    with Transport() as transport:
        assert send_batch(transport, lambda: moment)

    assert [mail["Message-ID"] for mail in sink.mails] == [first.message_id, second.message_id]
    third.refresh_from_db()
    reason = "wrong_state" if reason == "paused" else reason
    assert (third.state, third.reason, third.attempts, third.lease) == ("withheld", reason, [], None)


def test_a_confirmation_leaves_only_while_it_is_waited_for(
    enroll: Enroll, sink: SmtpServer, now: datetime, go: Any
) -> None:
    waiting = enroll("alice", state=Enrollment.State.PENDING)
    confirmed = enroll("bob", starts_on=now.date() + timedelta(days=1))
    for enrollment in (waiting, confirmed):
        Delivery.objects.queue(Delivery.Kind.CONFIRMATION, now, enrollment)

    go(now)

    assert sink.recipients == ["alice@example.com"]
    unsent = Delivery.objects.get(enrollment=confirmed)
    assert (unsent.state, unsent.reason) == ("withheld", "not_pending")


def test_who_resumes_gets_the_lesson_that_was_held_back(
    alice: Enrollment, sink: SmtpServer, now: datetime, go: Any
) -> None:
    from challenge.enrollment.transitions import resume

    plan(now)
    pause(alice.pk, PauseCause.RUNNER, now)
    go(now)
    resume(alice.pk, Event.Actor.RUNNER, now + timedelta(hours=1))
    go(now + timedelta(hours=1))

    [mail] = sink.lessons
    lesson = Delivery.objects.get(kind="lesson")
    assert (mail["Message-ID"], lesson.day) == (lesson.message_id, 1)
