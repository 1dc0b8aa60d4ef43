"""An escalation is told until somebody acknowledges it: the coaches, then the second contact."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from challenge.enrollment.holding import Danger, clear, hold
from challenge.enrollment.leaving import leave
from challenge.models import Delivery, DeskItem, Enrollment, Escalation, Event, Hold, SafetyLevel, SafetyRules
from challenge.safety.escalations import acknowledge, escalate, resolve
from tests.support.threads import together

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PAIN = Danger(Hold.Reason.HIGH_PAIN, SafetyLevel.TODAY, Hold.Source.CHECK_IN, {"score": "8", "day": "1"})
SECOND = "second@example.net"


@pytest.fixture
def coaches(db: None) -> list[User]:
    User.objects.create_user("gone@example.org", is_staff=True, is_active=False)
    return [User.objects.create_user(f"{name}@example.org", is_staff=True) for name in ("ann", "ben")]


@pytest.fixture
def told(coaches: list[User], alice: Enrollment, now: datetime) -> Escalation:
    """An escalation whose first mails have left."""
    hold(alice.pk, PAIN, Event.Actor.SYSTEM, now)
    leaves()
    return Escalation.objects.get()


def leaves() -> None:
    Delivery.objects.filter(state="queued").update(state="sent")


def queued() -> list[tuple[str, str]]:
    """Return the waiting mails about escalations, and let them leave."""
    mails = Delivery.objects.filter(escalation__isnull=False, state="queued").order_by("kind", "recipient")
    found = [(mail.kind, mail.to_address) for mail in mails]
    leaves()
    return found


TO_COACHES = [("escalation", "ann@example.org"), ("escalation", "ben@example.org")]


def test_a_hold_queues_a_mail_to_every_coach_in_its_transaction(
    coaches: list[User], alice: Enrollment, now: datetime
) -> None:
    with suppress(InterruptedError), transaction.atomic():
        hold(alice.pk, PAIN, Event.Actor.SYSTEM, now)
        raise InterruptedError
    assert not Delivery.objects.exists()
    assert not Escalation.objects.exists()

    hold(alice.pk, PAIN, Event.Actor.SYSTEM, now)

    escalation = Escalation.objects.get()
    assert (escalation.told_at, escalation.times_told) == (now, 1)
    mails = Delivery.objects.filter(kind="escalation")
    assert {mail.escalation for mail in mails} == {escalation}
    assert {(mail.enrollment, mail.priority, mail.due_at) for mail in mails} == {(None, -1, now)}
    assert queued() == TO_COACHES


def test_the_coaches_are_told_again_while_it_is_open(told: Escalation, now: datetime) -> None:
    SafetyRules.objects.create(pk=1, remind_after=30)
    assert escalate(now + 29 * MINUTE) == 0
    assert escalate(now + 30 * MINUTE) == 2
    assert queued() == TO_COACHES
    assert escalate(now + 31 * MINUTE) == 0
    assert escalate(now + 60 * MINUTE) == 2
    assert Escalation.objects.get().times_told == 3


def test_nobody_gets_a_second_mail_while_the_first_one_waits(
    coaches: list[User], alice: Enrollment, now: datetime
) -> None:
    SafetyRules.objects.create(pk=1, second_contact=SECOND)
    hold(alice.pk, PAIN, Event.Actor.SYSTEM, now)
    for hour in range(1, 13):
        escalate(now + hour * HOUR)
    assert queued() == [*TO_COACHES, ("second", SECOND)]


def test_the_first_to_acknowledge_stops_it_for_all(
    told: Escalation, coaches: list[User], now: datetime
) -> None:
    SafetyRules.objects.create(pk=1, second_contact=SECOND)
    ann, ben = coaches
    assert acknowledge(told.pk, ann, now + MINUTE)
    assert not acknowledge(told.pk, ben, now + 2 * MINUTE)
    told.refresh_from_db()
    assert (told.acknowledged_by, told.acknowledged_at) == (ann, now + MINUTE)
    assert escalate(now + 5 * HOUR) == 0


def test_acknowledged_and_forgotten_is_told_again(
    told: Escalation, coaches: list[User], now: datetime
) -> None:
    SafetyRules.objects.create(pk=1, second_contact=SECOND)
    acknowledge(told.pk, coaches[0], now)
    assert escalate(now + 6 * HOUR - MINUTE) == 0
    assert escalate(now + 6 * HOUR) == 2
    assert queued() == TO_COACHES
    assert escalate(now + 7 * HOUR) == 0
    assert escalate(now + 12 * HOUR) == 2
    resolve(told.pk, coaches[0], now + 12 * HOUR)
    assert escalate(now + 30 * HOUR) == 0


def test_the_second_contact_is_told_after_its_time_and_again(told: Escalation, now: datetime) -> None:
    SafetyRules.objects.create(pk=1, second_contact=SECOND, second_after=90, remind_after=60)
    escalate(now + 89 * MINUTE)
    assert queued() == TO_COACHES
    assert escalate(now + 90 * MINUTE) == 1
    assert queued() == [("second", SECOND)]
    escalate(now + 149 * MINUTE)
    assert queued() == TO_COACHES
    assert escalate(now + 150 * MINUTE) == 1
    assert queued() == [("second", SECOND)]

    acknowledge(told.pk, None, now + 151 * MINUTE)
    assert escalate(now + 510 * MINUTE) == 0
    assert escalate(now + 511 * MINUTE) == 3


def test_without_a_coach_the_second_contact_is_told(alice: Enrollment, now: datetime) -> None:
    SafetyRules.objects.create(pk=1, second_contact=SECOND)
    User.objects.create_user("gone@example.org", is_staff=True, is_active=False)
    hold(alice.pk, PAIN, Event.Actor.SYSTEM, now)
    assert queued() == []
    escalate(now + 4 * HOUR)
    assert queued() == [("second", SECOND)]


def test_a_mail_that_waited_does_not_leave_once_somebody_has_acknowledged(
    coaches: list[User], alice: Enrollment, sink: Any, go: Any, now: datetime
) -> None:
    hold(alice.pk, PAIN, Event.Actor.SYSTEM, now)
    acknowledge(Escalation.objects.get().pk, coaches[0], now + MINUTE)
    go(now + 2 * MINUTE)
    assert [mail["To"] for mail in sink.mails] == ["alice@example.com"]
    assert {mail.reason for mail in Delivery.objects.filter(kind="escalation")} == {"heeded"}


def test_clearing_the_hold_ends_it(told: Escalation, coaches: list[User], alice: Any, now: datetime) -> None:
    clear(alice.pk, coaches[0], "Seen by a doctor.", now + HOUR)
    assert escalate(now + 9 * HOUR) == 0


def test_it_ends_by_itself_thirty_days_after_the_course(told: Escalation, alice: Any, now: datetime) -> None:
    left_at = now + 5 * DAY
    leave(alice.pk, Event.Actor.RUNNER, left_at)
    escalate(left_at + 30 * DAY - MINUTE)
    assert Escalation.objects.get().state == "open"

    escalate(left_at + 30 * DAY)

    told.refresh_from_db()
    assert (told.state, told.resolved_by, told.resolved_at) == ("resolved", None, left_at + 30 * DAY)
    event = Event.objects.get(kind=Event.Kind.UNHEEDED)
    assert (event.says, event.actor) == ("Nobody resolved it within 30 days after the course.", "system")
    assert not DeskItem.objects.filter(kind="escalation", done_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_first(told: Escalation, coaches: list[User], now: datetime) -> None:
    done: list[bool] = []
    together(*[lambda coach=coach: done.append(acknowledge(told.pk, coach, now)) for coach in coaches])
    assert sorted(done) == [False, True]
    told.refresh_from_db()
    assert told.acknowledged_by in coaches


@pytest.mark.django_db(transaction=True)
def test_two_jobs_at_once_tell_once(told: Escalation, now: datetime) -> None:
    together(*[lambda: escalate(now + HOUR)] * 2)
    assert queued() == TO_COACHES
