"""The sweep of the desk finds mail in trouble, and nothing else to do unless a row was changed by hand."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from challenge.enrollment import transitions
from challenge.enrollment.holding import Danger, clear, hold
from challenge.models import (
    CheckIn,
    Delivery,
    DeliveryEvent,
    DeskItem,
    Enrollment,
    Escalation,
    Event,
    Hold,
    Message,
    SafetyLevel,
)
from challenge.safety import desk, escalations
from challenge.safety.desk_sweep import sweep

pytestmark = pytest.mark.django_db
Kind = DeskItem.Kind
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture
def erin(db: None) -> User:
    return User.objects.create_user("erin@example.com", first_name="Erin", is_staff=True)


def open_items() -> set[tuple[str, str]]:
    return set(DeskItem.objects.filter(done_at=None).values_list("kind", "about"))


class Walk:
    """What runners and coaches do, one after the other at random."""

    def __init__(self, seed: int, runners: list[Enrollment], coach: User, now: datetime) -> None:
        self.random, self.runners, self.coach, self.now = random.Random(seed), runners, coach, now

    def step(self) -> str:
        self.now += MINUTE
        move: Callable[[Enrollment], object] = self.random.choice(
            [
                *(self.hold, self.clear, self.acknowledge, self.resolve, self.ask),
                *(self.done, self.snooze, self.pause, self.resume),
            ]
        )
        move(self.random.choice(self.runners))
        return move.__name__

    def hold(self, run: Enrollment) -> None:
        level = self.random.choice(SafetyLevel.values)
        source = self.random.choice([Hold.Source.COACH, Hold.Source.MESSAGE])
        danger = Danger(Hold.Reason.RED_WORDS, SafetyLevel(level), source)
        hold(run.pk, danger, Event.Actor.SYSTEM, self.now)

    def clear(self, run: Enrollment) -> None:
        clear(run.pk, self.coach, "Seen by a doctor.", self.now)

    def acknowledge(self, run: Enrollment) -> None:
        for escalation in run.escalations.all()[:1]:
            escalations.acknowledge(escalation.pk, self.coach, self.now)

    def resolve(self, run: Enrollment) -> None:
        for escalation in run.escalations.all()[:2]:
            escalations.resolve(escalation.pk, self.coach, self.now)

    def ask(self, run: Enrollment) -> None:
        asked = Message.objects.create(enrollment=run, day=1, text="Why?", at=self.now)
        DeskItem.objects.open(Kind.MESSAGE, run, asked.pk, self.now)

    def done(self, run: Enrollment) -> None:
        for item in run.desk_items.filter(done_at=None)[:2]:
            desk.done(item.pk, self.coach, self.now)

    def snooze(self, run: Enrollment) -> None:
        for item in run.desk_items.filter(done_at=None)[:2]:
            desk.snooze(item.pk, self.now + DAY)

    def pause(self, run: Enrollment) -> None:
        transitions.pause(run.pk, transitions.PauseCause.COACH, self.now)

    def resume(self, run: Enrollment) -> None:
        transitions.resume(run.pk, Event.Actor.COACH, self.now)


@pytest.mark.parametrize("seed", range(4))
def test_after_whatever_runners_and_coaches_did_there_is_nothing_to_repair(
    seed: int, trio: list[Enrollment], erin: User, now: datetime
) -> None:
    walk = Walk(seed, trio, erin, now)
    steps = [walk.step() for _number in range(40)]
    rows = list(DeskItem.objects.order_by("pk").values())

    assert sweep(walk.now) == 0, steps
    assert list(DeskItem.objects.order_by("pk").values()) == rows

    expected = open_items()
    DeskItem.objects.filter(done_at=None).first().delete()  # type: ignore[union-attr]
    DeskItem.objects.filter(done_at__isnull=False).update(done_at=None, done_by=None)
    sweep(walk.now)
    assert open_items() == expected
    assert sweep(walk.now) == 0


def test_what_has_no_reason_any_more_is_finished_by_nobody(alice: Enrollment, now: datetime) -> None:
    DeskItem.objects.open(Kind.ESCALATION, alice, 999, now)
    DeskItem.objects.open(Kind.PAIN, alice, 999, now)

    assert sweep(now + MINUTE) == 2

    assert set(DeskItem.objects.values_list("done_at", "done_by")) == {(now + MINUTE, None)}
    assert sweep(now + MINUTE) == 0


def test_a_doubtful_report_that_a_coach_has_seen_comes_back_when_it_changes(
    alice: Enrollment, erin: User, now: datetime
) -> None:
    times = {"created_at": now, "updated_at": now}
    doubtful = CheckIn.objects.create(enrollment=alice, day=1, status="done", doubt="too_fast", **times)
    assert sweep(now) == 1
    assert desk.done(DeskItem.objects.get().pk, erin, now + MINUTE)
    assert sweep(now + MINUTE) == 0

    CheckIn.objects.filter(pk=doubtful.pk).update(updated_at=now + 2 * MINUTE)
    assert sweep(now + 3 * MINUTE) == 1

    CheckIn.objects.filter(pk=doubtful.pk).update(doubt="")
    assert sweep(now + 4 * MINUTE) == 1
    assert open_items() == set()


def failed(run: Enrollment, at: datetime, **fields: Any) -> Delivery:
    facts = {"kind": "lesson", "day": 1, "state": "failed", "due_at": at, "try_at": at, **fields}
    return Delivery.objects.queue(enrollment=run, **facts)


def returned(run: Enrollment, at: datetime, **fields: Any) -> Delivery:
    mail = failed(run, at, state="sent", sent_at=at, **fields)
    report(mail, "bounced", at + MINUTE)
    return mail


def report(mail: Delivery, kind: str, at: datetime) -> None:
    event_id = f"{mail.pk}{kind}"
    DeliveryEvent.objects.create(delivery=mail, kind=kind, source="dsn", at=at, event_id=event_id)


def test_mail_that_failed_or_came_back_lies_on_the_desk_until_it_has_arrived(
    trio: list[Enrollment], enroll: Any, erin: User, now: datetime
) -> None:
    alice, bob, charlie = trio
    dora = enroll("dora", state="pending")
    lost, back, late = failed(alice, now), returned(bob, now), returned(charlie, now)
    failed(dora, now, kind="confirmation", day=0)
    failed(alice, now - 3 * DAY, day=2)
    failed(alice, now, day=3, state="withheld")

    assert sweep(now) == 3
    assert open_items() == {(Kind.MAIL, str(mail.pk)) for mail in (lost, back, late)}
    assert sweep(now) == 0

    report(late, "delivered", now + 2 * MINUTE)
    failed(bob, now + MINUTE, copy=1, state="sent", sent_at=now + MINUTE)
    assert sweep(now + 3 * MINUTE) == 2
    assert desk.done(DeskItem.objects.get(done_at=None).pk, erin, now)
    assert sweep(now + 3 * MINUTE) == 0


def test_trouble_with_mail_ages_unless_no_mail_leaves(trio: list[Enrollment], now: datetime) -> None:
    alice, bob, _charlie = trio
    failed(alice, now)
    stuck = returned(bob, now)
    sweep(now)
    transitions.pause(bob.pk, transitions.PauseCause.UNREACHABLE, now)

    assert sweep(now + 8 * DAY) == 1
    assert open_items() == {(Kind.MAIL, str(stuck.pk))}
    assert Escalation.objects.count() == 0
