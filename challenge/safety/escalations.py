"""Acknowledge and resolve an escalation. The first to acknowledge ends the reminders for all; resolved is
final."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from challenge.models import DeskItem, Escalation

State = Escalation.State


def acknowledge(escalation_id: int, by: User | None, now: datetime) -> bool:
    """Return False where somebody has acknowledged it already; `by` is None for the second contact."""
    waiting = Escalation.objects.filter(pk=escalation_id, state=State.OPEN)
    return bool(waiting.update(state=State.ACKNOWLEDGED, acknowledged_at=now, acknowledged_by=by))


def resolve(escalation_id: int, by: User | None, now: datetime) -> bool:
    """Return False where it is resolved already; `by` is None where it ends by itself."""
    with transaction.atomic():
        waiting = Escalation.objects.unresolved().filter(pk=escalation_id)
        if not waiting.update(state=State.RESOLVED, resolved_at=now, resolved_by=by):
            return False
        DeskItem.objects.finish(DeskItem.Kind.ESCALATION, [escalation_id], now, by)
    return True
