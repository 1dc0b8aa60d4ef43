"""One connection to the SMTP server of the tests (smtp_server.py), and its record."""

import email
import email.policy
import re
import select
import socket
import ssl
import struct
from dataclasses import dataclass
from email.message import EmailMessage
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.smtp_script import Reply
    from tests.support.smtp_server import SmtpServer

OPENINGS = {"EHLO": "ehlo", "HELO": "ehlo", "STARTTLS": "starttls", "AUTH": "auth"}
ENVELOPE = {"MAIL": "sender", "RCPT": "recipient", "DATA": "data"}
MESSAGE_ID = re.compile(rb"^message-id:\s*(<[^>\r\n]*>)", re.IGNORECASE | re.MULTILINE)


class HungUpError(Exception):
    """The connection is over."""


@dataclass
class Message:
    """A message as far as it came; `answer` is the reply to its final dot."""

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
    def arrived(self) -> bool:
        """Return whether it came as a whole and was not refused: without an answer it may be kept."""
        return self.complete and (self.accepted or not self.answer)

    @cached_property
    def parsed(self) -> EmailMessage:
        """The message, parsed when it had come as a whole."""
        return email.message_from_bytes(self.content, policy=email.policy.default)

    @property
    def message_id(self) -> str:
        """The Message-ID, empty when it did not come so far."""
        found = MESSAGE_ID.search(self.content)
        return found[1].decode() if found else ""


@dataclass
class Command:
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
    server: "SmtpServer"
    buffer: bytes = b""
    said: bytes = b""
    recipient: str = ""
    open: bool = False  # a recipient was accepted
    message: Message | None = None  # whose final dot is being answered

    def send(self, octets: bytes) -> None:
        self.said = (self.said + octets)[:1000]
        if self.message:
            self.message.answer = self.said  # before the other side can notice
        self.sock.sendall(octets)
        self.server.sent += len(octets)

    def reply(self, reply: "Reply", usual: bytes = b"") -> None:
        if callable(reply):
            reply(self)
        elif reply is None:
            self.send(usual)
        else:
            self.send(reply if isinstance(reply, bytes) else reply.encode() + b"\r\n")

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

    def ask(self, phase: str, usual: bytes) -> bytes:
        """Do what the script asks for, or the usual. Return the first bytes of the reply."""
        self.said = b""
        self.server.asked.append((phase, self.recipient))
        self.reply(self.server.script(phase, self.recipient), usual)
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
        self.server.commands.append(Command(text, self.number, monotonic(), plain))
        return text

    def converse(self) -> None:
        if self.server.tls and self.server.implicit_tls:
            self.sock = self.server.tls.wrap_socket(self.sock, server_side=True)
        self.ask("greeting", b"220 faulty\r\n")
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
        said = self.ask(phase, usual[phase])
        if phase == "starttls" and said.startswith(b"220"):
            if not self.server.tls:
                self.wait_until_left()
            else:
                self.buffer = b""
                self.sock = self.server.tls.wrap_socket(self.sock, server_side=True)

    def envelope(self, phase: str, line: str) -> None:
        if phase != "data":
            self.recipient = line.partition("<")[2].rpartition(">")[0] if phase == "recipient" else ""
        elif not self.open:
            self.send(b"503 no recipient\r\n")
            return
        said = self.ask(phase, b"354 go on\r\n" if phase == "data" else b"250 ok\r\n")
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
        self.message = message
        try:
            self.ask("answer", b"250 kept\r\n")
        finally:
            self.message, message.ended = None, monotonic()
        self.open = False

    def read(self, message: Message) -> None:
        if not self.buffer:
            self.receive()
        self.ask("body", b"")
        while b"\r\n.\r\n" not in b"\r\n" + self.buffer:
            self.receive()
        content, _, self.buffer = (b"\r\n" + self.buffer).partition(b"\r\n.\r\n")
        message.content = (content + b"\r\n").replace(b"\r\n..", b"\r\n.")[2:]
        message.complete = True
