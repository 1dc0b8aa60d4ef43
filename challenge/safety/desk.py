"""What a coach does with an item on the desk besides seeing to its reason: put it off, or say it is done.

An escalation and a hold are never simply done: a coach resolves the one and clears the other. What nobody
has acknowledged yet can't be put off.
"""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from challenge.enrollment.transitions import locked
from challenge.models import DeskItem, Escalation, Message

Kind = DeskItem.Kind
DONE_BY_HAND = (Kind.MESSAGE, Kind.DOUBTFUL, Kind.PAIN, Kind.MAIL)
# What of a message waits for an answer.
UNANSWERED = (Message.State.NEW, Message.State.READ)


def may_be_snoozed(item: DeskItem, escalation: Escalation | None) -> bool:
    return item.done_at is None and (escalation is None or escalation.state == Escalation.State.ACKNOWLEDGED)


def snooze(item_id: int, until: datetime) -> bool:
    """Put an item off; an escalation together with its hold. Return False where it may not wait."""
    with locked(DeskItem.objects.get(pk=item_id).enrollment_id):
        item = DeskItem.objects.get(pk=item_id)
        escalation = _escalation(item)
        if not may_be_snoozed(item, escalation):
            return False
        items = DeskItem.objects.filter(pk=item_id)
        if escalation and escalation.hold_id:
            items |= DeskItem.objects.filter(kind=Kind.HOLD, about=str(escalation.hold_id), done_at=None)
        items.update(snoozed_until=until)
    return True


def _escalation(item: DeskItem) -> Escalation | None:
    return Escalation.objects.filter(pk=item.about).first() if item.kind == Kind.ESCALATION else None


def done(item_id: int, coach: User, now: datetime) -> bool:
    """Take an item off the desk; a message needs no answer then. Return False where somebody did already,
    and for what has to be resolved or cleared."""
    with transaction.atomic():
        item = DeskItem.objects.get(pk=item_id)
        if item.kind not in DONE_BY_HAND:
            return False
        if item.kind == Kind.MESSAGE:
            waiting = Message.objects.filter(pk=item.about, state__in=UNANSWERED)
            waiting.update(state=Message.State.CLOSED)
        return bool(DeskItem.objects.finish(Kind(item.kind), [item.about], now, coach))
