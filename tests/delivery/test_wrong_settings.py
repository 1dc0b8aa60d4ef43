"""A mail server's settings that cannot work: no mail is failed for them, all wait until they are mended."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from django.core.checks import run_checks

from challenge.models import Delivery
from tests.support.smtp_sink import Handler, Sink, free_port

pytestmark = pytest.mark.django_db

Go = Callable[[datetime], None]
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def doorkeeper(sink: Sink, settings: Any) -> Iterator[Handler]:
    """A mail server that asks for a password and takes any, in the place of the sink."""
    handler, port = Handler(), free_port()
    server = Controller(
        handler,
        hostname="127.0.0.1",
        port=port,
        auth_require_tls=False,
        authenticator=lambda *asked: AuthResult(success=True),
    )
    server.start()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "coach", "secret"
    yield handler
    server.stop(no_assert=True)


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
    name: str, wrong: str, trio: list[Any], doorkeeper: Handler, go: Go, now: datetime, settings: Any
) -> None:
    right = getattr(settings, name)
    setattr(settings, name, wrong)
    for minutes in range(0, 60, 10):
        go(now + minutes * MINUTE)
    assert set(Delivery.objects.values_list("state", "uncertain")) <= {("queued", False), ("retry", False)}
    assert not doorkeeper.raw

    setattr(settings, name, right)
    go(now + HOUR)

    assert set(Delivery.objects.values_list("state", "uncertain")) == {("sent", False)}
    assert sorted(doorkeeper.recipients) == [f"{who}@example.com" for who in ("alice", "bob", "charlie")]
