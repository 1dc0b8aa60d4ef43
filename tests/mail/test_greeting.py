"""The first words of a lesson depend on the runner's check-ins and pauses."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext

from challenge.enrollment.transitions import PauseCause, pause, resume
from challenge.mail.greeting import CheckIns, Greetings, greeting
from challenge.models import CheckIn, Delivery, Enrollment, Event
from tests.support.smtp_server import SmtpServer

Go = Callable[[datetime], None]
DAY = timedelta(days=1)
BACK, QUIET = "Good to have you back", "We have not heard from you"


NOTHING = CheckIns(0, 0, 0)
# Who checks in how, after the lesson of each day; None for a day without a check-in.
WALKS: dict[str, Callable[[int], str | None]] = {
    "done on each day": lambda day: "done",
    "never": lambda day: None,
    "not today, each day": lambda day: "not_today",
    "every other day": lambda day: "done" if day % 2 else None,
    "done, then not today, in turn": lambda day: "done" if day % 2 else "not_today",
    "a week done, then a break": lambda day: "done" if day <= 7 or day > 12 else None,
    "a week done, then not today": lambda day: "partly" if day <= 7 else "not_today",
    "every fourth day": lambda day: None if day % 4 else "done",
    "two weeks done, then nothing": lambda day: "done" if day <= 14 else None,
    "begins on day 9": lambda day: "done" if day >= 9 else None,
}


@pytest.mark.pure
@pytest.mark.parametrize(
    ("day", "found", "is_back", "begins"),
    [
        pytest.param(1, NOTHING, False, "Here is your first lesson.", id="day 1"),
        pytest.param(2, NOTHING, False, "When you have stretched", id="not checked in yet"),
        pytest.param(3, NOTHING, False, "", id="that was said yesterday"),
        pytest.param(3, CheckIns(2, 2, 2), False, "", id="first week, checked in"),
        pytest.param(4, NOTHING, False, QUIET, id="three days without a word"),
        pytest.param(5, NOTHING, False, "", id="four days without a word"),
        pytest.param(8, NOTHING, False, QUIET, id="a week without a word"),
        pytest.param(8, CheckIns(7, 7, 7), False, "You have done 7 days so far.", id="seven days"),
        pytest.param(9, CheckIns(8, 7, 7), False, "", id="seven days, as yesterday"),
        pytest.param(9, CheckIns(8, 8, 8), False, "", id="eight days"),
        pytest.param(17, CheckIns(16, 16, 14), False, "You have done 14 days so far.", id="fourteen days"),
        pytest.param(12, CheckIns(8, 8, 7), False, QUIET, id="gone quiet"),
        pytest.param(12, CheckIns(8, 8, 7), True, BACK, id="back from a pause"),
    ],
)
def test_what_a_lesson_says_first(day: int, found: CheckIns, is_back: bool, begins: str) -> None:
    said = greeting(day, found, "resumed" if is_back else "")
    assert said.startswith(begins)
    assert bool(said) == bool(begins)


@pytest.mark.pure
@pytest.mark.parametrize("name", WALKS)
@pytest.mark.parametrize("back_on", [None, 5, 8, 9])
def test_no_two_lessons_in_a_row_begin_with_the_same_words(name: str, back_on: int | None) -> None:
    said: list[str] = []
    found = NOTHING
    for day in range(1, 22):
        said.append(greeting(day, found, "resumed" if day == back_on else ""))
        status = WALKS[name](day)
        found = CheckIns(
            last=day if status else found.last,
            last_done=day if status in ("done", "partly") else found.last_done,
            done=found.done + (status in ("done", "partly")),
        )
    assert [pair for pair in pairwise(said) if pair[0] and pair[0] == pair[1]] == []


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
def test_who_goes_quiet_is_told_so_once(alice: Enrollment, sink: SmtpServer, go: Go, now: datetime) -> None:
    told = []
    for days in range(6):
        go(now + days * DAY)
        told.append(QUIET in first_words(sink))
    assert told == [False, False, False, True, False, False]


@pytest.mark.django_db
def test_seven_days_done_are_told_once(alice: Enrollment, sink: SmtpServer, go: Go, now: datetime) -> None:
    told = []
    for days in range(10):
        when = now + days * DAY
        go(when)
        told.append("You have done 7 days so far." in first_words(sink))
        status = "not_today" if days == 7 else "done"
        CheckIn.objects.create(
            enrollment=alice, day=days + 1, status=status, created_at=when, updated_at=when
        )
    assert told == [False] * 7 + [True, False, False]


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
    assert all(words.startswith("Here is your first") for words in said)
