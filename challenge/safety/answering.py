"""Save the answers to the ten questions, and act on them in the same transaction."""

from collections.abc import Collection, Iterable
from datetime import datetime

from accounts.models import Consent, User, has_consented
from challenge.enrollment.holding import Danger, hold
from challenge.enrollment.transitions import locked, would_go_on
from challenge.models import Enrollment, Event, Hold, Memo, SafetyLevel, Screening
from challenge.models.enrollment import log_event
from challenge.safety.screening import ScreeningResult, judge
from challenge.safety.screening_list import VERSION

State = Enrollment.State
NOT_ASKED = (State.PENDING, State.WITHDRAWN)


class NotAsked(Exception):
    """The sign-up is not confirmed, or the runner has left."""


def answer(enrollment_id: int, codes: Iterable[str], now: datetime) -> ScreeningResult:
    """Judge and save the codes of what was ticked; go on, or hold. Without consent to health data only
    whether there was something is kept. Posted again it changes nothing, unless it says more than before: an
    answer never lifts what an earlier one has stopped. Raises NotAsked."""
    judged = judge(codes)
    with locked(enrollment_id) as enrollment:
        if enrollment.state in NOT_ASKED:
            raise NotAsked
        keeps = has_consented(enrollment.runner, Consent.Purpose.HEALTH)
        counted = judged if keeps else judged.without_health_data()
        if _says_more(enrollment, counted):
            _save(enrollment, counted, now, answers=list(judged.codes) if keeps else [])
    return judged


def heed_unsaved(enrollment_id: int, codes: Iterable[str], now: datetime) -> ScreeningResult | None:
    """Hold for what a form tells that can't be saved yet, where it can't wait, and return it. The questions
    go on to wait for an answer."""
    judged = judge(codes)
    if judged.level in (None, SafetyLevel.ASK_FIRST):
        return None
    with locked(enrollment_id) as enrollment:
        if enrollment.state not in NOT_ASKED and _says_more(enrollment, judged):
            _hold(enrollment, judged, now)
    return judged


def give_back(
    enrollment_id: int, movements: Collection[str], coach: User, because: str, now: datetime
) -> bool:
    """Show movements again that the answers left out, once a clinician agrees; the coach's reason is kept as
    a memo. Return False where none of them is left out."""
    with locked(enrollment_id) as enrollment:
        kept = [slug for slug in enrollment.left_out if slug not in movements]
        if kept == enrollment.left_out:
            return False
        enrollment.left_out = kept
        enrollment.save(update_fields=["left_out"])
        Memo.objects.create(enrollment=enrollment, text=because, written_at=now, author=coach)
    return True


def _says_more(enrollment: Enrollment, judged: ScreeningResult) -> bool:
    if enrollment.is_asked_for_screening or not enrollment.screenings.exists():
        return True
    if judged.level is None:
        return not set(judged.left_out) <= set(enrollment.left_out)
    held = Hold.objects.filter(enrollment=enrollment, source=Hold.Source.SCREENING, cleared_at=None)
    levels = held.values_list("level", flat=True)
    return all(SafetyLevel.rank(judged.level) < SafetyLevel.rank(level) for level in levels)


def _save(enrollment: Enrollment, judged: ScreeningResult, now: datetime, answers: list[str]) -> None:
    Screening.objects.create(
        enrollment=enrollment, version=VERSION, answered_at=now, result=judged.result, answers=answers
    )
    enrollment.left_out = sorted({*enrollment.left_out, *judged.left_out})
    enrollment.screening_day = None
    if enrollment.state == State.SCREENING and judged.level is None:
        enrollment.state, enrollment.next_due_at = State.ACTIVE, would_go_on(enrollment, now)
    enrollment.save(update_fields=["left_out", "screening_day", "state", "next_due_at"])
    log_event(enrollment, Event.Kind.SCREENED, Event.Actor.RUNNER, now)
    _hold(enrollment, judged, now)


def _hold(enrollment: Enrollment, judged: ScreeningResult, now: datetime) -> None:
    if judged.level:
        danger = Danger(Hold.Reason.SCREENING, judged.level, Hold.Source.SCREENING)
        hold(enrollment.pk, danger, Event.Actor.SYSTEM, now)
