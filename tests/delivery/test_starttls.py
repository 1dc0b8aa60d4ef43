"""EMAIL_USE_TLS: what the server makes of STARTTLS (RFC 3207), nothing is said in plain text."""

import shutil
import ssl
import subprocess
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from challenge.delivery.smtp.transport import Transport
from challenge.models.attempt import Outcome, Phase
from tests.support.faulty_fixture import ALICE, COACH
from tests.support.faulty_session import Act
from tests.support.faulty_smtp import FaultyServer
from tests.support.smtp_acts import always, drip, drop, endless, say, silence

pytestmark = pytest.mark.pure

MESSAGE = b"Subject: x\r\n\r\nsecret words\r\n"
REFUSALS = {
    "not today": say("454 TLS not available due to temporary reason"),
    "never": say("502 not here"),
    "nonsense": say("good morning"),
    "no TLS behind it": say(b"220 go ahead\r\nHTTP/1.1 400 Bad Request\r\n\r\n"),
    "a yes to what follows": say(
        b"220 go ahead\r\n250-faulty\r\n250 AUTH PLAIN\r\n235 ok\r\n" + b"250 ok\r\n" * 9
    ),
    "hung up": drop(b"220 go ahead\r\n"),
    "cut off": drop(b"220 go", reset=False),
    "silence": silence,
    "silence behind it": say("220 go ahead"),
    "dripped": drip(b"220-go" * 99, 0.05),
    "lines without end": endless(b"220-go ahead\r\n" * 50),
}


def certificate(folder: Path, name: str) -> Path:
    """A certificate that signs itself, with its key, for a name (as X.509 writes it); one PEM file."""
    openssl = shutil.which("openssl")
    if not openssl:
        pytest.skip("openssl is not installed")
    path = folder / "key-and-certificate.pem"
    parts = ["-keyout", str(path), "-out", f"{path}.crt", "-subj", "/CN=mail"]
    names = ["-addext", f"subjectAltName={name}"]
    new = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    subprocess.run([*new, *parts, *names], check=True, capture_output=True)
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    return path


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("tls"), "IP:127.0.0.1")


@pytest.fixture(autouse=True)
def asks_for_tls(server: FaultyServer, settings: Any) -> None:
    settings.EMAIL_USE_TLS = True
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "coach", "secret-password"
    server.capabilities = ("STARTTLS", "AUTH PLAIN", "PIPELINING")


def with_tls(server: FaultyServer, pem: Path) -> None:
    server.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.tls.load_cert_chain(pem)


def check_nothing_was_told(server: FaultyServer) -> None:
    """One hand-over fails in time, and nobody on the way learns who writes to whom, or the password."""
    began = monotonic()
    with Transport() as transport:
        answer = transport.send(COACH, ALICE, MESSAGE)
    assert monotonic() - began < 2 + 2
    assert (answer.outcome, answer.phase) == (Outcome.UNAVAILABLE, Phase.CONNECT)
    verbs = {heard.line.split(" ")[0].upper() for heard in server.heard}
    assert verbs.isdisjoint({"MAIL", "RCPT", "DATA", "AUTH"})
    assert server.messages == []


@pytest.mark.parametrize("act", REFUSALS.values(), ids=REFUSALS)
def test_a_server_that_offers_and_then_refuses_is_told_nothing(act: Act, server: FaultyServer) -> None:
    server.script = always("starttls", act)

    check_nothing_was_told(server)


def test_a_server_that_offers_no_tls_is_told_nothing(server: FaultyServer) -> None:
    server.capabilities = ("AUTH PLAIN", "PIPELINING")

    check_nothing_was_told(server)


def test_a_certificate_that_nobody_trusts_is_told_nothing(server: FaultyServer, own: Path) -> None:
    with_tls(server, own)

    check_nothing_was_told(server)


def test_a_certificate_of_another_host_is_told_nothing(
    server: FaultyServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    another = certificate(tmp_path, "DNS:elsewhere.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(another))
    with_tls(server, another)

    check_nothing_was_told(server)


@pytest.mark.parametrize("act", [None, say(b"220 go ahead\r\n250 AUTH PLAIN\r\n550 5.1.1 no such user\r\n")])
def test_what_was_said_before_tls_is_forgotten(
    act: Act | None, server: FaultyServer, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody on the way adds replies in plain text (CVE-2011-0411 and its kin)."""
    monkeypatch.setenv("SSL_CERT_FILE", str(own))
    with_tls(server, own)
    server.script = lambda phase, recipient: act if phase == "starttls" else None

    with Transport() as transport:
        answer = transport.send(COACH, ALICE, MESSAGE)

    plain = [heard.line.split(" ")[0].upper() for heard in server.heard if heard.plain]
    assert plain == ["EHLO", "STARTTLS"]
    if answer.outcome is Outcome.ACCEPTED:
        assert [message.content for message in server.accepted] == [MESSAGE]
    else:
        assert (act is None, answer.outcome) == (False, Outcome.UNAVAILABLE)
