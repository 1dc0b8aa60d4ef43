"""The settings for incoming mail: MAILBOX_URL is parsed, and a wrong setting fails a system check."""

from typing import Any

import pytest
from django.core.checks import run_checks

from challenge.inbound.imap import MailboxUrlError, parse_url

pytestmark = pytest.mark.pure
KEYS = {"MAILGUN_WEBHOOK_SIGNING_KEY": "x"}


def found() -> set[str]:
    return {str(message.id) for message in run_checks()}


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("BOUNCE_ADDRESS", "bounces", "challenge.E020"),
        ("BOUNCE_ADDRESS", "bounces@müller.example", "challenge.E020"),
        ("BOUNCE_ADDRESS", "a-name-of-22-characters@example.org", "challenge.E020"),
        ("ANYMAIL", {"WEBHOOK_SECRET": ["without-a-colon-but-long"]}, "challenge.E021"),
        ("ANYMAIL", {"WEBHOOK_SECRET": ["name:short"]}, "challenge.E021"),
        ("ANYMAIL", {"WEBHOOK_SECRET": [], **KEYS}, "challenge.W020"),
        ("MAILBOX_URL", "mail.example.org", "challenge.E022"),
        ("MAILBOX_URL", "imap://a:b@mail.example.org", "challenge.W021"),
    ],
)
def test_what_is_set_wrong_is_said(settings: Any, name: str, value: object, expected: str) -> None:
    assert expected not in found()
    setattr(settings, name, value)
    assert expected in found()


def test_what_is_right_is_not(settings: Any) -> None:
    settings.BOUNCE_ADDRESS = "Bounces@example.org"
    settings.ANYMAIL = {"WEBHOOK_SECRET": ["provider:a-secret-made-at-random"], **KEYS}
    settings.MAILBOX_URL = "imaps://reset:secret@mail.example.org/INBOX"
    assert not {each for each in found() if each.startswith("challenge.")}


def test_the_url_says_where_the_mailbox_is() -> None:
    found = parse_url("imaps://reset%40example.org:p%2Fw%3A@mail.example.org/Re%20turns?move=Old/Done")
    assert (found.is_safe, found.host, found.port) == (True, "mail.example.org", 993)
    assert (found.user, found.password) == ("reset@example.org", "p/w:")
    assert (found.folder, found.move_to) == ("Re turns", "Old/Done")
    assert parse_url("imap://a:b@localhost:10143").folder == "INBOX"


@pytest.mark.parametrize(
    "wrong",
    ["", "mail.example.org", "imaps://", "imaps://mail.example.org", "imaps://a@b", "imaps://a:b@c:x"],
)
def test_a_wrong_url_is_an_error(wrong: str) -> None:
    with pytest.raises(MailboxUrlError):
        parse_url(wrong)
