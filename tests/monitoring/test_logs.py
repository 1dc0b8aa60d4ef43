"""A log line, for people or for machines, holds no usable link and no address."""

import json
import logging
import sys
import time
from collections.abc import Callable
from datetime import datetime
from logging import Formatter
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from accounts.models import User
from challenge.mail.links import Purpose
from challenge.models import Delivery, Enrollment
from challenge.monitoring.logs import Json, Line, hide
from tests.support.smtp_server import SmtpServer

FORMATTERS: list[Callable[[], Formatter]] = [Line, Json]


def record(message: str, *args: Any, **options: Any) -> logging.LogRecord:
    return logging.LogRecord(
        "challenge.x", logging.WARNING, "", 0, message, args, **{"exc_info": None, **options}
    )


@pytest.mark.pure
@pytest.mark.parametrize("path", [*Purpose, "of-a-new-purpose"])
@pytest.mark.parametrize("formatter", FORMATTERS)
def test_a_capability_is_taken_out(path: str, formatter: Callable[[], Formatter]) -> None:
    line = formatter().format(record("Gone: %s", f"/{path}/1.2.3~abc/worse/"))
    assert f"Gone: /{path}/..." in line
    assert "worse" not in line


@pytest.mark.pure
@pytest.mark.parametrize(
    "said",
    [
        "550 5.1.1 <jane.doe+run@mail.example.com>: user unknown",
        "RCPT TO:jane@xn--bcher-kva.example",
        "mailbox 'jane@example.com' is full",
        "https://example.org/?to=jane%40example.com",
        "bounces+jane=example.com@reset.example.org",
        "bob@example.com=jane@example.com",
        "bob@example.com%40jane%40example.com",
        "jänë@bücher.example",
    ],
)
@pytest.mark.parametrize("formatter", FORMATTERS)
def test_an_address_is_taken_out(said: str, formatter: Callable[[], Formatter]) -> None:
    line = formatter().format(record("the server said: %s", said))
    assert "jane" not in line.lower()
    assert "jänë" not in line
    assert "the server said: " in line


@pytest.mark.pure
@pytest.mark.parametrize(
    "shape", ["x", "x%40", "x%40y.", "a@", "a@b.", "a@b.c%40", "a@b.c@", "/a", "/a/b~", "/day/", "DETAIL:\n"]
)
def test_a_line_eight_times_as_long_takes_about_eight_times_as_long(shape: str) -> None:
    """Anybody may ask for an address that is not there, and it is written into the log."""
    short, long = (min(seconds(shape * size) for _ in range(3)) for size in (4_000, 32_000))
    assert long < 24 * short, "the square would be 64 times"


def seconds(line: str) -> float:
    began = time.process_time()
    hide(line)
    return time.process_time() - began


@pytest.mark.pure
def test_what_names_nobody_stays() -> None:
    line = "delivery 5e361f47-63b0-4782-b460-626f01347b59: deferred in recipient, 450; celery@worker ready."
    assert hide(line) == line


@pytest.mark.pure
@pytest.mark.parametrize("name", ["gunicorn.error", "django.server"])
def test_what_names_paths_and_has_handlers_of_its_own_is_written_like_the_rest(name: str) -> None:
    logger = logging.getLogger(name)
    assert not logger.propagate
    ours = [each for each in logger.handlers if type(each).__module__ == "logging"]  # others are pytest's
    assert [type(handler.formatter) for handler in ours] == [Line]


@pytest.mark.pure
def test_for_machines_it_is_one_object_a_line() -> None:
    told = record("delivery %s: %s", "5e36", "sent\ntwice")
    told.created, told.delivery, told.outcome, told.code = 0.5, "5e36", "accepted", 250
    told.runner = "jane"  # nothing that is not on the list gets in
    line = Json().format(told)
    assert "\n" not in line
    assert json.loads(line) == {
        "time": "1970-01-01T00:00:00.500+00:00",
        "level": "WARNING",
        "logger": "challenge.x",
        "message": "delivery 5e36: sent\ntwice",
        "delivery": "5e36",
        "outcome": "accepted",
        "code": 250,
    }


@pytest.mark.django_db
@pytest.mark.parametrize("formatter", FORMATTERS)
def test_a_database_s_own_words_are_taken_out(alice: Enrollment, formatter: Callable[[], Formatter]) -> None:
    words = [f"It hurts\n\nsaid {alice.runner.first_name}", alice.runner.email]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_user SET first_name = %s, email = %s", words)
            cursor.execute("UPDATE accounts_user SET email = NULL")
    except Exception:
        line = formatter().format(record("no such thing", exc_info=sys.exc_info()))
    assert "IntegrityError" in line
    assert "alice" not in line.lower()


@pytest.mark.django_db(transaction=True)
def test_nobody_is_named_while_mail_is_planned_sent_refused_and_watched(
    trio: list[Enrollment],
    sink: SmtpServer,
    go: Callable[[datetime], None],
    now: datetime,
    caplog: pytest.LogCaptureFixture,
    client: Client,
) -> None:
    from challenge.monitoring.checks import check

    answers = iter(["550 5.1.1 <alice@example.com> no such user", "451 bob@example.com is busy", "nonsense"])
    sink.script = lambda phase, recipient: next(answers, None) if phase == "recipient" else None
    caplog.set_level(logging.DEBUG, "challenge")
    User.objects.filter(first_name="Charlie").update(first_name="Charlotte")
    go(now)
    check(now)
    client.get("/check-in/alice@example.com/")

    assert Delivery.objects.exclude(state="sent").count() >= 2
    assert len(caplog.records) > 3
    for formatter in FORMATTERS:
        text = "\n".join(formatter().format(each) for each in caplog.records).lower()
        assert not [word for word in ("alice", "bob", "charl", "example.com") if word in text]
