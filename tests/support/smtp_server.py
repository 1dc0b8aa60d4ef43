"""A real SMTP server in this process, which misbehaves where its script says so.

Its script is asked in each phase of each connection, with the recipient once there is one, and says what
takes the place of the usual reply (smtp_script.py). The phases: greeting, ehlo, starttls, auth, sender,
recipient, data, body (the first of the message has come), answer (its final dot has come).
"""

import socket
import ssl
import threading
from contextlib import suppress
from email.message import EmailMessage
from typing import Self

from tests.support.smtp_script import Script, accept
from tests.support.smtp_session import Client, Command, HungUpError, Message

CAPABILITIES = ("PIPELINING", "8BITMIME")


class SmtpServer:
    """The server and what it was given: `messages` in the order in which their bodies began, `commands`, the
    phases `asked`, `sent` how many bytes it said. `script`, `capabilities` and `tls` may be changed."""

    def __init__(
        self, script: Script = accept, tls: ssl.SSLContext | None = None, *, implicit_tls: bool = False
    ) -> None:
        self.script = script
        self.tls, self.implicit_tls = tls, implicit_tls
        self.capabilities: tuple[str, ...] = CAPABILITIES
        self.messages: list[Message] = []
        self.commands: list[Command] = []
        self.asked: list[tuple[str, str]] = []
        self.connections = self.sent = 0
        self.over = threading.Event()
        self._clients: set[Client] = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port = int(self._listener.getsockname()[1])
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    @property
    def accepted(self) -> list[Message]:
        return [message for message in self.messages if message.accepted]

    @property
    def arrived(self) -> list[Message]:
        return [message for message in self.messages if message.arrived]

    @property
    def raw(self) -> list[bytes]:
        return [message.content for message in self.arrived]

    @property
    def recipients(self) -> list[str]:
        return [message.recipient for message in self.arrived]

    @property
    def mails(self) -> list[EmailMessage]:
        return [message.parsed for message in self.arrived]

    @property
    def lessons(self) -> list[EmailMessage]:
        return [mail for mail in self.mails if mail["Subject"].startswith("Day ")]

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if mail["To"] == address]

    def stop(self) -> None:
        """Hang up on everybody and wait until every thread has ended."""
        self.over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._threads[0].join()
        self._listener.close()
        for client in list(self._clients):
            with suppress(OSError):
                client.sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            client = Client(sock, self.connections, self)
            self._clients.add(client)
            self._threads.append(threading.Thread(target=self._serve, args=[client]))
            self._threads[-1].start()

    def _serve(self, client: Client) -> None:
        with suppress(OSError, HungUpError):
            client.converse()
        self._clients.discard(client)
        client.sock.close()
