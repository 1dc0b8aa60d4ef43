"""A mail server that misbehaves as its script says.

The script is asked at each phase of each connection, with the recipient once there is one, and returns
what to do in place of the usual reply (see tests/smtp_acts.py); None means the usual. The phases:
greeting, ehlo, starttls, auth, sender, recipient, data, body (the first of the message has come), answer
(its final dot has come).
"""

import socket
import ssl
import threading
from contextlib import suppress
from typing import Self

from tests.support.faulty_session import Client, Heard, HungUpError, Message, Script

CAPABILITIES = ("PIPELINING", "8BITMIME")


class FaultyServer:
    """The server and what it was given: `messages` in the order in which their bodies began, `heard` the
    commands, `asked` the phases, `sent` how many bytes it said. `capabilities` may be changed."""

    def __init__(self, script: Script | None = None, tls: ssl.SSLContext | None = None) -> None:
        self.script: Script = script or (lambda phase, recipient: None)
        self.tls = tls
        self.capabilities: tuple[str, ...] = CAPABILITIES
        self.messages: list[Message] = []
        self.heard: list[Heard] = []
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
        """The messages that it said yes to."""
        return [message for message in self.messages if message.accepted]

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
