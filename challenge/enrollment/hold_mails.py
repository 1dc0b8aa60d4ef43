"""Tell a runner by mail that the lessons were stopped for safety, and that the coach has lifted it."""

from datetime import datetime

from challenge.enrollment.transitions import SOON, withhold
from challenge.models import Delivery, Enrollment
from challenge.models.delivery_reason import Reason
from challenge.models.mail_kinds import Kind

MailState = Delivery.State


def tell_held(enrollment: Enrollment, now: datetime, *, stops_words: bool = False) -> None:
    """Queue the mail about a hold that has just begun, unless the last one within the hour has said it.
    `stops_words` is of a hold that ends the lessons which came without exercise."""
    _withhold(enrollment, Kind.CLEARED, Reason.HELD, now)
    newest = _newest(enrollment)
    is_told = newest is not None and newest.kind == Kind.HELD and newest.due_at > now - SOON
    if newest and is_told and (newest.state in Delivery.WAITING or not stops_words):
        return  # one that waits says what holds when it leaves
    Delivery.objects.queue(Kind.HELD, now, enrollment)


def tell_cleared(enrollment: Enrollment, now: datetime) -> None:
    """Queue the mail about a hold that was cleared, unless the last one within the hour has said it."""
    _withhold(enrollment, Kind.HELD, Reason.CLEARED, now)
    newest = _newest(enrollment)
    if newest and newest.kind == Kind.CLEARED and newest.due_at > now - SOON:
        return
    Delivery.objects.queue(Kind.CLEARED, now, enrollment)


def _newest(enrollment: Enrollment) -> Delivery | None:
    told = Delivery.objects.filter(enrollment=enrollment, kind__in=[Kind.HELD, Kind.CLEARED])
    return told.exclude(state=MailState.WITHHELD).order_by("-due_at", "-copy").first()


def _withhold(enrollment: Enrollment, kind: Kind, reason: Reason, now: datetime) -> None:
    """Withhold what is no longer so. What a sender holds closes: it may be a dead one."""
    withhold(enrollment, reason, kind=kind)
    Delivery.objects.filter(enrollment=enrollment, kind=kind, state=MailState.SENDING).update(closes_at=now)
