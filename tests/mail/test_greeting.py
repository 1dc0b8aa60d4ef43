"""The first words of a lesson depend on the runner's check-ins and pauses."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext

from challenge.enrollment.transitions import PauseCause, pause, resume
from challenge.mail.context import Greetings, greeting
from challenge.models import CheckIn, Delivery, Enrollment, Event
from tests.support.smtp_server import SmtpServer

Go = Callable[[datetime], None]
DAY = timedelta(days=1)
BACK, QUIET = "Good to have you back", "We have not heard from you"


@pytest.mark.pure
@pytest.mark.parametrize(
    ("day", "last", "done", "is_back", "begins"),
    [
        pytest.param(1, 0, 0, False, "This is the first", id="day 1"),
        pytest.param(2, 0, 0, False, "When you have stretched", id="not checked in yet"),
        pytest.param(3, 2, 2, False, "", id="first week, checked in"),
        pytest.param(4, 0, 0, False, QUIET, id="three days without a word"),
        pytest.param(9, 8, 1, False, "You have done 1 day so far.", id="mid, one day"),
        pytest.param(9, 8, 7, False, "You have done 7 days so far.", id="mid, seven days"),
        pytest.param(9, 8, 0, False, "", id="mid, none done"),
        pytest.param(12, 8, 7, False, QUIET, id="mid, gone quiet"),
        pytest.param(12, 8, 7, True, BACK, id="back from a pause"),
    ],
)
def test_what_a_lesson_says_first(day: int, last: int, done: int, is_back: bool, begins: str) -> None:
    said = greeting(day, last, done, is_back)
    assert said.startswith(begins)
    assert bool(said) == bool(begins)


def first_words(sink: SmtpServer) -> str:
    return str(sink.mails[-1].get_body(("plain",)).get_content())


@pytest.mark.django_db
def test_after_a_pause_the_next_lesson_welcomes_the_runner_back_once(
    alice: Enrollment, sink: SmtpServer, go: Go, now: datetime
) -> None:
    go(now)
    assert pause(alice.pk, PauseCause.RUNNER, now + timedelta(hours=1))
    assert resume(alice.pk, Event.Actor.RUNNER, now + 3 * DAY)
    go(now + 3 * DAY)
    assert BACK in first_words(sink)
    go(now + 4 * DAY)
    assert BACK not in first_words(sink)


@pytest.mark.django_db
def test_who_goes_quiet_is_told_so_until_the_next_check_in(
    alice: Enrollment, sink: SmtpServer, go: Go, now: datetime
) -> None:
    for days in range(4):
        assert QUIET not in first_words(sink) if sink.mails else True
        go(now + days * DAY)
    assert QUIET in first_words(sink)
    when = now + 3 * DAY
    CheckIn.objects.create(enrollment=alice, day=4, status="done", created_at=when, updated_at=when)
    go(now + 4 * DAY)
    assert QUIET not in first_words(sink)


@pytest.mark.django_db
def test_a_batch_takes_two_statements_however_large(
    enroll: Any, now: datetime, go: Go, django_assert_num_queries: Any
) -> None:
    for name in ("alice", "bob", "charlie"):
        enroll(name)
    go(now)
    lessons = list(Delivery.objects.select_related("enrollment"))
    with django_assert_num_queries(2) as captured:
        greetings = Greetings(lessons)
        said = [greetings.of(lesson) for lesson in lessons]
    assert isinstance(captured, CaptureQueriesContext)
    assert len(said) == 3
    assert all(words.startswith("This is the first") for words in said)
