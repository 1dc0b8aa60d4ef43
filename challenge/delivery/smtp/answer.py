"""What a mail server made of one hand-over: how far it came, and what that means for the message."""

from dataclasses import dataclass
from enum import StrEnum


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


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one hand-over: SMTP reply code and text, where the server gave them."""

    verdict: Verdict
    phase: Phase
    code: int | None = None
    text: str = ""


def replied(phase: Phase, code: int, text: bytes) -> Answer:
    """The meaning of a reply to the step of a phase that is not the one hoped for, or of the last."""
    said = text.decode("utf-8", "replace").replace("\0", "")[:500]  # PostgreSQL keeps no NUL
    if phase is Phase.ANSWER and 200 <= code < 300:
        return Answer(Verdict.ACCEPTED, phase, code, said)
    if phase is Phase.ANSWER and not 400 <= code < 600:
        return Answer(Verdict.UNCERTAIN, phase, None, said)
    if 500 <= code < 600:
        verdict = Verdict.UNAVAILABLE if phase is Phase.SENDER else Verdict.REFUSED
        return Answer(verdict, phase, code, said)
    return Answer(Verdict.DEFERRED, phase, code if code > 0 else None, said)


def broken(phase: Phase, error: Exception) -> Answer:
    """The meaning of a connection that failed in a phase.

    Only a message whose final dot was written and whose answer was not read may have left (RFC 5321,
    4.2.5).
    """
    code = getattr(error, "smtp_code", None)
    text = f"{type(error).__name__}: {error}".replace("\0", "")[:500]
    if phase is Phase.CONNECT:
        return Answer(Verdict.UNAVAILABLE, phase, code, text)
    if phase is Phase.ANSWER:
        return Answer(Verdict.UNCERTAIN, phase, None, text)
    return Answer(Verdict.DEFERRED, phase, None, text)
