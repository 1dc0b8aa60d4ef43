"""SMTP: one connection that stays open, and for each message an answer that says how far it came.

smtplib opens the connection (TLS, EHLO, AUTH). From then on the commands of an envelope go together if the
server has PIPELINING (RFC 2920), and those of the next envelope go with the message: one round trip for a
message, not four.
"""

import re
import smtplib
from time import monotonic
from typing import NamedTuple

from django.conf import settings

from challenge.delivery.smtp.connection import Connection, connect
from challenge.models import Answer, Outcome, OwnAnswer, Phase

STEPS = (Phase.SENDER, Phase.RECIPIENT, Phase.DATA)
# The replies to each step that allow the next one.
HOPED_FOR = {Phase.SENDER: (250,), Phase.RECIPIENT: (250, 251), Phase.DATA: (354,)}
# The end of a message, after the line end of its last line (RFC 5321, 4.1.1.4).
DOT = b".\r\n"
DATA = b"DATA\r\n"
GOODBYE_SECONDS = 2
# Characters that the address in a command cannot hold (RFC 5321, 4.1.2).
UNSAYABLE = re.compile(r"[\r\n\0<>]|[^\0-\x7f]")
# No part of a message was sent, and its connection has ended or is unreliable.
STALE = Answer(Outcome.DEFERRED, Phase.SENDER, None, OwnAnswer.STALE_CONNECTION)


class Envelope(NamedTuple):
    """The sender and the recipient of a message on the wire (RFC 5321)."""

    sender: str
    recipient: str

    @property
    def fault(self) -> Answer | None:
        """Return an answer if SMTP cannot write one of the addresses."""
        for address, outcome, phase in (
            (self.sender, Outcome.UNAVAILABLE, Phase.SENDER),
            (self.recipient, Outcome.REFUSED, Phase.RECIPIENT),
        ):
            if UNSAYABLE.search(address):
                return Answer(outcome, phase, None, OwnAnswer.UNSENDABLE_ADDRESS)
        return None

    @property
    def commands(self) -> tuple[bytes, ...]:
        return f"MAIL FROM:<{self.sender}>\r\n".encode(), f"RCPT TO:<{self.recipient}>\r\n".encode(), DATA


