"""The meaning of a mail server's reply, or of its silence, for one message."""

from challenge.models import Answer, Outcome, Phase


def replied(phase: Phase, code: int, text: bytes) -> Answer:
    """The meaning of a reply to the step of a phase that is not the one hoped for, or of the last."""
    said = text.decode("utf-8", "replace").replace("\0", "")[:500]  # PostgreSQL keeps no NUL
    if phase is Phase.ANSWER and 200 <= code < 300:
        return Answer(Outcome.ACCEPTED, phase, code, said)
    if phase is Phase.ANSWER and not 400 <= code < 600:
        return Answer(Outcome.UNCERTAIN, phase, None, said)
    if 500 <= code < 600:
        outcome = Outcome.UNAVAILABLE if phase is Phase.SENDER else Outcome.REFUSED
        return Answer(outcome, phase, code, said)
    return Answer(Outcome.DEFERRED, phase, code if code > 0 else None, said)


def broken(phase: Phase, error: Exception) -> Answer:
    """The meaning of a connection that failed in a phase.

    Only a message whose final dot was written and whose answer was not read may have left (RFC 5321,
    4.2.5).
    """
    code = getattr(error, "smtp_code", None)
    text = f"{type(error).__name__}: {error}".replace("\0", "")[:500]
    if phase is Phase.CONNECT:
        return Answer(Outcome.UNAVAILABLE, phase, code, text)
    if phase is Phase.ANSWER:
        return Answer(Outcome.UNCERTAIN, phase, None, text)
    return Answer(Outcome.DEFERRED, phase, None, text)
