"""SMTP: one connection that stays open, and an answer for each message that says how far it came.

smtplib's low-level commands are used one by one, so that the phase of a failure is known: only a
message whose final dot was written and whose answer was not read may have left (RFC 5321, 4.2.5).
"""

import io
import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic
from typing import Any

from django.conf import settings


class Phase(StrEnum):
    """The last step that an attempt reached."""

    COMPOSE = "compose"
    CONNECT = "connect"
    SENDER = "sender"
    RECIPIENT = "recipient"
    DATA = "data"
    ANSWER = "answer"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    """What an answer means for the message."""

    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True)
class Answer:
    """What became of one hand-over: SMTP reply code and text, where the server gave them."""

    verdict: Verdict
    phase: Phase
    code: int | None = None
    text: str = ""


class _Reader(io.RawIOBase):
    """What the server says. `be_patient` goes before each piece, so that a server that drips its
    answer byte by byte cannot stretch it."""

    def __init__(self, sock: socket.socket, be_patient: Callable[[socket.socket], None]) -> None:
        self._sock, self._be_patient = sock, be_patient

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._be_patient(self._sock)
        return self._sock.recv_into(buffer)


class _Smtp(smtplib.SMTP):
    """smtplib's client, reading through a _Reader."""

    def __init__(self, be_patient: Callable[[socket.socket], None], *args: Any, **options: Any) -> None:
        self._be_patient = be_patient
        super().__init__(*args, **options)

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = io.BufferedReader(_Reader(self.sock, self._be_patient))
        return super().getreply()


class _SmtpOverTls(_Smtp, smtplib.SMTP_SSL):
    pass


class Transport:
    """A connection to the mail server, opened when first needed and kept between messages.

    An attempt takes at most about twice SMTP_TIMEOUT seconds, whatever the server does.
    """

    def __init__(self) -> None:
        self._smtp: smtplib.SMTP | None = None
        self._deadline = 0.0

    def __enter__(self) -> "Transport":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def close(self) -> None:
        """Say goodbye and hang up; a server that is gone already is no error."""
        if self._smtp is not None:
            smtp, self._smtp = self._smtp, None
            try:
                smtp.quit()
            except (OSError, smtplib.SMTPException):
                smtp.close()

    def hand_over(self, sender: str, recipient: str, message: bytes) -> Answer:
        """Give one message (RFC 5322 bytes, CRLF line ends) to the server."""
        self._deadline = monotonic() + 2 * settings.SMTP_TIMEOUT
        reused = self._smtp is not None
        answer = self._attempt(sender, recipient, message)
        stale = answer.phase is Phase.SENDER and answer.code in (None, 421)
        if reused and stale:
            # The server had closed an idle connection; nothing was said of this message yet.
            answer = self._attempt(sender, recipient, message)
        return answer

    def _attempt(self, sender: str, recipient: str, message: bytes) -> Answer:
        phase = Phase.CONNECT
        try:
            smtp = self._connected()
            phase = Phase.SENDER
            code, text = self._ask(smtp, f"MAIL FROM:<{sender}>")
            if code == 250:
                phase = Phase.RECIPIENT
                code, text = self._ask(smtp, f"RCPT TO:<{recipient}>")
            if phase is Phase.RECIPIENT and code in (250, 251):
                phase = Phase.DATA
                code, text = self._ask(smtp, "DATA")
            if phase is Phase.DATA and code == 354:
                self._be_patient(smtp.sock)
                smtp.send(stuffed(message))
                phase = Phase.ANSWER
                code, text = smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            return _broken(phase, error)
        except ValueError as error:
            # smtplib writes no command with a line break or a letter outside ASCII in an address.
            self._hang_up()
            verdict = Verdict.REFUSED if phase is Phase.RECIPIENT else Verdict.UNAVAILABLE
            return Answer(verdict, phase, None, f"{type(error).__name__}: {error}"[:500])
        return self._judge(phase, code, text)

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is None:
            # Each address of the host is tried in turn, so each gets its share of the time.
            addresses = socket.getaddrinfo(settings.EMAIL_HOST, settings.EMAIL_PORT, 0, socket.SOCK_STREAM)
            tls = {"context": ssl.create_default_context()} if settings.EMAIL_USE_SSL else {}
            smtp = (_SmtpOverTls if tls else _Smtp)(
                self._be_patient,
                settings.EMAIL_HOST,
                settings.EMAIL_PORT,
                local_hostname=settings.MAIL_DOMAIN,
                timeout=settings.SMTP_TIMEOUT / len(addresses),
                **tls,
            )
            self._smtp = smtp
            smtp.ehlo_or_helo_if_needed()
            if settings.EMAIL_USE_TLS:
                smtp.starttls(context=ssl.create_default_context())
                smtp.ehlo_or_helo_if_needed()  # RFC 3207, 4.2: what was said before TLS is forgotten
            if settings.EMAIL_HOST_USER:
                smtp.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
        return self._smtp

    def _ask(self, smtp: smtplib.SMTP, command: str) -> tuple[int, bytes]:
        self._be_patient(smtp.sock)
        return smtp.docmd(command)

    def _be_patient(self, sock: socket.socket | None) -> None:
        left = self._deadline - monotonic()
        if left <= 0:
            raise TimeoutError("the server took too long")
        if sock is not None:
            sock.settimeout(min(left, settings.SMTP_TIMEOUT))

    def _judge(self, phase: Phase, code: int, text: bytes) -> Answer:
        said = text.decode("utf-8", "replace").replace("\0", "")[:500]  # PostgreSQL keeps no NUL
        if phase is Phase.ANSWER and 200 <= code < 300:
            return Answer(Verdict.ACCEPTED, phase, code, said)
        if code == 421 or not 400 <= code < 600:
            self._hang_up()
        elif phase is not Phase.ANSWER:
            self._reset()
        if phase is Phase.ANSWER and not 400 <= code < 600:
            return Answer(Verdict.UNCERTAIN, phase, None, said)
        if 500 <= code < 600:
            verdict = Verdict.UNAVAILABLE if phase is Phase.SENDER else Verdict.REFUSED
            return Answer(verdict, phase, code, said)
        return Answer(Verdict.DEFERRED, phase, code, said)

    def _reset(self) -> None:
        try:
            if self._smtp is not None:
                self._ask(self._smtp, "RSET")
        except (OSError, smtplib.SMTPException):
            self._hang_up()

    def _hang_up(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


def _broken(phase: Phase, error: Exception) -> Answer:
    """The meaning of a connection that failed in a phase."""
    code = getattr(error, "smtp_code", None)
    text = f"{type(error).__name__}: {error}"[:500]
    if phase is Phase.CONNECT:
        return Answer(Verdict.UNAVAILABLE, phase, code, text)
    if phase is Phase.ANSWER:
        return Answer(Verdict.UNCERTAIN, phase, None, text)
    return Answer(Verdict.DEFERRED, phase, None, text)


def stuffed(message: bytes) -> bytes:
    """The message as it goes over the wire: dots doubled at line starts, final dot (RFC 5321, 4.5.2)."""
    if not message.endswith(b"\r\n"):
        message += b"\r\n"
    if message.startswith(b"."):
        message = b"." + message
    return message.replace(b"\r\n.", b"\r\n..") + b".\r\n"
