"""The planner: a due enrollment becomes a row in the ledger, and its next due time moves on.

The next lesson follows from what was sent. A lesson that missed its window is opened again in the
next one under the same row, so that after an outage there is one lesson a local day, in order.
"""

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, models, transaction

from challenge import schedule
from challenge.delivery.restore_guard.guard import is_stopped
from challenge.models import Delivery, Enrollment, Event
from challenge.models.enrollment import log_event
from challenge.models.heartbeat import Heartbeat, beat

log = logging.getLogger(__name__)

State, Kind = Delivery.State, Delivery.Kind
BUSY = timedelta(minutes=1)
UNPLANNED = timedelta(hours=1)
GOODBYE_AFTER = timedelta(days=7)


def plan_due(now: datetime) -> bool:
    """Plan one batch; note the planner's heartbeat when it was the last. Return whether there may be more."""
    more = plan(now)
    if not more:
        beat(Heartbeat.Name.PLANNER, now)
    return more


def plan(now: datetime, size: int = 500) -> bool:
    """Plan one batch of due enrollments. True when there may be more."""
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
                # A time zone that this machine does not know, say: it must not hold up the others.
                log.exception("enrollment %s could not be planned", enrollment.pk)
                enrollment.next_due_at = now + UNPLANNED
        Delivery.objects.queue_many(new)
        _save(due)
    return len(due) == size


def _save(due: list[Enrollment]) -> None:
    """Write what planning changed. One prepared statement many times takes a tenth of the time of
    bulk_update's single one, which Django composes of 1,500 cases."""
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
    """The lesson of the highest day of each enrollment, sendings-again left out."""
    lessons = Delivery.objects.filter(kind=Kind.LESSON, copy=0)
    newest = lessons.filter(enrollment=models.OuterRef("enrollment")).order_by("-day").values("day")[:1]
    found = lessons.filter(enrollment__in=enrollment_ids, day=models.Subquery(newest))
    return {lesson.enrollment_id: lesson for lesson in found if lesson.enrollment_id}


def is_behind(lesson: Delivery) -> bool:
    """Return whether a lesson still has to go out before the next one may.

    A lesson that the server refused for good is over; one that could not be composed or that took
    its sender down, was held back while the runner paused, or did not get through in its window is
    not.
    """
    if lesson.state == State.FAILED:
        return bool(lesson.attempts) and lesson.attempts[-1]["phase"] in ("compose", "unknown")
    return lesson.state != State.SENT


class Turn(NamedTuple):
    """The result of a due enrollment's turn: when it is looked at next, and from when until when its
    lesson may leave, where now is the time for one."""

    next_due_at: datetime
    lesson: schedule.Window | None = None


def take_turn(enrollment: Enrollment, last: Delivery | None, now: datetime) -> Turn:
    """Decide whether a due enrollment's lesson may leave now. It reads the two rows and changes nothing."""
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
    """Return when a lesson may follow `last` at the earliest, whatever hour and zone the runner moved to."""
    if is_behind(last):
        return last.due_at
    return schedule.next_due(_left_at(last), enrollment.send_at, enrollment.zone)


def _left_at(lesson: Delivery) -> datetime:
    """Return when a lesson left, or may have left at the latest: one that was refused in the end can have
    arrived in an attempt before. What surely did not arrive counts from when it was due."""
    doubts = [datetime.fromisoformat(one["at"]) for one in lesson.attempts if one["outcome"] == "uncertain"]
    return lesson.sent_at or max([lesson.due_at, *doubts])


def _step(enrollment: Enrollment, last: Delivery | None, now: datetime) -> list[Delivery]:
    """Move one due enrollment on; its new deliveries, if there are any."""
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
    # Tried from now on, however long it has been due: what was queued before it, a welcome, goes first.
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
    """End a course: its summary at the hour of what would be the next lesson, goodbye a week later."""
    enrollment.state, enrollment.next_due_at = Enrollment.State.COMPLETED, None
    log_event(enrollment, Event.Kind.COMPLETED, Event.Actor.SYSTEM, now)
    week_later = schedule.local_date(due_at, enrollment.zone) + GOODBYE_AFTER
    goodbye_at = schedule.to_utc(week_later, enrollment.send_at, enrollment.zone)
    return [
        Delivery.objects.prepare(kind, at, enrollment)
        for kind, at in ((Kind.SUMMARY, due_at), (Kind.GOODBYE, goodbye_at))
    ]


def bring_forward(enrollment_id: int, now: datetime) -> bool:
    """Queue an enrollment's next lesson at once, whatever the hour: for clicking through a course in
    development. False when there is none to send."""
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
