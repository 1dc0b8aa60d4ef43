"""SMTP: one connection that stays open, and an answer for each message that says how far it came.

smtplib opens the connection (TLS, EHLO, AUTH). From then on the envelope goes in one piece where the
server takes that (PIPELINING, RFC 2920): two round trips for a message instead of four.
"""

import smtplib
from time import monotonic

from django.conf import settings

from challenge.delivery.answer import Answer, Phase, Verdict, broken, replied
from challenge.delivery.conversation import Conversation, connect

__all__ = ["Answer", "Phase", "Transport", "Verdict"]

STEPS = (Phase.SENDER, Phase.RECIPIENT, Phase.DATA)
# What a step has to be answered with for the next one to follow.
HOPED_FOR = {Phase.SENDER: (250,), Phase.RECIPIENT: (250, 251), Phase.DATA: (354,)}
GOODBYE_SECONDS = 2


class Transport:
    """A connection to the mail server, opened when first needed and kept between messages.

    An attempt takes at most about twice SMTP_TIMEOUT seconds, whatever the server does. `waited` says
    how many seconds of the last one went by waiting for the server.
    """

    def __init__(self) -> None:
        self._open: Conversation | None = None
        self._deadline = 0.0
        self.waited = 0.0

    def __enter__(self) -> "Transport":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def close(self) -> None:
        """Say goodbye and hang up; a server that is gone already is no error."""
        if self._open is not None:
            try:
                self._open.until(monotonic() + GOODBYE_SECONDS)
                self._open.say(b"QUIT\r\n")
                self._open.reply()
            except (OSError, smtplib.SMTPException):
                pass
            finally:
                self._hang_up()

    def hand_over(self, sender: str, recipient: str, message: bytes) -> Answer:
        """Give one message (RFC 5322 bytes, CRLF line ends) to the server."""
        self._deadline = monotonic() + 2 * settings.SMTP_TIMEOUT
        self.waited = 0.0
        envelope = _envelope(sender, recipient)
        if isinstance(envelope, Answer):
            return envelope
        reused = self._open is not None
        answer = self._attempt(envelope, message)
        stale = answer.phase is Phase.SENDER and answer.code in (None, 421)
        if reused and stale and self._open is None:
            # The server had closed an idle connection; nothing was said of this message yet.
            answer = self._attempt(envelope, message)
        return answer

    def _attempt(self, envelope: list[bytes], message: bytes) -> Answer:
        phase, server, began = Phase.CONNECT, None, monotonic()
        try:
            server = self._connected()
            phase = Phase.SENDER
            server.begin(envelope)
            for phase, command in zip(STEPS, envelope, strict=True):
                code, text = server.reply_to(command)
                if code not in HOPED_FOR[phase]:
                    return self._turned_away(server, phase, code, text)
            server.say(stuffed(message))
            phase = Phase.ANSWER
            code, text = server.reply()
        except (OSError, smtplib.SMTPException, ValueError) as error:
            self._hang_up()
            return broken(phase, error)
        finally:
            self.waited = server.waited if server else monotonic() - began
        if code == 421 or not 200 <= code < 600:
            self._hang_up()
        return replied(phase, code, text)

    def _connected(self) -> Conversation:
        if self._open is not None and self._open.is_ahead:
            self._hang_up()
        if self._open is None:
            self._open = connect(self._deadline)
        self._open.until(self._deadline)
        return self._open

    def _turned_away(self, server: Conversation, phase: Phase, code: int, text: bytes) -> Answer:
        """A step was not answered as hoped for: leave the server ready for the next message."""
        try:
            # One that takes data all the same (RFC 2920, 3.1) is left before the final dot.
            if server.rest() == 354 or code == 421 or not 400 <= code < 600:
                self._hang_up()
            else:
                server.say(b"RSET\r\n")
                server.reply()
        except (OSError, smtplib.SMTPException):
            self._hang_up()
        return replied(phase, code, text)

    def _hang_up(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None


def _envelope(sender: str, recipient: str) -> list[bytes] | Answer:
    """The commands before the message, or what an address means that SMTP cannot write."""
    refusals = {sender: (Verdict.UNAVAILABLE, Phase.SENDER), recipient: (Verdict.REFUSED, Phase.RECIPIENT)}
    for address, (verdict, phase) in refusals.items():
        if not address.isascii() or any(letter in address for letter in "\r\n\0<>"):
            return Answer(verdict, phase, None, "The address holds a character that SMTP does not take.")
    return [f"MAIL FROM:<{sender}>\r\n".encode(), f"RCPT TO:<{recipient}>\r\n".encode(), b"DATA\r\n"]


def stuffed(message: bytes) -> bytes:
    """The message as it goes over the wire: dots doubled at line starts, final dot (RFC 5321, 4.5.2)."""
    if not message.endswith(b"\r\n"):
        message += b"\r\n"
    if message.startswith(b"."):
        message = b"." + message
    if b"\r\n." in message:
        message = message.replace(b"\r\n.", b"\r\n..")
    return message + b".\r\n"
