"""The planner: it queues the lesson of a due enrollment in the ledger, and sets the enrollment's next due
time.

The next lesson depends on what was sent. A lesson that missed its window gets the next window under the same
row, so that after an outage there is one lesson a local day, in order.
"""

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, models, transaction

from challenge import schedule
from challenge.delivery.restore_guard.guard import is_stopped
from challenge.models import Delivery, Enrollment, Event
from challenge.models.attempt import was_refused_for_good
from challenge.models.enrollment import log_event
from challenge.models.heartbeat import Heartbeat, beat

log = logging.getLogger(__name__)

State, Kind = Delivery.State, Delivery.Kind
BUSY = timedelta(minutes=1)
UNPLANNED = timedelta(hours=1)
GOODBYE_AFTER = timedelta(days=7)


def plan_due(now: datetime) -> bool:
    """Plan one batch; record the planner's heartbeat after the last one. Return whether there may be more."""
    more = plan(now)
    if not more:
        beat(Heartbeat.Name.PLANNER, now)
    return more


def plan(now: datetime, size: int = 500) -> bool:
    """Plan one batch of due enrollments. Return whether there may be more."""
    if is_stopped(now):
        return False
    with transaction.atomic():
        due = list(
            Enrollment.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(state=Enrollment.State.ACTIVE, next_due_at__lte=now)
            .order_by("next_due_at")
            .select_related("program", "runner")[:size]
        )
        latest = latest_lessons([enrollment.pk for enrollment in due])
        new: list[Delivery] = []
        for enrollment in due:
            try:
                new += _step(enrollment, latest.get(enrollment.pk), now)
            except (LookupError, ValueError, OverflowError):
                # For example, a time zone that this machine does not know. It must not delay the others.
                log.exception("enrollment %s could not be planned", enrollment.pk)
                enrollment.next_due_at = now + UNPLANNED
        Delivery.objects.queue_many(new)
        _save(due)
    return len(due) == size


def _save(due: list[Enrollment]) -> None:
    """Write the planned changes. One prepared statement for each row takes a tenth of the time of
    bulk_update's single statement, which Django builds from 1,500 cases."""
    adapt = connection.ops.adapt_datetimefield_value
    rows = [
        (adapt(enrollment.next_due_at), enrollment.state, adapt(enrollment.pinned_at), enrollment.pk)
        for enrollment in due
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {Enrollment._meta.db_table} SET next_due_at = %s, state = %s, pinned_at = %s"
            " WHERE id = %s",
            rows,
        )


def latest_lessons(enrollment_ids: list[int]) -> dict[int, Delivery]:
    """Return the lesson of the highest day of each enrollment, without copies."""
    lessons = Delivery.objects.filter(kind=Kind.LESSON, copy=0)
    newest = lessons.filter(enrollment=models.OuterRef("enrollment")).order_by("-day").values("day")[:1]
    found = lessons.filter(enrollment__in=enrollment_ids, day=models.Subquery(newest))
    return {lesson.enrollment_id: lesson for lesson in found if lesson.enrollment_id}


def is_behind(lesson: Delivery) -> bool:
    """Return whether this lesson must go out before the next one may.

    It need not when the server refused it for good. It must when it could not be composed, stopped its
    sender, was withheld during a pause, or missed its window.
    """
    if lesson.state == State.FAILED:
        return not was_refused_for_good(lesson.attempts)
    return lesson.state != State.SENT


class Turn(NamedTuple):
    """The next time to plan a due enrollment, and its lesson's window if that may leave now."""

    next_due_at: datetime
    lesson: schedule.Window | None = None


def take_turn(enrollment: Enrollment, last: Delivery | None, now: datetime) -> Turn:
    """Decide whether a due enrollment's lesson may leave now. It changes nothing."""
    wall, zone = enrollment.send_at, enrollment.zone
    window = schedule.open_window(now, wall, zone)
    if window is None:
        return Turn(schedule.first_due(schedule.local_date(now, zone), now, wall, zone))
    if last is not None and last.state == State.SENDING:
        return Turn(now + BUSY)
    if last is not None and now < (floor := _earliest(last, enrollment)):
        return Turn(floor)
    assert enrollment.next_due_at is not None
    due_at = max(window.opens, enrollment.next_due_at)
    return Turn(schedule.next_due(due_at, wall, zone), replace(window, opens=due_at))


