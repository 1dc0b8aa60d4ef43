"""Hold a runner's exercise for safety, and go on when the coach clears it.

Every channel calls `hold` inside the transaction in which it saves what the runner told. The order of locks
is that of enrollment.transitions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q

from accounts.models import Consent, User, has_consented
from challenge.enrollment.hold_mails import tell_cleared, tell_held
from challenge.enrollment.transitions import PAUSES, PauseCause, locked, withhold, would_go_on
from challenge.models import Delivery, DeskItem, Enrollment, Escalation, Event, Hold, SafetyLevel
from challenge.models.enrollment import log_event
from challenge.models.mail_kinds import Kind

State = Enrollment.State
EMERGENCY_AGAIN = timedelta(hours=1)
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
    """Stop the exercise, and tell the coaches by an escalation; of a coach's own hold they need none. Without
    consent to health data only the fact is kept. With `words_only` the lessons go on without exercise. The
    same danger told again, before a coach has acknowledged it, is the same hold."""
    with locked(run_to_hold(enrollment_id)) as enrollment:
        kept = _kept(enrollment, danger)
        if same := _same(enrollment, kept, danger, now):
            return same
        held = Hold.objects.create(
            enrollment=enrollment, held_from=enrollment.state, opened_by=by, opened_at=now, **kept
        )
        if enrollment.state in HELD_FROM:
            _stop(enrollment, danger, by, now)
        if danger.source != Hold.Source.COACH:
            escalation = Escalation.objects.open(enrollment, now, hold=held, level=held.level)
            DeskItem.objects.open(DeskItem.Kind.ESCALATION, enrollment, escalation.pk, now)
        DeskItem.objects.open(DeskItem.Kind.HOLD, enrollment, held.pk, now)
    return held


def run_to_hold(enrollment_id: int) -> int:
    """Return the run that a danger stops: where it was told by a link of a run that is over, the runner's
    newest that goes on."""
    told = Enrollment.objects.get(pk=enrollment_id)
    if told.state in HELD_FROM:
        return enrollment_id
    going_on = Enrollment.objects.filter(runner=told.runner_id, state__in=HELD_FROM).order_by("-pk")
    newest: int | None = going_on.values_list("pk", flat=True).first()
    return newest or enrollment_id


def _kept(enrollment: Enrollment, danger: Danger) -> dict[str, object]:
    if has_consented(enrollment.runner, Consent.Purpose.HEALTH):
        health = {"reason": danger.reason, "level": danger.level, "values": dict(danger.values)}
    else:
        is_coach = danger.source == Hold.Source.COACH
        reason = Hold.Reason.COACH if is_coach else Hold.Reason.SAFETY
        health = {"reason": reason, "level": "", "values": {}}
    return {**health, "source": danger.source, "words_only": danger.words_only}


def _same(enrollment: Enrollment, kept: dict[str, object], danger: Danger, now: datetime) -> Hold | None:
    """Return the open hold that keeps the same, while no coach has acknowledged what it tells. Where nothing
    of health is kept, an emergency looks like what was told before it: it is told again after an hour."""
    for one in _open(enrollment):
        is_same = all(getattr(one, name) == value for name, value in kept.items())
        if danger.level == SafetyLevel.EMERGENCY and not one.level and one.opened_at <= now - EMERGENCY_AGAIN:
            continue
        if is_same and not one.escalations.exclude(state=Escalation.State.OPEN).exists():
            return one
    return None


def _open(enrollment: Enrollment) -> list[Hold]:
    holds = Hold.objects.filter(enrollment=enrollment, cleared_at=None)
    return list(holds.order_by("opened_at", "pk").select_for_update())


def _stop(enrollment: Enrollment, danger: Danger, by: Event.Actor, now: datetime) -> None:
    is_new, was_words_only = enrollment.state != State.HELD, enrollment.words_only
    if is_new and danger.words_only:
        is_new, enrollment.words_only = not was_words_only, True
        enrollment.save(update_fields=["words_only"])
    elif is_new:
        enrollment.state, enrollment.next_due_at = State.HELD, None
        enrollment.save(update_fields=["state", "next_due_at"])
        withhold(enrollment, Delivery.Reason.HELD, kind=Kind.LESSON)
    log_event(enrollment, Event.Kind.HELD, by, now)
    if is_new:
        tell_held(enrollment, now, stops_words=was_words_only)


def clear(enrollment_id: int, coach: User, because: str, now: datetime) -> bool:
    """End every open hold of an enrollment, with the coach's reason. Return False where there is none."""
    with locked(enrollment_id) as enrollment:
        holds, was_stopped = _open(enrollment), enrollment.state == State.HELD or enrollment.words_only
        if not holds and not was_stopped:
            return False
        ids = [one.pk for one in holds]
        Hold.objects.filter(pk__in=ids).update(cleared_at=now, cleared_by=coach, cleared_because=because)
        DeskItem.objects.finish(DeskItem.Kind.HOLD, ids, now, coach)
        _resolve(ids, coach, now)
        _go_on(enrollment, holds, now)
        log_event(enrollment, Event.Kind.CLEARED, Event.Actor.COACH, now)
        if was_stopped:
            tell_cleared(enrollment, now)
    return True


