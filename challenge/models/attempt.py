"""One try to hand a message over to the mail server, and what the server answered (RFC 5321)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypedDict


class Phase(StrEnum):
    """The last step that an attempt reached."""

    COMPOSE = "compose"
    CONNECT = "connect"
    SENDER = "sender"
    RECIPIENT = "recipient"
    DATA = "data"
    ANSWER = "answer"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """The meaning of an answer for the message."""

    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Answer:
    """The end of one hand-over: SMTP reply code and text, where the server gave them."""

    outcome: Outcome
    phase: Phase
    code: int | None = None
    text: str = ""


class Attempt(TypedDict):
    """An attempt as Delivery.attempts keeps it.

    `at` is ISO 8601 in UTC, `phase` a Phase, `outcome` an Outcome, `code` the SMTP reply code if there was
    one, `answer` the words of the server or the error of this side.
    """

    at: str
    phase: str
    outcome: str
    code: int | None
    answer: str
