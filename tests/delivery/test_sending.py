"""One lesson, from a due enrollment to the runner's mailbox and the ledger."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from challenge.models import Delivery
from tests.support.smtp_server import SmtpServer
from tests.support.visitor import body

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_a_due_runner_gets_day_one(
    alice: Any, sink: SmtpServer, go: Callable[[datetime], None], now: datetime
) -> None:
    go(now)

    [mail] = sink.to("alice@example.com")
    lesson = Delivery.objects.get(kind="lesson")
    assert mail["Subject"].startswith("Day 1: ")
    assert mail["Message-ID"] == lesson.message_id
    assert mail["List-Unsubscribe"].startswith("<http")
    assert "\n" not in mail["List-Unsubscribe"]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-ID"] == "The 21-Day Runner Reset <reset-21.localhost>"
    assert "Hello \u2068Alice\u2069," in body(mail)
    assert "Hello <bdi>Alice</bdi>," in body(mail, "html")
    assert (lesson.state, lesson.day, lesson.sent_at) == ("sent", 1, now)
    assert [(a["phase"], a["outcome"], a["code"]) for a in lesson.attempts] == [("answer", "accepted", 250)]


def test_nothing_goes_twice(
    alice: Any, sink: SmtpServer, go: Callable[[datetime], None], now: datetime
) -> None:
    go(now)
    go(now + timedelta(minutes=1))

    assert len(sink.mails) == 1
