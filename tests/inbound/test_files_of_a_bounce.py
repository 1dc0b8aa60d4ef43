"""A bounce runs the files that docs/architecture.md lists for it, six at most."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from challenge.bounces.record import record_refusal
from challenge.inbound import imap
from challenge.models import Answer, Delivery, Outcome, Phase
from tests.support.files_run import above_foundations, files_listed, files_run
from tests.support.imap_server import ImapServer
from tests.support.provider_events import KEY, SECRET, USER_UNKNOWN, Door, failed, mailgun
from tests.support.returned_mails import dsn

pytestmark = pytest.mark.django_db


def assert_runs(question: str, call: Callable[[], object], lesson: Delivery) -> None:
    files, listed = files_run(call), files_listed(question)
    lesson.enrollment.refresh_from_db()
    assert lesson.enrollment.state == "paused"
    assert above_foundations(files) == set(listed)
    assert len(listed) <= 6


def test_a_refusal(lesson: Delivery, now: datetime) -> None:
    refusal = Answer(Outcome.REFUSED, Phase.RECIPIENT, 550, "5.1.1 no such user")
    assert_runs("The mail server refuses a recipient", lambda: record_refusal(lesson, refusal, now), lesson)


def test_a_report_by_mail(lesson: Delivery, now: datetime, settings: Any) -> None:
    server = ImapServer()
    settings.MAILBOX_URL = server.url()
    server.add(dsn(lesson))
    assert_runs("A bounce comes by mail", lambda: imap.poll(now), lesson)
    server.stop()


def test_a_webhook(lesson: Delivery, client: Any, now: datetime, settings: Any) -> None:
    settings.ANYMAIL = {"WEBHOOK_SECRET": [SECRET], "MAILGUN_WEBHOOK_SIGNING_KEY": KEY}
    event = mailgun(lesson, "failed", now, **failed(USER_UNKNOWN))
    assert_runs("A bounce comes by webhook", lambda: Door(client).post(event), lesson)
