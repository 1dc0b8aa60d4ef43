"""Remove a check-in, and put an earlier answer back.

A link in a mail proves little, since a mail is passed on: what its holder replaces or removes is kept for
seven days. A browser that wrote an answer may erase it at once.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Q

from accounts.models import Consent, has_consented
from challenge.checkins.heeding import take_off_the_desk
from challenge.checkins.record import HEALTH_DATA, CheckInData, judge_and_act, locked
from challenge.models import CheckIn, EarlierCheckIn, Enrollment, Event, Progress
from challenge.models.enrollment import log_event


def to_put_back(enrollment_id: int, day: int, now: datetime) -> list[EarlierCheckIn]:
    """Return the answers of a day that can be put back, the newest first."""
    since = now - EarlierCheckIn.UNDO_FOR
    fresh = Q(replaced_at__gt=since) | Q(removed_at__gt=since)
    answers = EarlierCheckIn.objects.filter(fresh, enrollment=enrollment_id, day=day)
    return list(answers.order_by("-updated_at", "-pk"))


def remove(enrollment_id: int, day: int, now: datetime, own: Collection[datetime] = ()) -> bool:
    """Remove what was written for a day: the answers saved at the instants of `own` for good, all others are
    hidden and erased later. Return False when there is none. Raises Closed."""
    with locked(enrollment_id) as enrollment:
        check_in = CheckIn.objects.filter(enrollment=enrollment, day=day).first()
        if check_in is None:
            return False
        EarlierCheckIn.objects.keep(check_in, now)
        take_off_the_desk(check_in, now)
        check_in.delete()
        answers = EarlierCheckIn.objects.filter(enrollment=enrollment, day=day)
        answers.filter(updated_at__in=own).delete()
        answers.filter(removed_at=None).update(removed_at=now)
        _calculate_anew(enrollment)
        _log(enrollment, Event.Kind.REMOVED, day, now)
    return True


def put_back(enrollment_id: int, day: int, saved_at: str, now: datetime, doubt: str = "") -> bool:
    """Make an earlier answer (EarlierCheckIn.saved_at) the day's check-in, judged as any answer is; what it
    was until now is kept in its place. Return False when there is no such answer. Raises Closed."""
    with locked(enrollment_id) as enrollment:
        answers = to_put_back(enrollment_id, day, now)
        answer = next((answer for answer in answers if answer.saved_at == saved_at), None)
        if answer is None:
            return False
        check_in = CheckIn.objects.filter(enrollment=enrollment, day=day).first()
        if check_in is None:
            check_in = CheckIn(enrollment=enrollment, day=day)
        else:
            check_in.enrollment = enrollment
            EarlierCheckIn.objects.keep(check_in, now)
        told = _told(answer)
        _restore(check_in, answer, enrollment, doubt)
        judge_and_act(check_in, told, now)
        _calculate_anew(enrollment)
        _log(enrollment, Event.Kind.PUT_BACK, day, now)
    return True


def _told(answer: EarlierCheckIn) -> CheckInData:
    names = CheckInData.__dataclass_fields__
    given: dict[str, Any] = {name: value for name, value in answer.values().items() if name in names}
    return CheckInData(**given)


def _restore(check_in: CheckIn, answer: EarlierCheckIn, enrollment: Enrollment, doubt: str) -> None:
    values = answer.values() | {"doubt": doubt}
    if not has_consented(enrollment.runner, Consent.Purpose.HEALTH):
        values |= HEALTH_DATA
    for name, value in values.items():
        setattr(check_in, name, value)
    check_in.created_at, check_in.updated_at = answer.created_at, answer.updated_at
    check_in.save()
    answer.delete()
    if answer.removed_at:
        # What the same press removed is there again, for the coach.
        removed = EarlierCheckIn.objects.filter(enrollment=enrollment, day=check_in.day)
        removed.filter(removed_at=answer.removed_at).update(removed_at=None)


def _calculate_anew(enrollment: Enrollment) -> None:
    """Leave the progress to be calculated from the check-ins that are left."""
    if not CheckIn.objects.filter(enrollment=enrollment).update(processed_at=None):
        Progress.objects.filter(enrollment=enrollment).delete()


def _log(enrollment: Enrollment, kind: Event.Kind, day: int, now: datetime) -> None:
    log_event(enrollment, kind, Event.Actor.RUNNER, now, Event.Detail.DAY, day=str(day))


def erase_removed(now: datetime) -> int:
    """Erase for good what was removed seven days ago. Return the number of answers."""
    over = EarlierCheckIn.objects.filter(removed_at__lte=now - EarlierCheckIn.UNDO_FOR)
    return over.delete()[0]