def _earliest(last: Delivery, enrollment: Enrollment) -> datetime:
    """Return the earliest time of a lesson after `last`, even if the runner has changed the hour or zone."""
    if is_behind(last):
        return last.due_at
    return schedule.next_due(_left_at(last), enrollment.send_at, enrollment.zone)


def _left_at(lesson: Delivery) -> datetime:
    """Return when a lesson left, or may have left at the latest: an uncertain attempt may have arrived. A
    lesson that certainly did not arrive counts from its due time."""
    doubts = [datetime.fromisoformat(one["at"]) for one in lesson.attempts if one["outcome"] == "uncertain"]
    return lesson.sent_at or max([lesson.due_at, *doubts])


def _step(enrollment: Enrollment, last: Delivery | None, now: datetime) -> list[Delivery]:
    """Plan one due enrollment; return its new deliveries."""
    enrollment.next_due_at, window = take_turn(enrollment, last, now)
    if window is None:
        return []
    if last is not None and is_behind(last):
        _open_again(last, window)
        return []
    day = last.day + 1 if last else 1
    if day > enrollment.program.length:
        return _complete(enrollment, window.opens, now)
    enrollment.pinned_at = enrollment.pinned_at or now
    return [_lesson(enrollment, day, now, window)]


def _lesson(enrollment: Enrollment, day: int, now: datetime, window: schedule.Window) -> Delivery:
    # `try_at` is now, however late the lesson is: mail queued before it, such as a welcome, goes first.
    return Delivery.objects.prepare(
        Kind.LESSON, window.opens, enrollment, day=day, try_at=now, closes_at=window.closes
    )


def _open_again(lesson: Delivery, window: schedule.Window) -> None:
    Delivery.objects.filter(pk=lesson.pk).exclude(state__in=[State.SENDING, State.SENT]).update(
        state=State.RETRY if lesson.attempts else State.QUEUED,
        due_at=window.opens,
        try_at=window.opens,
        closes_at=window.closes,
        reason="",
        reason_values={},
    )


def _complete(enrollment: Enrollment, due_at: datetime, now: datetime) -> list[Delivery]:
    """End a course: queue its summary at the hour of the next lesson, and the goodbye a week later."""
    enrollment.state, enrollment.next_due_at = Enrollment.State.COMPLETED, None
    log_event(enrollment, Event.Kind.COMPLETED, Event.Actor.SYSTEM, now)
    week_later = schedule.local_date(due_at, enrollment.zone) + GOODBYE_AFTER
    goodbye_at = schedule.to_utc(week_later, enrollment.send_at, enrollment.zone)
    return [
        Delivery.objects.prepare(kind, at, enrollment)
        for kind, at in ((Kind.SUMMARY, due_at), (Kind.GOODBYE, goodbye_at))
    ]


def bring_forward(enrollment_id: int, now: datetime) -> bool:
    """Queue an enrollment's next lesson at once, to step through a course in development. Return False when
    there is none to send."""
    with transaction.atomic():
        enrollment = (
            Enrollment.objects.select_for_update(of=("self",)).select_related("program").get(pk=enrollment_id)
        )
        last = latest_lessons([enrollment_id]).get(enrollment_id)
        window = schedule.Window(schedule.local_date(now, enrollment.zone), now, now + schedule.LEAST_GAP)
        if enrollment.state != Enrollment.State.ACTIVE or (last and last.state == State.SENDING):
            return False
        if last is not None and is_behind(last):
            _open_again(last, window)
            return True
        day = last.day + 1 if last else 1
        if day > enrollment.program.length:
            return False
        _lesson(enrollment, day, now, window).save()
        enrollment.pinned_at = enrollment.pinned_at or now
        enrollment.next_due_at = schedule.next_due(now, enrollment.send_at, enrollment.zone)
        enrollment.save(update_fields=["next_due_at", "pinned_at"])
    return True
