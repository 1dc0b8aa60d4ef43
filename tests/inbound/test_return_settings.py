"""What is set wrong for returned mail is said before it hurts."""

from typing import Any

import pytest
from django.core.checks import run_checks

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
