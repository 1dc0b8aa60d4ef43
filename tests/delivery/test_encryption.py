"""Mail goes over TLS to a server that proves its name, or it does not go; no address stretches that."""

import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from challenge.delivery.smtp.transport import Transport
from challenge.models.attempt import Answer, Outcome, Phase
from tests.support.cast import ALICE, COACH, MESSAGE
from tests.support.smtp_server import SmtpServer

pytestmark = pytest.mark.pure
WAYS = ["EMAIL_USE_TLS", "EMAIL_USE_SSL"]


@dataclass(frozen=True)
class Certificate:
    """A certificate that vouches for itself, and its key, as PEM files."""

    certificate: Path
    key: Path


@pytest.fixture
def certify(tmp_path: Path) -> Callable[[str], Certificate]:
    """Make a certificate for a name: certify("IP:127.0.0.1")."""

    def make(name: str) -> Certificate:
        made = Certificate(tmp_path / "certificate.pem", tmp_path / "key.pem")
        command = ["openssl", "req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=a test's own server"]
        command += ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
        command += ["-addext", f"subjectAltName={name}", "-out", str(made.certificate)]
        subprocess.run([*command, "-keyout", str(made.key)], check=True, capture_output=True)
        return made

    return make


Serve = Callable[[str, Certificate], SmtpServer]


@pytest.fixture
def serve(settings: Any) -> Iterator[Serve]:
    """Run a mail server that encrypts, in one of the two ways, and send our mail there."""
    running = []

    def run(way: str, certificate: Certificate) -> SmtpServer:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.certificate, certificate.key)
        server = SmtpServer(tls=context, implicit_tls=way == "EMAIL_USE_SSL")
        server.capabilities = ("STARTTLS", "8BITMIME")
        running.append(server)
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        setattr(settings, way, True)
        return server

    yield run
    for server in running:
        server.stop()


def send() -> Answer:
    with Transport() as transport:
        return transport.send(COACH, ALICE, MESSAGE)


@pytest.mark.parametrize("way", WAYS)
def test_a_certificate_that_nobody_trusts_gets_no_mail(
    way: str, certify: Callable[[str], Certificate], serve: Serve
) -> None:
    server = serve(way, certify("IP:127.0.0.1"))

    answer = send()

    assert (answer.outcome, answer.phase) == (Outcome.UNAVAILABLE, Phase.CONNECT)
    assert "CERTIFICATE_VERIFY_FAILED" in answer.text
    assert not server.raw


@pytest.mark.parametrize("way", WAYS)
def test_a_certificate_of_another_server_gets_no_mail(
    way: str, certify: Callable[[str], Certificate], serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = certify("DNS:mail.example.com")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.certificate))
    server = serve(way, certificate)

    answer = send()

    assert (answer.outcome, answer.phase) == (Outcome.UNAVAILABLE, Phase.CONNECT)
    assert "IP address mismatch" in answer.text
    assert not server.raw


@pytest.mark.parametrize("way", WAYS)
def test_a_server_that_proves_its_name_gets_mail(
    way: str, certify: Callable[[str], Certificate], serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = certify("IP:127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.certificate))
    server = serve(way, certificate)

    assert send().outcome is Outcome.ACCEPTED
    assert server.raw == [MESSAGE]


def test_a_server_that_does_not_encrypt_gets_no_mail(sink: SmtpServer, settings: Any) -> None:
    settings.EMAIL_USE_TLS = True

    answer = send()

    assert (answer.outcome, answer.phase) == (Outcome.UNAVAILABLE, Phase.CONNECT)
    assert not sink.mails


@pytest.fixture
def silent() -> Iterator[tuple[str, int]]:
    """An address that answers no attempt to connect: its queue is full."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(3)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(listener.getsockname())
        yield listener.getsockname()
        for one in waiting:
            one.close()


def test_a_host_with_four_silent_addresses_is_left_in_time(
    silent: tuple[str, int], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An attempt may take twice SMTP_TIMEOUT, whatever the server does."""
    found = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", silent)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *asked, **options: [found] * 4)
    settings.EMAIL_HOST, settings.EMAIL_PORT = "smtp.example.com", silent[1]
    settings.SMTP_TIMEOUT = 1

    began = monotonic()
    answer = send()

    assert monotonic() - began < 2.5
    assert (answer.outcome, answer.phase) == (Outcome.UNAVAILABLE, Phase.CONNECT)


@pytest.mark.parametrize("way", WAYS)
def test_a_message_goes_in_records_of_which_each_is_answered_for(
    way: str, certify: Callable[[str], Certificate], serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody says of several records in one call how many went out when it fails."""
    certificate = certify("IP:127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.certificate))
    server, sizes = serve(way, certificate), []
    send = ssl.SSLSocket.send

    def counted(sock: ssl.SSLSocket, octets: bytes, flags: int = 0) -> int:
        sizes.append(len(octets))
        return send(sock, octets, flags)

    monkeypatch.setattr(ssl.SSLSocket, "send", counted)
    message = MESSAGE + (b"x" * 76 + b"\r\n") * 600
    with Transport() as transport:
        answer = transport.send(COACH, ALICE, message)

    assert answer.outcome is Outcome.ACCEPTED
    assert server.raw == [message]
    assert max(sizes) == 16384
