"""Everybody who was sent a recalled stretch gets one correction, and nobody else."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import Consent, give_consents
from challenge.delivery.corrections import correct, queue_corrections
from challenge.delivery.plan import plan
from challenge.enrollment.leaving import leave
from challenge.enrollment.transitions import PauseCause, pause
from challenge.models import Day, Delivery, Enrollment, Event, Stretch
from tests.support.recalls import WHY, corrections, take_back
from tests.support.smtp_server import SmtpServer

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
Go = Callable[[datetime], None]
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def test_those_who_got_it_are_told_once_and_nobody_else(
    trio: list[Any], enroll: Any, first: Stretch, other: Stretch, sink: SmtpServer, go: Go, now: datetime
) -> None:
    go(now)
    enroll("dora", now=now + DAY)
    recalled = take_back(first, other, now + timedelta(hours=2))
    assert queue_corrections(recalled, now + timedelta(hours=2)) == 3
    assert correct(now + timedelta(hours=3)) == 0
    for hours in (2, 3, 20):
        go(now + timedelta(hours=hours))
        correct(now + timedelta(hours=hours))
    go(now + DAY)

    assert sorted(corrections(sink)) == ["alice@example.com", "bob@example.com", "charlie@example.com"]
    mail = next(mail for mail in sink.mails if mail["Subject"].startswith("Please leave out"))
    text = mail.get_body(("plain",)).get_content()
    assert WHY in text
    assert first.title in mail["Subject"]
    assert other.title in text


def test_a_lesson_that_was_on_the_wire_gets_its_correction_from_the_sweep(
    alice: Any, first: Stretch, other: Stretch, sink: SmtpServer, go: Go, now: datetime
) -> None:
    old = Day.objects.get(number=1).published
    recalled = take_back(first, other, now)
    assert queue_corrections(recalled, now) == 0
    Delivery.objects.queue(
        enrollment=alice,
        kind="lesson",
        day=1,
        state="sent",
        due_at=now,
        try_at=now,
        sent_at=now + timedelta(seconds=2),
        revision=old,
    )
    assert correct(now + timedelta(minutes=1)) == 1
    assert correct(now + timedelta(minutes=2)) == 0


def test_a_lesson_of_which_nobody_knows_whether_it_arrived_counts_as_sent(
    alice: Any, first: Stretch, other: Stretch, now: datetime
) -> None:
    plan(now)
    doubt(now)
    assert queue_corrections(take_back(first, other, now + HOUR), now + HOUR) == 1


def test_a_lesson_that_was_first_tried_after_the_recall_carried_the_replacement(
    alice: Any, first: Stretch, other: Stretch, now: datetime
) -> None:
    plan(now)
    doubt(now + HOUR)
    assert queue_corrections(take_back(first, other, now), now) == 0


def doubt(at: datetime) -> None:
    """Mark the lesson that was tried at an instant as uncertain."""
    attempt = {"at": at.isoformat(), "phase": "answer", "outcome": "uncertain", "code": None, "answer": ""}
    Delivery.objects.update(uncertain=True, state="retry", attempts=[attempt])


def begin_again(before: Enrollment, now: datetime) -> Enrollment:
    give_consents(before.runner, [Consent.Purpose.MAIL], Consent.Form.SIGN_UP, now)
    return Enrollment.objects.create(
        runner=before.runner,
        program=before.program,
        state=Enrollment.State.ACTIVE,
        starts_on=now.date(),
        send_at=before.send_at,
        time_zone=before.time_zone,
        created_at=now,
        confirmed_at=now,
        next_due_at=now,
    )


def test_who_got_it_in_two_runs_is_told_once(
    alice: Any, first: Stretch, other: Stretch, sink: SmtpServer, go: Go, now: datetime
) -> None:
    go(now)
    Enrollment.objects.filter(pk=alice.pk).update(state="completed", next_due_at=None)
    begin_again(alice, now + DAY)
    go(now + DAY)
    assert len(sink.lessons) == 2
    assert queue_corrections(take_back(first, other, now + DAY + HOUR), now + DAY + HOUR) == 1


def test_who_left_and_came_back_is_told_of_what_came_before(
    alice: Any, first: Stretch, other: Stretch, go: Go, now: datetime
) -> None:
    go(now)
    leave(alice.pk, Event.Actor.RUNNER, now + HOUR)
    again = begin_again(alice, now + 2 * HOUR)
    queue_corrections(take_back(first, other, now + 3 * HOUR), now + 3 * HOUR)
    assert Delivery.objects.get(kind="correction").enrollment == again


def test_of_two_recalls_each_is_told(
    alice: Any, first: Stretch, other: Stretch, sink: SmtpServer, go: Go, now: datetime
) -> None:
    go(now)
    queue_corrections(take_back(first, other, now + HOUR), now + HOUR)
    third = Stretch.objects.filter(kind="stretch").exclude(pk__in=[first.pk, other.pk]).order_by("-slug")[0]
    shown = Delivery.objects.get(kind="lesson").revision
    assert shown is not None
    shown.stretches.add(third)
    queue_corrections(take_back(third, other, now + 2 * HOUR), now + 2 * HOUR)
    go(now + 2 * HOUR)
    assert corrections(sink) == ["alice@example.com"] * 2


def test_a_time_zone_that_nobody_knows_keeps_nobody_from_being_told(
    trio: list[Any], first: Stretch, other: Stretch, go: Go, now: datetime
) -> None:
    go(now)
    Enrollment.objects.filter(pk=trio[0].pk).update(time_zone="Mars/Olympus")
    assert queue_corrections(take_back(first, other, now + HOUR), now + HOUR) == 3


def test_paused_runners_are_told_and_those_who_left_are_not(
    trio: list[Any], first: Stretch, other: Stretch, sink: SmtpServer, go: Go, now: datetime
) -> None:
    go(now)
    pause(trio[0].pk, PauseCause.RUNNER, now)
    leave(trio[1].pk, Event.Actor.RUNNER, now)
    queue_corrections(take_back(first, other, now), now)
    leave(trio[2].pk, Event.Actor.RUNNER, now)
    go(now + timedelta(hours=1))

    assert corrections(sink) == ["alice@example.com"]


def test_nobody_is_woken_by_a_correction(
    alice: Any, first: Stretch, other: Stretch, sink: SmtpServer, go: Go, now: datetime
) -> None:
    go(now)
    night = now.replace(hour=23)
    queue_corrections(take_back(first, other, night), night)
    go(night)
    assert corrections(sink) == []
    go(now + DAY)
    assert corrections(sink) == ["alice@example.com"]
