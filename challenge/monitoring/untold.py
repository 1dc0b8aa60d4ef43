"""Alarms where the mail about a runner in need does not reach a coach, or the second contact. They name
nobody and say nothing of health."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from challenge.models import Alarm, Delivery, Escalation, Suppression
from challenge.models.coaches import all_coaches
from challenge.models.delivery_event import last_is_bounce
from challenge.models.mail_kinds import Kind
from challenge.monitoring.wording import AlarmText

Code, State = Alarm.Code, Delivery.State
# A mail about safety has left by then.
LEAVES_WITHIN = timedelta(seconds=60)
UNTOLD, COACH, SECOND = "untold:", "coach:", "second contact"
UNSENT = (*Delivery.WAITING, State.SENDING)
# Somebody took care of it before the mail left.
NOT_NEEDED = Delivery.Reason.HEEDED


def untold(now: datetime) -> dict[str, AlarmText]:
    """Word each problem, by the kind of its alarm: an escalation that somebody should have been told of by
    now, and a recipient whom no mail reaches."""
    unresolved = Escalation.objects.unresolved().prefetch_related("deliveries__delivery_events")
    found: dict[str, AlarmText] = {}
    for escalation in unresolved:
        mails = list(escalation.deliveries.all())
        if escalation.state == Escalation.State.OPEN and _is_late(escalation, mails, now):
            since = {"since": escalation.opened_at.isoformat()}
            found[f"{UNTOLD}{escalation.pk}"] = AlarmText(Code.UNTOLD, since)
        for mail in _newest(mails):
            if _has_failed(mail):
                kind = SECOND if mail.kind == Kind.SECOND else f"{COACH}{mail.recipient_id}"
                found[kind] = _unreached(kind)
    return found | {kind: _unreached(kind) for kind in _without_address()}


def mark(found: Iterable[str], now: datetime) -> None:
    """Record on the escalations among these kinds that the operator was notified."""
    ids = [int(kind.removeprefix(UNTOLD)) for kind in found if kind.startswith(UNTOLD)]
    if ids:
        Escalation.objects.filter(pk__in=ids, alarmed_at=None).update(alarmed_at=now)


def is_over(kind: str) -> AlarmText | None:
    """Word the end of one of these alarms; None for another kind."""
    if kind.startswith(UNTOLD):
        return AlarmText(Code.UNTOLD_OVER)
    return AlarmText(Code.UNREACHED_OVER) if kind == SECOND or kind.startswith(COACH) else None


def _is_late(escalation: Escalation, mails: list[Delivery], now: datetime) -> bool:
    """Return whether a mail has not left in time, or none has arrived anywhere."""
    if escalation.opened_at > now - LEAVES_WITHIN:
        return False
    waits = any(mail.state in UNSENT and mail.due_at <= now - LEAVES_WITHIN for mail in mails)
    arrived = any(mail.state == State.SENT and not last_is_bounce(mail) for mail in mails)
    return waits or not arrived


def _newest(mails: list[Delivery]) -> Iterator[Delivery]:
    """Yield the last mail to each coach, and to the second contact, that is not on its way."""
    last = {}
    for mail in sorted(mails, key=lambda mail: mail.due_at):
        if mail.state not in UNSENT and mail.reason != NOT_NEEDED:
            last[mail.kind, mail.recipient_id] = mail
    yield from last.values()


def _has_failed(mail: Delivery) -> bool:
    return mail.state != State.SENT or bool(last_is_bounce(mail))


def _without_address() -> Iterator[str]:
    """Yield the alarms of the coaches whose address takes no mail, also while nothing is to be told."""
    coaches = list(all_coaches())
    hashes = [coach.address_hash for coach in coaches]
    listed = Suppression.objects.filter(address_hash__in=hashes)
    suppressed = set(listed.values_list("address_hash", flat=True))
    for coach in coaches:
        if "@" not in coach.email or coach.address_hash in suppressed:
            yield f"{COACH}{coach.pk}"


def _unreached(kind: str) -> AlarmText:
    if kind == SECOND:
        return AlarmText(Code.UNREACHED_SECOND)
    return AlarmText(Code.UNREACHED, {"coach": kind.removeprefix(COACH)})
