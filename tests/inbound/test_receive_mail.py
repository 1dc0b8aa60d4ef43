"""`manage.py receive_mail`, called by a mail server's pipe: a mail in, an exit code out, no traceback."""

import os
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO, TextIOWrapper
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection

from challenge.mail.links import return_path
from challenge.models import Delivery, DeliveryEvent, Suppression
from tests.support import ROOT, returned_mails
from tests.support.returned_mails import dsn

EX_TEMPFAIL = 75  # sysexits.h; pipe(8) keeps the mail and offers it again

Pipe = Callable[..., int]


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Pipe:
    """Pass a mail to the command on its standard input. Return its exit code."""

    def hand_in(raw: bytes, *recipients: str) -> int:
        monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(raw)))
        try:
            call_command("receive_mail", *(f"--recipient={address}" for address in recipients))
        except SystemExit as ended:
            return int(ended.code or 0)
        assert sys.stdin.buffer.read() == b"", "a pipe that is closed early counts as a failure"
        return 0

    return hand_in


@pytest.mark.django_db
def test_a_report_is_recorded(lesson: Delivery, pipe: Pipe) -> None:
    assert pipe(dsn(lesson, to="bounces@example.org"), return_path(lesson.pk)) == 0
    assert Suppression.objects.get().reason == "bounced"


@pytest.mark.django_db
def test_without_the_envelope_its_headers_tell_whom_it_was_sent_to(lesson: Delivery, pipe: Pipe) -> None:
    assert pipe(dsn(lesson)) == 0
    assert Suppression.objects.get().reason == "bounced"


@pytest.mark.django_db
def test_what_is_no_report_is_done_with_and_does_nothing(lesson: Delivery, pipe: Pipe) -> None:
    for raw in (returned_mails.reply(lesson), b"", b"\0" * 1000, dsn(lesson, to="bounces@example.org")):
        assert pipe(raw, "bounces@example.org") == 0
    assert not DeliveryEvent.objects.exists()


@pytest.mark.django_db
def test_a_large_mail_is_read_to_its_end(lesson: Delivery, pipe: Pipe) -> None:
    assert pipe(dsn(lesson, returned="\n" + "Breathe out.\n" * 200_000)) == 0
    assert Suppression.objects.exists()


@pytest.mark.django_db
def test_when_the_database_fails_in_the_middle_it_is_offered_again(lesson: Delivery, pipe: Pipe) -> None:
    def away(execute: Callable[..., Any], sql: str, *others: Any) -> Any:
        if "challenge_suppression" in sql:
            raise OperationalError("the server closed the connection unexpectedly")
        return execute(sql, *others)

    with connection.execute_wrapper(away):
        assert pipe(dsn(lesson)) == EX_TEMPFAIL
    assert not DeliveryEvent.objects.exists()

    assert pipe(dsn(lesson)) == 0
    assert Suppression.objects.get().reason == "bounced"


@pytest.mark.pure
@pytest.mark.processes
def test_without_a_database_the_mail_server_keeps_the_mail(settings: Any) -> None:
    settings.BOUNCE_ADDRESS = "bounces@example.org"
    raw = dsn(Delivery())
    environment = {
        **os.environ,
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
        "BOUNCE_ADDRESS": "bounces@example.org",
    }
    command = [sys.executable, "manage.py", "receive_mail"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, input=raw, capture_output=True, timeout=120, check=False
    )
    assert done.returncode == EX_TEMPFAIL
    assert b"a mail was not received: OperationalError" in done.stderr
    assert b"Traceback" not in done.stderr
    assert b"alice" not in done.stderr
