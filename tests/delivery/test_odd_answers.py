"""Answers of a mail server that a database cannot keep."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from challenge.delivery.rescue import rescue
from tests.support.cast import lesson_of, story
from tests.support.smtp_script import always
from tests.support.smtp_server import SmtpServer


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("phase", "answer", "state", "attempt", "mails"),
    [
        ("answer", "250 kept \0 thanks", "sent", ("answer", "accepted", 250), 1),
        ("recipient", "554 no \0 thanks", "failed", ("recipient", "refused", 554), 0),
    ],
    ids=["taken", "refused"],
)
def test_an_answer_with_a_nul_in_it_is_recorded_and_the_message_goes_once(
    phase: str,
    answer: str,
    state: str,
    attempt: tuple[str, str, int],
    mails: int,
    alice: Any,
    sink: SmtpServer,
    go: Callable[[datetime], None],
    now: datetime,
) -> None:
    sink.script = always(phase, answer)
    later = now + timedelta(minutes=5)

    go(now)
    assert rescue(later) == 0
    go(later)

    lesson = lesson_of("alice")
    assert (lesson.state, story(lesson), len(sink.mails)) == (state, [attempt], mails)
    assert "thanks" in lesson.attempts[0]["answer"]