def _resolve(hold_ids: list[int], coach: User, now: datetime) -> None:
    escalations = Escalation.objects.unresolved().filter(hold__in=hold_ids)
    ids = list(escalations.values_list("pk", flat=True))
    escalations.filter(pk__in=ids).update(state=Escalation.State.RESOLVED, resolved_at=now, resolved_by=coach)
    DeskItem.objects.finish(DeskItem.Kind.ESCALATION, ids, now, coach)


def _go_on(enrollment: Enrollment, holds: list[Hold], now: datetime) -> None:
    """Lead back to the state before the hold that stopped the lessons; a screening that was answered need not
    be repeated. A runner who left while held comes back to that state."""
    enrollment.words_only = False
    stopping = [one for one in holds if not one.words_only and one.held_from in HELD_FROM]
    before = next((one.held_from for one in reversed(stopping) if one.held_from != State.HELD), State.ACTIVE)
    if before == State.SCREENING and enrollment.screenings.exists():
        before = State.ACTIVE
    if enrollment.state == State.HELD:
        enrollment.state = before
        enrollment.next_due_at = would_go_on(enrollment, now) if before == State.ACTIVE else None
    elif enrollment.left_from == State.HELD:
        enrollment.left_from = before
    enrollment.save(update_fields=["state", "left_from", "next_due_at", "words_only"])


def come_back(run: Enrollment) -> None:
    """Hold a locked run that goes on after its leaving, if it was told of a danger meanwhile. The caller
    saves it."""
    holds = Hold.objects.filter(enrollment=run, cleared_at=None)
    stopping = holds.filter(words_only=False)
    if run.state in HELD_FROM and run.state != State.HELD and stopping.exists():
        stopping.filter(held_from=State.WITHDRAWN).update(held_from=run.state)
        run.state, run.next_due_at = State.HELD, None
    run.words_only = run.words_only or holds.filter(words_only=True).exists()


def take_over(enrollment: Enrollment, now: datetime) -> None:
    """Hold a locked run from its beginning for what no coach has cleared in the runner's other runs that are
    over: leaving and signing up again lifts no hold. What is open there moves here, to be cleared here."""
    is_over = ~Q(enrollment__state__in=HELD_FROM) | Q(enrollment=enrollment)
    found = Hold.objects.filter(is_over, enrollment__runner=enrollment.runner_id, cleared_at=None)
    holds = list(found.select_for_update(of=("self",)))
    if not holds:
        return
    ids = [one.pk for one in holds]
    escalations = Escalation.objects.filter(hold__in=ids)
    told = list(escalations.values_list("pk", flat=True))
    escalations.filter(pk__in=told).update(enrollment=enrollment)
    for kind, about in ((DeskItem.Kind.HOLD, ids), (DeskItem.Kind.ESCALATION, told)):
        items = DeskItem.objects.filter(kind=kind, about__in=[str(pk) for pk in about])
        items.update(enrollment=enrollment)
    Hold.objects.filter(pk__in=ids).update(enrollment=enrollment, held_from=enrollment.state)
    enrollment.words_only = any(one.words_only for one in holds)
    if not all(one.words_only for one in holds):
        enrollment.state, enrollment.next_due_at = State.HELD, None
        withhold(enrollment, Delivery.Reason.HELD, kind=Kind.WELCOME)
    enrollment.save(update_fields=["state", "next_due_at", "words_only"])
    log_event(enrollment, Event.Kind.HELD, Event.Actor.SYSTEM, now)
    tell_held(enrollment, now)


def pause_when_cleared(enrollment_id: int, cause: PauseCause, now: datetime) -> bool:
    """Let the clearing lead a held run to a pause, as for a cause that concerns its address. Return False
    where it does so already."""
    with locked(enrollment_id) as enrollment:
        holds = Hold.objects.filter(enrollment=enrollment, cleared_at=None, words_only=False)
        if enrollment.state != State.HELD or not holds.filter(held_from=State.ACTIVE).exists():
            return False
        holds.filter(held_from=State.ACTIVE).update(held_from=State.PAUSED)
        why = PAUSES[cause]
        log_event(enrollment, why.event, why.actor, now, why.detail)
    return True
