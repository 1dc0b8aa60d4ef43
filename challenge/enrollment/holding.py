"""Hold a runner's exercise for safety, and go on when the coach clears it.

Every channel calls `hold` inside the transaction in which it saves what the runner told. The order of locks
is that of enrollment.transitions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from accounts.models import Consent, User, has_consented
from challenge.enrollment.transitions import locked, withhold, would_go_on
from challenge.models import Delivery, DeskItem, Enrollment, Escalation, Event, Hold, SafetyLevel
from challenge.models.enrollment import log_event
from challenge.models.mail_kinds import Kind

State = Enrollment.State
# Whoever has finished or left has no lesson to hold; the coach is told all the same.
HELD_FROM = (State.SCREENING, State.ACTIVE, State.PAUSED, State.HELD)


@dataclass(frozen=True)
class Danger:
    """What a runner told that asks for a hold. `values` fill the words of the reason."""

    reason: Hold.Reason
    level: SafetyLevel
    source: Hold.Source
    values: Mapping[str, str] = field(default_factory=dict)
    words_only: bool = False


def hold(enrollment_id: int, danger: Danger, by: Event.Actor, now: datetime) -> Hold:
    """Stop the exercise, and tell the coaches by an escalation. Without consent to health data only the fact
    is kept. With `words_only` the lessons go on without exercise."""
    with locked(enrollment_id) as enrollment:
        kept = _kept(enrollment, danger)
        held = Hold.objects.create(
            enrollment=enrollment, held_from=enrollment.state, opened_by=by, opened_at=now, **kept
        )
        if enrollment.state in HELD_FROM:
            _stop(enrollment, danger, by, now)
        escalation = Escalation.objects.open(enrollment, now, hold=held, level=held.level)
        DeskItem.objects.open(DeskItem.Kind.ESCALATION, enrollment, escalation.pk, now)
        DeskItem.objects.open(DeskItem.Kind.HOLD, enrollment, held.pk, now)
    return held


def _kept(enrollment: Enrollment, danger: Danger) -> dict[str, object]:
    if danger.source == Hold.Source.COACH or has_consented(enrollment.runner, Consent.Purpose.HEALTH):
        health = {"reason": danger.reason, "level": danger.level, "values": dict(danger.values)}
    else:
        health = {"reason": Hold.Reason.SAFETY, "level": "", "values": {}}
    return {**health, "source": danger.source, "words_only": danger.words_only}


def _stop(enrollment: Enrollment, danger: Danger, by: Event.Actor, now: datetime) -> None:
    if danger.words_only and enrollment.state != State.HELD:
        enrollment.words_only = True
        enrollment.save(update_fields=["words_only"])
    elif enrollment.state != State.HELD:
        enrollment.state, enrollment.next_due_at = State.HELD, None
        enrollment.save(update_fields=["state", "next_due_at"])
        withhold(enrollment, Delivery.Reason.HELD, kind=Kind.LESSON)
    log_event(enrollment, Event.Kind.HELD, by, now)


def clear(enrollment_id: int, coach: User, because: str, now: datetime) -> bool:
    """End every open hold of an enrollment, with the coach's reason. Return False where there is none."""
    with locked(enrollment_id) as enrollment:
        holds = list(Hold.objects.filter(enrollment=enrollment, cleared_at=None).order_by("opened_at", "pk"))
        if not holds:
            return False
        ids = [one.pk for one in holds]
        Hold.objects.filter(pk__in=ids).update(cleared_at=now, cleared_by=coach, cleared_because=because)
        DeskItem.objects.finish(DeskItem.Kind.HOLD, ids, now, coach)
        _resolve(ids, coach, now)
        _go_on(enrollment, holds, now)
        log_event(enrollment, Event.Kind.CLEARED, Event.Actor.COACH, now)
    return True


def _resolve(hold_ids: list[int], coach: User, now: datetime) -> None:
    escalations = Escalation.objects.unresolved().filter(hold__in=hold_ids)
    ids = list(escalations.values_list("pk", flat=True))
    escalations.filter(pk__in=ids).update(state=Escalation.State.RESOLVED, resolved_at=now, resolved_by=coach)
    DeskItem.objects.finish(DeskItem.Kind.ESCALATION, ids, now, coach)


def _go_on(enrollment: Enrollment, holds: list[Hold], now: datetime) -> None:
    """Lead back to the state before the first hold; a screening that was answered need not be repeated."""
    enrollment.words_only = False
    if enrollment.state == State.HELD:
        before = next((one.held_from for one in holds if one.held_from != State.HELD), State.ACTIVE)
        if before == State.SCREENING and enrollment.screenings.exists():
            before = State.ACTIVE
        enrollment.state = before
        enrollment.next_due_at = would_go_on(enrollment, now) if before == State.ACTIVE else None
    enrollment.save(update_fields=["state", "next_due_at", "words_only"])
