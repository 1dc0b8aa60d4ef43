"""Mail goes over TLS to a server that proves its name, or not at all; many addresses cost no more time."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from challenge.delivery.smtp.transport import Transport
from challenge.models.attempt import Answer, Outcome, Phase
from tests.support.cast import ALICE, COACH, MESSAGE
from tests.support.key_files import self_signed
from tests.support.smtp_server import SmtpServer

pytestmark = pytest.mark.pure
WAYS = ["EMAIL_USE_TLS", "EMAIL_USE_SSL"]


Serve = Callable[..., SmtpServer]


@pytest.fixture
def serve(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Run a mail server that encrypts, from the start or by STARTTLS, and send our mail there."""
    running = []

    def run(way: str, name: str = "IP:127.0.0.1", *, trusted: bool = True) -> SmtpServer:
        certificate = self_signed(tmp_path, name)
        if trusted:
            monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
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
@pytest.mark.parametrize(
    ("name", "trusted", "says"),
    [
        ("IP:127.0.0.1", False, "CERTIFICATE_VERIFY_FAILED"),
        ("DNS:mail.example.com", True, "IP address mismatch"),
    ],
    ids=["nobody trusts it", "another server's"],
)
def test_a_certificate_that_does_not_prove_the_name_gets_no_mail(
    way: str, name: str, trusted: bool, says: str, serve: Serve
) -> None:
    server = serve(way, name, trusted=trusted)

    answer = send()

    assert (answer.outcome, answer.phase) == (Outcome.UNAVAILABLE, Phase.CONNECT)
    assert says in answer.text
    assert not server.raw


@pytest.mark.parametrize("way", WAYS)
def test_a_server_that_proves_its_name_gets_mail(way: str, serve: Serve) -> None:
    server = serve(way)

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
    way: str, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call with several TLS records that fails does not tell how many went out."""
    server, sizes = serve(way), []
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
