"""Findings of the whole-system model (tests/faults/model), each in its smallest form."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from accounts.models import User
from challenge.bounces.record import record_refusal
from challenge.checkins.record import CheckInData, record
from challenge.conversation.answers import answer
from challenge.conversation.messages import record_message
from challenge.delivery.claim import claim
from challenge.delivery.eligibility import Eligibility
from challenge.enrollment.erasing import request_erasing
from challenge.enrollment.leaving import leave
from challenge.enrollment.pending import remind_unconfirmed
from challenge.enrollment.transitions import PauseCause, pause, reschedule, resume
from challenge.enrollment.waiting import answer_waiting
from challenge.models import Delivery, Event, Hold, SafetyRules, Suppression
from challenge.models.attempt import Answer, Outcome, Phase
from challenge.safety.answering import answer as answer_questions
from tests.support.cast import lesson_of
from tests.support.smtp_script import accept, always, drop
from tests.support.smtp_server import SmtpServer
from tests.support.visitor import Visitor

pytestmark = pytest.mark.django_db
Go = Callable[[datetime], None]


@pytest.fixture
def dana(db: None) -> User:
    return User.objects.create_user("dana@example.com", first_name="Dana", is_staff=True)


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


def test_a_form_that_comes_before_the_reminder_has_left_waits_a_day_longer(
    visitor: Visitor, now: datetime
) -> None:
    """The reminder waits for the runner's hour; a stranger gets one such mail a day."""
    visitor.signs_up(now, starts_on="2026-03-20")
    asked_at = now + timedelta(days=2)
    remind_unconfirmed(asked_at)
    reminder = Delivery.objects.get(kind=Delivery.Kind.REMINDER)
    assert reminder.due_at > asked_at + timedelta(hours=20)

    visitor.clock.move_to(asked_at + timedelta(days=1))
    visitor.post(starts_on="2026-03-20", send_at="18:15")
    assert Delivery.objects.filter(kind=Delivery.Kind.CONFIRMATION).count() == 1

    answer_waiting(reminder.due_at + timedelta(days=1))
    assert Delivery.objects.filter(kind=Delivery.Kind.CONFIRMATION).count() == 2


def test_who_asks_to_be_erased_is_told_although_a_later_form_is_unconfirmed(
    alice: Any, sink: SmtpServer, visitor: Visitor, now: datetime
) -> None:
    leave(alice.pk, Event.Actor.RUNNER, now)
    visitor.post(email=alice.runner.email)

    request_erasing(alice.runner_id, now)

    visitor.go(now)
    assert "You will be erased" in [str(mail["Subject"]).partition(":")[0] for mail in sink.mails]


def test_what_stops_the_lessons_is_more_than_what_leaves_their_words(
    enroll: Callable[..., Any], go: Go, now: datetime
) -> None:
    """Without consent no reason is kept, and a second report within a day is taken for the first."""
    SafetyRules.objects.create(pk=1, words_only=["hold_down_a_leg"])
    hana = enroll("hana", health=False)
    go(now)
    record(hana.pk, 1, CheckInData("partly", pain=2, place="down_a_leg"), now)

    record(hana.pk, 1, CheckInData("not_today", pain=8), now + timedelta(hours=1))

    hana.refresh_from_db()
    assert hana.state == "held"
    assert list(Hold.objects.values_list("words_only", flat=True)) == [True, False]


def test_no_welcome_names_the_next_lesson_of_somebody_who_is_held(
    enroll: Callable[..., Any], sink: SmtpServer, go: Go, now: datetime
) -> None:
    hana = enroll("hana", state="screening")
    Delivery.objects.queue(Delivery.Kind.WELCOME, now, hana)
    answer_questions(hana.pk, ["fever"], now)

    go(now)

    assert Delivery.objects.get(kind=Delivery.Kind.WELCOME).state == "withheld"
    assert [str(mail["Subject"]) for mail in sink.mails] == ["Please read this before you go on"]


def test_of_two_answers_in_the_senders_hand_one_reaches_who_leaves(
    alice: Any, dana: User, sink: SmtpServer, go: Go, now: datetime
) -> None:
    go(now)
    for text in ("May I run?", "And swim?"):
        asked = record_message(alice.pk, 1, text, now)
        answer(asked.pk, dana, f"Yes: {text}", now)
    batch = claim(now, 10)
    leave(alice.pk, Event.Actor.RUNNER, now)
    eligibility = Eligibility(batch, {})
    eligibility.refresh(now)

    may_leave = [each for each in batch if eligibility.reason_against(each) is None]

    assert len(batch) == 2
    assert len(may_leave) == 1
