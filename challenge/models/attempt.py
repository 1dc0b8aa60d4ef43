"""One attempt to send a message to the mail server, and the server's answer (RFC 5321)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self, TypedDict

from django.db import models
from django.utils.translation import gettext_lazy as _


class Phase(StrEnum):
    COMPOSE = "compose"
    CONNECT = "connect"
    SENDER = "sender"
    RECIPIENT = "recipient"
    DATA = "data"
    ANSWER = "answer"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    UNAVAILABLE = "unavailable"


class OwnAnswer(models.TextChoices):
    """An answer from our side, not from a server; stored as a code."""

    STALE_CONNECTION = "stale_connection", _("The connection had ended before.")
    UNSENDABLE_ADDRESS = "unsendable_address", _("The address holds a character that SMTP does not take.")
    OUT_OF_STEP = "out_of_step", _("The server's replies are out of step.")
    SENDER_STOPPED = "sender_stopped", _("The sender stopped without a word.")

    @classmethod
    def in_words(cls, answer: str) -> str:
        """Return the sentence of a code; the text of a server or an error stays unchanged."""
        return str(cls(answer).label) if answer in cls.values else answer


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of one attempt: SMTP reply code and text, if the server sent them."""

    outcome: Outcome
    phase: Phase
    code: int | None = None
    text: str = ""

    @classmethod
    def from_reply(cls, phase: Phase, code: int, text: bytes) -> Self:
        """Make the answer from an unexpected reply in a phase, or from the last reply."""
        answer = text.decode("utf-8", "replace").replace("\0", "")[:500]  # PostgreSQL keeps no NUL
        if phase is Phase.ANSWER and 200 <= code < 300:
            return cls(Outcome.ACCEPTED, phase, code, answer)
        if phase is Phase.ANSWER and not 400 <= code < 600:
            return cls(Outcome.UNCERTAIN, phase, None, answer)
        if 500 <= code < 600:
            outcome = Outcome.UNAVAILABLE if phase is Phase.SENDER else Outcome.REFUSED
            return cls(outcome, phase, code, answer)
        return cls(Outcome.DEFERRED, phase, code if code > 0 else None, answer)

    @classmethod
    def from_error(cls, phase: Phase, error: Exception) -> Self:
        """Make the answer from a connection that failed in a phase. Only a message whose final dot was
        written and whose answer was not read may have left (RFC 5321, 4.2.5)."""
        text = f"{type(error).__name__}: {error}".replace("\0", "")[:500]
        if phase is Phase.CONNECT:
            return cls(Outcome.UNAVAILABLE, phase, getattr(error, "smtp_code", None), text)
        if phase is Phase.ANSWER:
            return cls(Outcome.UNCERTAIN, phase, None, text)
        return cls(Outcome.DEFERRED, phase, None, text)


class Attempt(TypedDict):
    """An attempt as Delivery.attempts stores it.

    `at` is ISO 8601 in UTC, `phase` a Phase, `outcome` an Outcome, `code` the SMTP reply code if there was
    one, `answer` the server's text, the error on our side, or an OwnAnswer.
    """

    at: str
    phase: str
    outcome: str
    code: int | None
    answer: str


def was_refused_for_good(attempts: list[Attempt]) -> bool:
    """Return whether a mail that failed is over: a server had it in hand. One that could not be composed, or
    stopped its sender, is tried again."""
    return not attempts or attempts[-1]["phase"] not in (Phase.COMPOSE, Phase.UNKNOWN)