class Transport:
    """A connection to the mail server, opened at the first message and kept between messages.

    An attempt takes at most about twice SMTP_TIMEOUT seconds. `waited` is the time in seconds that the last
    one waited for the server.
    """

    def __init__(self) -> None:
        self._open: Connection | None = None
        self._deadline = 0.0
        # The envelope whose commands were sent and whose replies are not read yet.
        self._promised: Envelope | None = None
        self._may_promise = True
        self.waited = 0.0

    def __enter__(self) -> "Transport":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def close(self) -> None:
        """Send QUIT and close the connection; ignore a server that is gone."""
        if self._open is not None:
            try:
                if self._promised is None:
                    self._open.until(monotonic() + GOODBYE_SECONDS)
                    self._open.write(b"QUIT\r\n")
                    self._open.reply()
            except (OSError, smtplib.SMTPException):
                pass
            finally:
                self._hang_up()

    def send(self, sender: str, recipient: str, message: bytes, then: Envelope | None = None) -> Answer:
        """Send one message to the server and wait for its answer.

        `message` is RFC 5322 bytes with CRLF line ends, the last one too, and no line that begins with a dot,
        as `compose` makes them: there is no dot to double (RFC 5321, 4.5.2). `then` is the envelope of the
        next message, if that is known.
        """
        self._deadline = monotonic() + 2 * settings.SMTP_TIMEOUT
        self.waited = 0.0
        envelope = Envelope(sender, recipient)
        if envelope.fault is not None:
            return envelope.fault
        reused, promised = self._open is not None, self._promised == envelope
        answer = self._attempt(envelope, message, then)
        # The server had closed an idle connection; nothing of this message was sent yet.
        is_stale = reused and answer.phase is Phase.SENDER and answer.code in (None, 421)
        if promised and answer.phase is Phase.DATA and answer.outcome is Outcome.REFUSED:
            # The server sent too many replies before, so the next one would belong to another message.
            self._hang_up()
            is_stale = True
        if is_stale and self._open is None:
            answer = self._attempt(envelope, message, then)
        return answer

    def _attempt(self, envelope: Envelope, message: bytes, then: Envelope | None) -> Answer:
        return self._write(envelope, message, then) or self._read_answer()

    def _write(self, envelope: Envelope, message: bytes, then: Envelope | None) -> Answer | None:
        """Write a whole message. Return an answer if the server refused it or could not be reached."""
        phase, server, began = Phase.CONNECT, None, monotonic()
        is_leaving = False
        try:
            is_begun = self._promised == envelope
            server = self._connected(is_begun)
            phase = Phase.SENDER
            if not is_begun:
                server.pipeline(envelope.commands)
            for phase, command in zip(STEPS, envelope.commands, strict=True):
                code, text = server.reply_to(command)
                if code not in HOPED_FOR[phase]:
                    return self._turned_away(server, phase, code, text)
            if is_begun and server.is_ahead:
                # The server may have waited long for the message, and have given up.
                self._hang_up()
                return STALE
            is_leaving = True
            if then is not None and self._may_promise and server.takes_pipelining and then.fault is None:
                self._promised = then
                server.pipeline(then.commands, message, DOT)
            else:
                server.write(message, DOT)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            if is_leaving and server is not None and server.written >= len(message) + len(DOT):
                return self._broken_off(error)
            self._hang_up()
            return Answer.from_error(phase, error)
        finally:
            self.waited = server.waited if server else monotonic() - began
        return None

    def _read_answer(self) -> Answer:
        """Read the answer to a message that was written completely."""
        server = self._open
        assert server is not None
        try:
            code, text = server.reply()
        except (OSError, smtplib.SMTPException) as error:
            return self._broken_off(error)
        finally:
            self.waited = server.waited
        if code == 421 or not 200 <= code < 600:
            self._hang_up()
        return Answer.from_reply(Phase.ANSWER, code, text)

    def _broken_off(self, error: Exception) -> Answer:
        """Answer for a connection that ended between a message and its reply."""
        if self._promised is not None:
            # A server that closes the connection before it has read everything may lose its own answer (RFC
            # 2525, 2.17), so do not send it the next envelope early again.
            self._may_promise = False
        self._hang_up()
        return Answer.from_error(Phase.ANSWER, error)

    def _connected(self, is_begun: bool) -> Connection:
        """Return a connection with nothing sent on it except, if `is_begun`, the commands of an envelope."""
        if self._open is not None and not is_begun and (self._promised or self._open.is_ahead):
            self._hang_up()
        if self._open is None:
            self._open = connect(self._deadline)
        self._promised = None
        self._open.until(self._deadline)
        return self._open

    def _turned_away(self, server: Connection, phase: Phase, code: int, text: bytes) -> Answer:
        """Handle a refused step: leave the connection ready for the next message."""
        try:
            last, is_ahead = server.drain(), server.is_ahead
            is_astray = 0 < last < 400
            # A server that accepts data nevertheless (RFC 2920, 3.1): hang up before the final dot.
            is_over = last == 354 or code == 421 or not 400 <= code < 600
            if is_over or (is_ahead and not is_astray and server.is_leaving()):
                self._hang_up()
            elif is_ahead or is_astray:
                # DATA has no such reply, or there is one too many: they belong to another envelope.
                self._hang_up()
                return Answer(Outcome.DEFERRED, phase, None, OwnAnswer.OUT_OF_STEP)
            else:
                server.write(b"RSET\r\n")
                server.reply()
        except (OSError, smtplib.SMTPException):
            self._hang_up()
        return Answer.from_reply(phase, code, text)

    def _hang_up(self) -> None:
        self._promised = None
        if self._open is not None:
            self._open.close()
            self._open = None
