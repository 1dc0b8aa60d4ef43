"""What happens to an escalation after the coaches were told of it. docs/architecture.md has a table.

The first to acknowledge ends the reminders for all; resolved is final.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from challenge.enrollment.transitions import locked
from challenge.models import DeskItem, Enrollment, Escalation, Event, SafetyRules
from challenge.models.enrollment import log_event

State = Escalation.State
# Whoever acknowledged has so many times as long as it takes until the coaches are told again.
TIMES_TO_ACT = 6
ENDS_AFTER = timedelta(days=30)
BATCH = 100


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


def escalate(now: datetime) -> int:
    """Tell again of what nobody has heeded, and end what is long over. Return how many mails were queued."""
    _end_old(now)
    rules = SafetyRules.current()
    with transaction.atomic():
        coaches = sum(each.tell_coaches(now) for each in _locked(_to_tell_again(rules, now)))
        second = 0
        if rules.second_contact:
            due = _locked(_to_tell_second(rules, now))
            second = sum(each.tell_second(rules.second_contact, now) for each in due)
    return coaches + second


def _to_tell_again(rules: SafetyRules, now: datetime) -> Q:
    open_until, acted_until = _last_told(rules, now)
    forgotten = Q(state=State.ACKNOWLEDGED, acknowledged_at__lte=acted_until)
    return (
        Q(state=State.OPEN, told_at=None)
        | Q(state=State.OPEN, told_at__lte=open_until)
        | forgotten & (Q(told_at=None) | Q(told_at__lte=acted_until))
    )


def _to_tell_second(rules: SafetyRules, now: datetime) -> Q:
    """Select what the second contact is told of for the first time, and what again: while it is open, and
    where the second contact acknowledged it and no more was done."""
    open_until, acted_until = _last_told(rules, now)
    first = Q(second_told_at=None, opened_at__lte=now - timedelta(minutes=rules.second_after))
    again = Q(second_told_at__lte=open_until)
    forgotten = Q(state=State.ACKNOWLEDGED, acknowledged_by=None, acknowledged_at__lte=acted_until)
    return Q(state=State.OPEN) & (first | again) | forgotten & Q(second_told_at__lte=acted_until)


def _last_told(rules: SafetyRules, now: datetime) -> tuple[datetime, datetime]:
    """Return before when somebody must have been told last to be told again: of what is open, and of what
    somebody has acknowledged."""
    wait = timedelta(minutes=rules.remind_after)
    return now - wait, now - TIMES_TO_ACT * wait


def _locked(due: Q) -> QuerySet[Escalation]:
    rows = Escalation.objects.select_for_update(skip_locked=True, of=("self",)).filter(due)
    return rows.select_related("enrollment").order_by("opened_at", "pk")[:BATCH]


def _end_old(now: datetime) -> None:
    """Resolve what nobody has resolved within 30 days after the course ended."""
    for escalation in _old(now):
        with locked(escalation.enrollment_id) as run:
            if resolve(escalation.pk, None, now):
                system = Event.Actor.SYSTEM
                log_event(run, Event.Kind.UNHEEDED, system, now, Event.Detail.COURSE_OVER)


def _old(now: datetime) -> Iterable[Escalation]:
    over = (Enrollment.State.COMPLETED, Enrollment.State.WITHDRAWN)
    lately = Event.objects.filter(
        enrollment=OuterRef("enrollment"),
        kind__in=[Event.Kind.COMPLETED, Event.Kind.WITHDRAWN],
        at__gt=now - ENDS_AFTER,
    )
    rows = Escalation.objects.unresolved().filter(enrollment__state__in=over, opened_at__lte=now - ENDS_AFTER)
    return list(rows.exclude(Exists(lately))[:BATCH])
