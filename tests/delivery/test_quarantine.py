"""A mail that cannot be composed is tried three times, then set aside; its neighbours leave on time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from challenge.delivery.claim import claim
from challenge.delivery.plan import plan
from challenge.delivery.rescue import rescue
from challenge.models import Day, Delivery, Revision
from tests.support.smtp_server import SmtpServer

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

Break = Callable[[Any], None]
Go = Callable[[datetime], None]
DAY = timedelta(days=1)


def unknown_slot(day: Day) -> None:
    """Publish a text with a slot that no runner fills."""
    assert day.published
    text = day.published.text + "\n\u27e6shoe_size\u27e7\n"
    Revision.objects.filter(pk=day.published.pk).update(text=text)


def unpublished(day: Day) -> None:
    Day.objects.filter(pk=day.pk).update(published=None)


BREAKS = [
    pytest.param(unknown_slot, "KeyError: 'shoe_size'", id="unknown slot"),
    pytest.param(unpublished, "LookupError: lesson 1 has no published revision", id="nothing published"),
]


def repair(program: Any, day: Day) -> None:
    Day.objects.filter(pk=day.pk).update(published=day.published)
    assert day.published
    Revision.objects.filter(pk=day.published.pk).update(text=day.published.text)


@pytest.fixture
def first_day(program: Any) -> Day:
    return Day.objects.select_related("published").get(program=program, number=1)


@pytest.fixture
def neighbours(enroll: Callable[..., Any], go: Go, now: datetime) -> list[str]:
    """Two runners who are a day ahead, at a lesson that can be composed."""
    for name in ("bob", "charlie"):
        enroll(name, now=now - DAY)
    go(now - DAY)
    return ["bob@example.com", "charlie@example.com"]


def try_again(go: Go, lesson: Delivery) -> Delivery:
    go(lesson.try_at)
    return Delivery.objects.get(pk=lesson.pk)


@pytest.mark.parametrize(("break_it", "error"), BREAKS)
def test_three_tries_and_then_set_aside(
    break_it: Break,
    error: str,
    first_day: Day,
    neighbours: list[str],
    alice: Any,
    sink: SmtpServer,
    go: Go,
    now: datetime,
) -> None:
    sink.messages.clear()
    break_it(first_day)

    go(now)

    assert sorted(sink.recipients) == neighbours
    lesson = Delivery.objects.get(enrollment=alice)
    assert (lesson.state, lesson.try_at) == ("retry", now + timedelta(seconds=10))
    lesson = try_again(go, try_again(go, lesson))
    assert (lesson.state, lesson.reason) == ("failed", "not_composed")
    assert lesson.reason_values == {"error": error}
    assert [(a["phase"], a["outcome"], a["answer"]) for a in lesson.attempts] == [
        ("compose", "deferred", error)
    ] * 3
    go(now + timedelta(hours=6))
    assert len(Delivery.objects.get(pk=lesson.pk).attempts) == 3
    assert sorted(sink.recipients) == neighbours


@pytest.mark.parametrize(("break_it", "error"), BREAKS)
def test_the_next_day_it_is_tried_again(
    break_it: Break, error: str, first_day: Day, alice: Any, sink: SmtpServer, go: Go, now: datetime
) -> None:
    break_it(first_day)
    for second in (0, 10, 30):
        go(now + timedelta(seconds=second))

    for second in (0, 10, 30):
        go(now + DAY + timedelta(seconds=second))

    lesson = Delivery.objects.get()
    assert (lesson.state, lesson.day, len(lesson.attempts)) == ("failed", 1, 6)
    assert sink.mails == []


def test_after_the_repair_the_course_goes_on_in_order(
    first_day: Day, program: Any, alice: Any, sink: SmtpServer, go: Go, now: datetime
) -> None:
    unknown_slot(first_day)
    for second in (0, 10, 30):
        go(now + timedelta(seconds=second))
    broken = Delivery.objects.get()

    repair(program, first_day)
    for days in (1, 2, 3):
        go(now + days * DAY)

    assert [mail["Subject"][:6] for mail in sink.mails] == ["Day 1:", "Day 2:", "Day 3:"]
    assert sink.mails[0]["Message-ID"] == broken.message_id
    broken.refresh_from_db()
    assert (broken.state, broken.reason, broken.sent_at) == ("sent", "", now + DAY)


def fall(now: datetime) -> datetime:
    """Claim all that is due and stop without recording anything; rescue finds it later."""
    assert claim(now, 10)
    later = now + timedelta(minutes=2)
    assert rescue(later)
    return later


def test_what_takes_its_sender_down_goes_after_its_neighbours(
    enroll: Callable[..., Any], sink: SmtpServer, go: Go, now: datetime
) -> None:
    for name in ("alice", "bob", "charlie"):
        enroll(name)
    plan(now)

    go(fall(now))

    doubtful = Delivery.objects.get(uncertain=True)
    assert len(sink.mails) == 3
    assert sink.mails[-1]["Message-ID"] == doubtful.message_id


def test_what_takes_three_senders_down_is_set_aside_until_the_next_day(
    alice: Any, sink: SmtpServer, go: Go, now: datetime
) -> None:
    plan(now)
    later = now
    for _ in range(3):
        later = fall(max(later, Delivery.objects.get().try_at))

    go(later + timedelta(hours=1))
    lesson = Delivery.objects.get()
    assert (lesson.state, lesson.reason) == ("failed", "sender_stopped")
    assert (lesson.uncertain, len(lesson.attempts), sink.mails) == (True, 3, [])

    go(now + DAY)
    assert [mail["Message-ID"] for mail in sink.mails] == [lesson.message_id]
    assert Delivery.objects.get().state == "sent"
