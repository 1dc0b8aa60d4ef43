"""A mail server's settings that cannot work fail no mail: all wait until they are corrected."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.checks import run_checks

from challenge.models import Delivery
from tests.support.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db

Go = Callable[[datetime], None]
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def login(sink: SmtpServer, settings: Any) -> SmtpServer:
    sink.capabilities = ("AUTH PLAIN LOGIN", "8BITMIME")
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "coach", "secret"
    return sink


def test_a_sender_whose_domain_is_not_written_in_ascii_is_named(settings: Any) -> None:
    settings.MAIL_FROM_ADDRESS = "coach@müller.example"

    [found] = [found for found in run_checks() if found.id == "challenge.E001"]
    assert "ASCII (xn--...)" in found.msg

    settings.MAIL_FROM_ADDRESS = "Coach@xn--mller-kva.example"
    assert "challenge.E001" not in {found.id for found in run_checks()}


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("EMAIL_HOST", "smtp..example.com"),
        ("EMAIL_HOST", "s" * 64 + ".example.com"),
        ("EMAIL_HOST_PASSWORD", "pässword"),
        ("EMAIL_HOST_USER", "cöach"),
        ("MAIL_FROM_ADDRESS", "coach@müller.example"),
    ],
    ids=["an empty label", "a label too long", "a password", "a name", "a sender"],
)
def test_mail_waits_while_a_setting_is_wrong(
    name: str,
    wrong: str,
    trio: list[Any],
    login: SmtpServer,
    go: Go,
    now: datetime,
    settings: Any,
) -> None:
    right = getattr(settings, name)
    setattr(settings, name, wrong)
    for minutes in range(0, 60, 10):
        go(now + minutes * MINUTE)
    assert set(Delivery.objects.values_list("state", "uncertain")) <= {("queued", False), ("retry", False)}
    assert not login.raw

    setattr(settings, name, right)
    go(now + HOUR)

    assert set(Delivery.objects.values_list("state", "uncertain")) == {("sent", False)}
    assert sorted(login.recipients) == [f"{who}@example.com" for who in ("alice", "bob", "charlie")]
