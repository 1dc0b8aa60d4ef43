"""A deferred mail is tried again, after longer and longer waits, while its window is open."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from challenge.delivery.recording import MOST_ATTEMPTS, attempted
from challenge.models import Delivery
from challenge.models.attempt import Answer, Outcome, Phase
from tests.support.cast import ALICE, lesson_of, story
from tests.support.smtp_script import Once, accept, always
from tests.support.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db

Go = Callable[[datetime], None]
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.mark.parametrize(
    ("phase", "code"), [("recipient", 450), ("recipient", 421), ("data", 451), ("answer", 452)]
)
def test_a_deferred_message_is_tried_again(
    phase: str, code: int, trio: list[Any], sink: SmtpServer, go: Go, now: datetime
) -> None:
    sink.script = Once(phase, f"{code} later")
    go(now)
    for delivery in Delivery.objects.all():
        assert (delivery.state, story(delivery)) == ("retry", [(phase, "deferred", code)])
        assert now + 0.75 * MINUTE <= delivery.try_at <= now + 1.25 * MINUTE
    sink.messages.clear()

    go(now + 2 * MINUTE)

    assert sorted(mail["Message-ID"] for mail in sink.mails) == sorted(
        delivery.message_id for delivery in Delivery.objects.all()
    )
    for delivery in Delivery.objects.all():
        assert (delivery.state, delivery.uncertain) == ("sent", False)
        assert story(delivery) == [(phase, "deferred", code), ("answer", "accepted", 250)]


def test_a_deferral_of_the_sender_is_one_of_the_message(
    alice: Any, sink: SmtpServer, go: Go, now: datetime
) -> None:
    sink.script = Once("sender", "451 later")

    go(now)
    assert story(lesson_of("alice")) == [("sender", "deferred", 451)]
    go(now + 2 * MINUTE)
    assert lesson_of("alice").state == "sent"


def test_each_deferral_waits_longer_until_the_window_closes(
    trio: list[Any], sink: SmtpServer, go: Go, now: datetime
) -> None:
    sink.script = always("recipient", "451 greylisted", ALICE)
    go(now)
    closes_at = lesson_of("alice").closes_at
    assert closes_at
    moment, waits = now, []
    while (lesson := lesson_of("alice")).try_at < closes_at:
        waits.append(lesson.try_at - moment)
        moment = lesson.try_at
        go(moment)
    go(closes_at)
    go(lesson.try_at)

    for number, wait in enumerate(waits):
        doubled = min(MINUTE * 2**number, 30 * MINUTE)
        assert 0.75 * doubled <= wait <= 1.25 * doubled
    assert len(waits) > 10
    missed = lesson_of("alice")
    assert (missed.state, len(missed.attempts)) == ("retry", len(waits) + 1)
    assert all(datetime.fromisoformat(attempt["at"]) < closes_at for attempt in missed.attempts)
    assert sorted(sink.recipients) == ["bob@example.com", "charlie@example.com"]

    sink.script = accept
    go(now + DAY)
    assert [mail["Message-ID"] for mail in sink.to(ALICE)] == [missed.message_id]
    assert (lesson_of("alice").day, lesson_of("alice").due_at) == (1, missed.due_at + DAY)
    go(now + 2 * DAY)
    assert [mail["Subject"][:6] for mail in sink.to(ALICE)] == ["Day 1:", "Day 2:"]


def test_a_mailbox_that_is_full_for_weeks_keeps_no_endless_story(now: datetime) -> None:
    """An uncertain attempt is kept, as it decides how the mail goes on."""
    lesson = Delivery()
    for hour in range(1000):
        verdict = Outcome.UNCERTAIN if hour == 10 else Outcome.DEFERRED
        answer = Answer(verdict, Phase.RECIPIENT, 452, "full")
        lesson.attempts = attempted(lesson, now + timedelta(hours=hour), answer)

    kept = [datetime.fromisoformat(one["at"]) for one in lesson.attempts]
    assert len(kept) == MOST_ATTEMPTS
    assert kept[0] == now + timedelta(hours=10)
    assert kept[1:] == [now + timedelta(hours=hour) for hour in range(1001 - MOST_ATTEMPTS, 1000)]
