"""A mail arrives with a signature that verifies, or it does not leave."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from challenge.curriculum.slots import Compiled
from challenge.delivery.smtp.transport import Transport
from challenge.mail.compose import message, sign, written
from challenge.models import Delivery
from challenge.models.attempt import Outcome
from tests.support.key_files import new_key
from tests.support.name_server import NameServer
from tests.support.second_dkim import by_mail_dkim
from tests.support.smtp_server import SmtpServer

Go = Callable[[datetime], None]


@pytest.mark.usefixtures("trio")
@pytest.mark.parametrize("ed25519", [False, True])
def test_what_arrives_verifies(
    go: Go, sink: SmtpServer, now: datetime, settings: Any, tmp_path: Path, ed25519: bool
) -> None:
    key = new_key(tmp_path / "dkim.pem", ed25519=ed25519)
    settings.DKIM_KEY_FILE, settings.MAIL_DOMAIN = str(tmp_path / "dkim.pem"), "example.org"
    server = NameServer({f"{settings.DKIM_SELECTOR}._domainkey.example.org": {"TXT": [key.record]}})

    go(now)
    judged = by_mail_dkim(sink.raw, server.port, tmp_path)
    server.stop()

    assert judged == ["pass"] * 3


def test_dots_at_line_starts_come_through(sink: SmtpServer, settings: Any, tmp_path: Path) -> None:
    key = new_key(tmp_path / "dkim.pem", ed25519=True)
    settings.DKIM_KEY_FILE, settings.MAIL_DOMAIN = str(tmp_path / "dkim.pem"), "example.org"
    server = NameServer({f"{settings.DKIM_SELECTOR}._domainkey.example.org": {"TXT": [key.record]}})
    compiled = Compiled("Dots", ".\n..two\nand so on\n", "<p>\n.\n..two</p>\n")
    signed = sign(message(compiled, {}, written({"From": "coach@example.org"})))

    with Transport() as transport:
        answer = transport.send("coach@example.org", "alice@example.com", signed)
    judged = by_mail_dkim(sink.raw, server.port, tmp_path)
    server.stop()

    assert answer.outcome is Outcome.ACCEPTED
    assert judged == ["pass"]


@pytest.mark.usefixtures("alice")
def test_nothing_leaves_when_it_cannot_be_signed(
    go: Go, sink: SmtpServer, now: datetime, settings: Any, tmp_path: Path
) -> None:
    settings.DKIM_KEY_FILE = str(tmp_path / "gone.pem")

    go(now)

    assert not sink.mails
    assert Delivery.objects.get().state == Delivery.State.QUEUED
