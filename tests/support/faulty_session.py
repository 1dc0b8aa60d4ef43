"""One connection to the faulty mail server (tests/faulty_smtp.py), and what it keeps of it."""

import re
import select
import socket
import ssl
import struct
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.faulty_smtp import FaultyServer

Act = Callable[["Client"], None]
Script = Callable[[str, str], Act | None]
OPENINGS = {"EHLO": "ehlo", "HELO": "ehlo", "STARTTLS": "starttls", "AUTH": "auth"}
MESSAGE_ID = re.compile(rb"^message-id:\s*(<[^>\r\n]*>)", re.IGNORECASE | re.MULTILINE)
ENVELOPE = {"MAIL": "sender", "RCPT": "recipient", "DATA": "data"}


class HungUpError(Exception):
    """The connection is over."""


@dataclass
class Message:
    """A message as far as it came; `answer` is what was said to its final dot."""

    recipient: str
    connection: int
    began: float
    content: bytes = b""
    complete: bool = False
    answer: bytes = b""
    ended: float | None = None

    @property
    def accepted(self) -> bool:
        return self.answer.startswith(b"2")

    @property
    def message_id(self) -> str:
        """The Message-ID, empty when it did not come so far."""
        found = MESSAGE_ID.search(self.content)
        return found[1].decode() if found else ""


@dataclass
class Heard:
    """A command line, when it came, and whether anybody on the way could read it."""

    line: str
    connection: int
    at: float
    plain: bool


@dataclass(eq=False)
class Client:
    """One connection, served by a thread of its own."""

    sock: socket.socket
    number: int
    server: "FaultyServer"
    buffer: bytes = b""
    said: bytes = b""
    recipient: str = ""
    open: bool = False  # a recipient was accepted

    def send(self, reply: bytes) -> None:
        self.sock.sendall(reply)
        self.said = (self.said + reply)[:1000]
        self.server.sent += len(reply)

    def wait(self, seconds: float) -> None:
        if self.server.over.wait(seconds):
            raise HungUpError

    def wait_until_left(self) -> None:
        poll = select.poll()
        poll.register(self.sock, select.POLLRDHUP)
        poll.poll()
        raise HungUpError

    def hang_up(self, *, reset: bool) -> None:
        if not reset:
            self.sock.shutdown(socket.SHUT_WR)
            self.wait_until_left()
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise HungUpError

    def act(self, phase: str, usual: bytes) -> bytes:
        """Do what the script says, or the usual. What was said, of its first bytes."""
        self.said = b""
        self.server.asked.append((phase, self.recipient))
        act = self.server.script(phase, self.recipient)
        if act is None:
            self.send(usual)
        else:
            act(self)
        return self.said

    def receive(self) -> None:
        piece = self.sock.recv(1 << 16)
        if not piece:
            raise HungUpError
        self.buffer += piece

    def line(self) -> str:
        while b"\r\n" not in self.buffer:
            self.receive()
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        plain = not isinstance(self.sock, ssl.SSLSocket)
        text = line.decode("latin-1")
        self.server.heard.append(Heard(text, self.number, monotonic(), plain))
        return text

    def converse(self) -> None:
        self.act("greeting", b"220 faulty\r\n")
        while True:
            line = self.line()
            verb = line.split(" ")[0].upper()
            if verb in OPENINGS:
                self.opening(OPENINGS[verb])
            elif verb in ENVELOPE:
                self.envelope(ENVELOPE[verb], line)
            elif verb == "QUIT":
                self.send(b"221 bye\r\n")
                raise HungUpError
            else:
                self.open = False
                self.send(b"250 ok\r\n")

    def opening(self, phase: str) -> None:
        lines = ["faulty", *self.server.capabilities]
        ehlo = b"".join(b"250-%b\r\n" % word.encode() for word in lines[:-1])
        usual = {
            "ehlo": ehlo + b"250 %b\r\n" % lines[-1].encode(),
            "starttls": b"220 go ahead\r\n" if self.server.tls else b"502 not here\r\n",
            "auth": b"235 welcome\r\n",
        }
        said = self.act(phase, usual[phase])
        if phase == "starttls" and said.startswith(b"220"):
            if not self.server.tls:
                self.wait_until_left()
            else:
                self.buffer = b""
                self.sock = self.server.tls.wrap_socket(self.sock, server_side=True)

    def envelope(self, phase: str, line: str) -> None:
        if phase == "recipient":
            self.recipient = line.partition("<")[2].rpartition(">")[0]
        if phase == "data" and not self.open:
            self.send(b"503 no recipient\r\n")
            return
        said = self.act(phase, b"354 go on\r\n" if phase == "data" else b"250 ok\r\n")
        if phase == "recipient":
            self.open = said.startswith(b"2")
        elif phase == "data" and said.startswith(b"354"):
            self.body()

    def body(self) -> None:
        message = Message(self.recipient, self.number, monotonic())
        self.server.messages.append(message)
        try:
            self.read(message)
        except (OSError, HungUpError):
            message.content = self.buffer
            raise
        try:
            self.act("answer", b"250 kept\r\n")
        finally:
            message.answer, message.ended = self.said, monotonic()
        self.open = False

    def read(self, message: Message) -> None:
        if not self.buffer:
            self.receive()
        self.act("body", b"")
        while b"\r\n.\r\n" not in b"\r\n" + self.buffer:
            self.receive()
        content, _, self.buffer = (b"\r\n" + self.buffer).partition(b"\r\n.\r\n")
        message.content = (content + b"\r\n").replace(b"\r\n..", b"\r\n.")[2:]
        message.complete = True
