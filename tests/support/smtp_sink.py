"""A real SMTP server for tests, in a thread, with scripted answers (fast_sink.py is one as a process)."""

import asyncio
import email
import email.policy
import socket
import threading
from collections.abc import Callable
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

DROP = "drop"  # an answer that hangs up instead
SILENCE = "silence"  # an answer that never comes

Script = Callable[[str, str], str | None]


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class Handler:
    """Keeps what arrives. `script(phase, recipient)` may answer for a phase: sender, recipient,
    data (before the message is taken) or answer (after it is taken); None means yes."""

    def __init__(self) -> None:
        self.script: Script = lambda phase, recipient: None
        self.raw: list[bytes] = []
        self.recipients: list[str] = []
        self.arrived = threading.Condition()

    async def _scripted(self, server: SMTP, phase: str, recipient: str) -> str | None:
        answer = self.script(phase, recipient)
        if answer == DROP:
            assert server.transport is not None
            server.transport.abort()
            await asyncio.sleep(3600)
        if answer == SILENCE:
            await asyncio.sleep(3600)
        return answer

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self._scripted(server, "sender", address)
        if answer is None:
            envelope.mail_from = address
        return answer or "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self._scripted(server, "recipient", address)
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        recipient = envelope.rcpt_tos[0]
        refused = await self._scripted(server, "data", recipient)
        if refused:
            return refused
        content = envelope.content
        assert isinstance(content, bytes)
        with self.arrived:
            self.raw.append(content)
            self.recipients.append(recipient)
            self.arrived.notify_all()
        return await self._scripted(server, "answer", recipient) or "250 kept"


class Sink:
    """The server in a thread, and what it was given."""

    def __init__(self, handler: Handler | None = None) -> None:
        self.handler = handler or Handler()
        self.port = free_port()
        self._controller = Controller(self.handler, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop(no_assert=True)

    def script(self, script: Script) -> None:
        self.handler.script = script

    @property
    def mails(self) -> list[EmailMessage]:
        """Every message that was taken, in order."""
        return [email.message_from_bytes(raw, policy=email.policy.default) for raw in self.handler.raw]

    @property
    def lessons(self) -> list[EmailMessage]:
        """Every lesson that was taken, in order."""
        return [mail for mail in self.mails if mail["Subject"].startswith("Day ")]

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if mail["To"] == address]

    def wait_for(self, count: int, seconds: float = 30) -> None:
        with self.handler.arrived:
            assert self.handler.arrived.wait_for(lambda: len(self.handler.raw) >= count, seconds)
