"""EMAIL_USE_TLS: whatever the server makes of STARTTLS (RFC 3207), nothing leaves in plain text."""

import ssl
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from challenge.delivery.smtp.transport import Transport
from challenge.models.attempt import Outcome, Phase
from tests.support.cast import ALICE, COACH
from tests.support.key_files import self_signed
from tests.support.smtp_script import Act, always, drip, drop, endless, silence
from tests.support.smtp_server import SmtpServer

pytestmark = pytest.mark.pure

MESSAGE = b"Subject: x\r\n\r\nsecret words\r\n"
REFUSALS = {
    "not today": "454 TLS not available due to temporary reason",
    "never": "502 not here",
    "nonsense": "good morning",
    "no TLS behind it": b"220 go ahead\r\nHTTP/1.1 400 Bad Request\r\n\r\n",
    "a yes to what follows": b"220 go ahead\r\n250-faulty\r\n250 AUTH PLAIN\r\n235 ok\r\n"
    + b"250 ok\r\n" * 9,
    "hung up": drop(b"220 go ahead\r\n"),
    "cut off": drop(b"220 go", reset=False),
    "silence": silence,
    "silence behind it": "220 go ahead",
    "dripped": drip(b"220-go" * 99, 0.05),
    "lines without end": endless(b"220-go ahead\r\n" * 50),
}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_signed(tmp_path_factory.mktemp("tls"))


@pytest.fixture(autouse=True)
def asks_for_tls(server: SmtpServer, settings: Any) -> None:
    settings.EMAIL_USE_TLS = True
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "coach", "secret-password"
    server.capabilities = ("STARTTLS", "AUTH PLAIN", "PIPELINING")


def with_tls(server: SmtpServer, pem: Path) -> None:
    server.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.tls.load_cert_chain(pem)


def check_nothing_in_plain_text(server: SmtpServer) -> None:
    """Check that one attempt fails in time and shows neither addresses nor the password in plain text."""
    began = monotonic()
    with Transport() as transport:
        answer = transport.send(COACH, ALICE, MESSAGE)
    assert monotonic() - began < 2 + 2
    assert (answer.outcome, answer.phase) == (Outcome.UNAVAILABLE, Phase.CONNECT)
    verbs = {command.line.split(" ")[0].upper() for command in server.commands}
    assert verbs.isdisjoint({"MAIL", "RCPT", "DATA", "AUTH"})
    assert server.messages == []


@pytest.mark.parametrize("act", REFUSALS.values(), ids=REFUSALS)
def test_a_server_that_offers_and_then_refuses_is_told_nothing(act: Act, server: SmtpServer) -> None:
    server.script = always("starttls", act)

    check_nothing_in_plain_text(server)


def test_a_server_that_offers_no_tls_is_told_nothing(server: SmtpServer) -> None:
    server.capabilities = ("AUTH PLAIN", "PIPELINING")

    check_nothing_in_plain_text(server)


def test_a_certificate_that_nobody_trusts_is_told_nothing(server: SmtpServer, own: Path) -> None:
    with_tls(server, own)

    check_nothing_in_plain_text(server)


def test_a_certificate_of_another_host_is_told_nothing(
    server: SmtpServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    another = self_signed(tmp_path, "DNS:elsewhere.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(another))
    with_tls(server, another)

    check_nothing_in_plain_text(server)


@pytest.mark.parametrize("act", [None, b"220 go ahead\r\n250 AUTH PLAIN\r\n550 5.1.1 no such user\r\n"])
def test_what_was_said_before_tls_is_forgotten(
    act: Act | None, server: SmtpServer, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An attacker on the way adds replies in plain text (CVE-2011-0411 and others)."""
    monkeypatch.setenv("SSL_CERT_FILE", str(own))
    with_tls(server, own)
    server.script = lambda phase, recipient: act if phase == "starttls" else None

    with Transport() as transport:
        answer = transport.send(COACH, ALICE, MESSAGE)

    plain = [command.line.split(" ")[0].upper() for command in server.commands if command.plain]
    assert plain == ["EHLO", "STARTTLS"]
    if answer.outcome is Outcome.ACCEPTED:
        assert [message.content for message in server.accepted] == [MESSAGE]
    else:
        assert (act is None, answer.outcome) == (False, Outcome.UNAVAILABLE)
