"""A note stands once in the next lesson's mail; a memo is the coaches' own."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from challenge.conversation.notes import NoLessonLeft, TooLongTogether, memo, note
from challenge.delivery.plan import plan
from challenge.enrollment.transitions import PauseCause, pause, resume, send_again
from challenge.models import Delivery, Enrollment, Event, Memo, Note
from tests.support.own_page import Owner
from tests.support.smtp_server import SmtpServer
from tests.support.visitor import body

pytestmark = pytest.mark.django_db

Go = Callable[[datetime], None]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOT_COMPOSED = {
    "at": "2026-03-03T08:00:00+00:00",
    "phase": "compose",
    "outcome": "deferred",
    "code": None,
    "answer": "",
}
WORDS = "Start with the <left> side.\nNo hurry."


@pytest.fixture
def sam(db: None) -> User:
    return User.objects.create_user("sam@example.com", first_name="Sam", is_staff=True)


def notes_of(sink: SmtpServer) -> list[bool]:
    return ["Start with the <left> side.\nNo hurry." in body(mail) for mail in sink.lessons]


def test_it_stands_once_in_the_next_lesson_and_in_its_copies(
    alice: Any, sam: User, sink: SmtpServer, go: Go, now: datetime
) -> None:
    go(now)
    assert note(alice.pk, sam, WORDS, now + HOUR).day == 2
    for days in (1, 2):
        go(now + days * DAY)
    Delivery.objects.filter(day=3).delete()
    copy = send_again(alice.pk, now + 2 * DAY + HOUR)
    assert copy is not None
    assert copy.day == 2
    go(now + 2 * DAY + HOUR)

    lessons = [mail for mail, found in zip(sink.lessons, notes_of(sink), strict=True) if found]
    assert len(lessons) == 2
    assert len({str(mail["Subject"]) for mail in lessons}) == 1
    assert "Start with the &lt;left&gt; side." in body(lessons[0], "html")


@pytest.mark.parametrize(
    ("state", "day"),
    [("queued", 1), ("retry", 1), ("withheld", 1), ("failed", 1), ("sending", 2), ("sent", 2)],
)
def test_a_lesson_that_leaves_or_has_left_is_gone(
    alice: Any, sam: User, now: datetime, state: str, day: int
) -> None:
    plan(now)
    lesson = Delivery.objects.get(kind="lesson")
    held = {"lease": lesson.pk, "leased_until": now + HOUR} if state == "sending" else {}
    attempts = [NOT_COMPOSED] if state in ("failed", "retry") else []
    Delivery.objects.filter(pk=lesson.pk).update(state=state, attempts=attempts, **held)
    assert note(alice.pk, sam, WORDS, now).day == day


def test_a_second_note_follows_the_first_or_replaces_it(alice: Any, sam: User, now: datetime) -> None:
    note(alice.pk, sam, "First.", now)
    note(alice.pk, sam, "Second.", now)
    assert note(alice.pk, sam, "Second.", now).text == "First.\n\nSecond."
    with pytest.raises(TooLongTogether):
        note(alice.pk, sam, "x" * 990, now)
    assert Note.objects.get().text == "First.\n\nSecond."
    assert note(alice.pk, sam, "x" * 1000, now, replaces=True).text == "x" * 1000


def test_in_a_pause_it_waits_for_the_lesson_after_it(
    alice: Any, sam: User, sink: SmtpServer, go: Go, now: datetime
) -> None:
    go(now)
    pause(alice.pk, PauseCause.RUNNER, now + HOUR)
    note(alice.pk, sam, WORDS, now + DAY)
    go(now + 5 * DAY)
    resume(alice.pk, Event.Actor.RUNNER, now + 5 * DAY)
    for days in (6, 7):
        go(now + days * DAY)
    assert notes_of(sink).count(True) == 1
    assert notes_of(sink)[1]


def test_after_the_last_lesson_there_is_no_place_for_one(alice: Any, sam: User, now: datetime) -> None:
    Delivery.objects.queue(Delivery.Kind.LESSON, now, alice, 21, state="sent", sent_at=now)
    with pytest.raises(NoLessonLeft):
        note(alice.pk, sam, WORDS, now)
    Delivery.objects.all().delete()
    Enrollment.objects.filter(pk=alice.pk).update(state="completed", next_due_at=None)
    with pytest.raises(NoLessonLeft):
        note(alice.pk, sam, WORDS, now)


def test_the_own_page_shows_it_once_it_has_left(owner: Owner, sam: User, now: datetime) -> None:
    note(owner.alice.pk, sam, WORDS, now + HOUR)
    assert "Start with the" not in owner.reads(now + HOUR)
    owner.go(now + DAY)
    assert "Start with the &lt;left&gt; side." in owner.reads(now + DAY)


def test_a_memo_is_kept_once(alice: Any, sam: User, now: datetime) -> None:
    memo(alice.pk, sam, "Ask after the shoes.", now)
    memo(alice.pk, sam, "Ask after the shoes.", now)
    memo(alice.pk, sam, "Ask after the shoes.", now + HOUR)
    assert Memo.objects.count() == 2
