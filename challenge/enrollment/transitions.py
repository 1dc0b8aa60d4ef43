"""Pause, resume and reschedule: the changes of a running enrollment. enrollment.leaving ends it.

Each transition is written here once, for the runner's pages, the coach's actions and bounces. Each locks the
enrollment's row and returns whether it changed anything. The order of locks is: the runner's row
(bounces.record), then the enrollment's, then the deliveries'.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from django.db import transaction

from challenge import schedule
from challenge.models import Delivery, Enrollment, Event
from challenge.models.delivery_reason import Reason as DeliveryReason
from challenge.models.enrollment import log_event
from challenge.models.mail_kinds import Kind

State, Reason = Enrollment.State, Delivery.Reason
SOON = timedelta(hours=1)


class PauseCause(StrEnum):
    RUNNER = "runner"
    COACH = "coach"
    COMPLAINT = "complaint"
    BAD_ADDRESS = "bad_address"
    UNREACHABLE = "unreachable"


class Pause(NamedTuple):
    """A pause for one cause. `mails` says whether the runner gets a mail about it: not at an address that
    refuses mail, nor after a spam complaint."""

    actor: Event.Actor
    event: Event.Kind
    mails: bool
    detail: Event.Detail | str = ""


# Every pause withholds all queued lessons. docs/architecture.md has the same table.
PAUSES = {
    PauseCause.RUNNER: Pause(Event.Actor.RUNNER, Event.Kind.PAUSED, True),
    PauseCause.COACH: Pause(Event.Actor.COACH, Event.Kind.PAUSED, True),
    PauseCause.COMPLAINT: Pause(Event.Actor.SYSTEM, Event.Kind.PAUSED, False, Event.Detail.COMPLAINT),
    PauseCause.BAD_ADDRESS: Pause(Event.Actor.SYSTEM, Event.Kind.PAUSED, False, Event.Detail.BAD_ADDRESS),
    PauseCause.UNREACHABLE: Pause(
        Event.Actor.SYSTEM, Event.Kind.UNREACHABLE, False, Event.Detail.SOFT_BOUNCES
    ),
}


@contextmanager
def locked(enrollment_id: int) -> Iterator[Enrollment]:
    with transaction.atomic():
        yield (
            Enrollment.objects.select_for_update(of=("self",))
            .select_related("runner", "program")
            .get(pk=enrollment_id)
        )


def pause(enrollment_id: int, cause: PauseCause, now: datetime) -> bool:
    """Stop the lessons until somebody resumes them, and withhold the queued ones."""
    actor, event, mails, detail = PAUSES[cause]
    with locked(enrollment_id) as enrollment:
        if enrollment.state != State.ACTIVE:
            return False
        enrollment.state, enrollment.next_due_at = State.PAUSED, None
        enrollment.save(update_fields=["state", "next_due_at"])
        withhold(enrollment, Reason.PAUSED, kind=Kind.LESSON)
        if mails:
            confirm_by_mail(enrollment, Kind.PAUSED, now)
        log_event(enrollment, event, actor, now, detail)
    return True


def resume(enrollment_id: int, actor: Event.Actor, now: datetime) -> bool:
    """Continue after a pause with the next lesson that was not sent."""
    with locked(enrollment_id) as enrollment:
        if enrollment.state != State.PAUSED:
            return False
        due_at = would_go_on(enrollment, now)
        enrollment.state, enrollment.next_due_at = State.ACTIVE, due_at
        enrollment.save(update_fields=["state", "next_due_at"])
        if due_at > schedule.daylight(now, enrollment.zone) + SOON:  # else the lesson says welcome back
            confirm_by_mail(enrollment, Kind.RESUMED, now)
        log_event(enrollment, Event.Kind.RESUMED, actor, now)
    return True


def undo_pause_until(enrollment: Enrollment, now: datetime) -> datetime | None:
    """Return until when the runner's own pause can be undone; None when it cannot."""
    stops = Event.objects.filter(enrollment=enrollment, kind__in=[Event.Kind.PAUSED, Event.Kind.UNREACHABLE])
    last = stops.order_by("-at", "-pk").first()
    if enrollment.state != State.PAUSED or last is None or last.actor != Event.Actor.RUNNER:
        return None
    until: datetime = last.at + Enrollment.UNDO_FOR
    return until if now < until else None


def undo_pause(enrollment_id: int, now: datetime) -> bool:
    """Go on as if the runner had not paused: with the next lesson that was not sent, and the copies."""
    with locked(enrollment_id) as enrollment:
        if undo_pause_until(enrollment, now) is None:
            return False
        enrollment.state, enrollment.next_due_at = State.ACTIVE, would_go_on(enrollment, now)
        enrollment.save(update_fields=["state", "next_due_at"])
        mails = Delivery.objects.filter(enrollment=enrollment)
        copies = mails.filter(kind=Kind.LESSON, copy__gt=0, state=Delivery.State.WITHHELD)
        copies.filter(reason=Reason.PAUSED, closes_at__gt=now).update(
            state=Delivery.State.RETRY, reason="", reason_values={}
        )
        withhold(enrollment, Reason.BEGUN_AGAIN, kind=Kind.PAUSED)
        if mails.filter(kind=Kind.PAUSED, sent_at__gt=now - Enrollment.UNDO_FOR).exists():
            confirm_by_mail(enrollment, Kind.RESUMED, now)
        log_event(enrollment, Event.Kind.UNDONE, Event.Actor.RUNNER, now)
    return True


def reschedule(enrollment_id: int, send_at: time, time_zone: str, actor: Event.Actor, now: datetime) -> bool:
    """Move to another hour or zone, from the next lesson on."""
    with locked(enrollment_id) as enrollment:
        if enrollment.state not in Enrollment.OPEN_STATES:
            return False
        if (enrollment.send_at, enrollment.time_zone) == (send_at, time_zone):
            return False
        enrollment.send_at, enrollment.time_zone = send_at, time_zone
        if enrollment.state == State.ACTIVE:
            enrollment.next_due_at = would_go_on(enrollment, now)
            # The planner opens today's lesson again in a window of the new hour.
            withhold(enrollment, Reason.NEW_HOUR, kind=Kind.LESSON, copy=0)
            _leave_old_windows(enrollment, now)
        enrollment.save(update_fields=["send_at", "time_zone", "next_due_at"])
        hour = {"send_at": f"{send_at:%H:%M}", "time_zone": time_zone}
        log_event(enrollment, Event.Kind.RESCHEDULED, actor, now, Event.Detail.HOUR, **hour)
    return True


def send_again(enrollment_id: int, now: datetime) -> Delivery | None:
    """Queue a copy of the newest sent lesson, by daylight. Return None when there is none."""
    with locked(enrollment_id) as enrollment:
        lesson = (
            Delivery.objects.filter(enrollment=enrollment, kind=Kind.LESSON, copy=0)
            .filter(state=Delivery.State.SENT)
            .order_by("-day")
            .first()
        )
        if lesson is None or enrollment.state != State.ACTIVE:
            return None
        copies = Delivery.objects.filter(enrollment=enrollment, kind=lesson.kind, day=lesson.day)
        if copies.filter(state__in=[*Delivery.WAITING, Delivery.State.SENDING]).exists():
            return None
        due_at = schedule.daylight(now, enrollment.zone)
        closes_at = schedule.evening(due_at, enrollment.zone)
        return Delivery.objects.queue(Kind.LESSON, due_at, enrollment, lesson.day, closes_at=closes_at)


def confirm_by_mail(enrollment: Enrollment, kind: Kind, now: datetime) -> None:
    """Confirm a change by mail, by daylight, at most once an hour."""
    confirmed = Delivery.objects.filter(enrollment=enrollment, kind=kind)
    confirmed = confirmed.exclude(state=Delivery.State.WITHHELD)
    if confirmed.filter(due_at__gt=now - SOON).exists():
        return
    Delivery.objects.queue(kind, now, enrollment, try_at=schedule.daylight(now, enrollment.zone))


def would_go_on(enrollment: Enrollment, now: datetime) -> datetime:
    """Return when the next lesson is due if the course resumes now."""
    lessons = Delivery.objects.filter(enrollment=enrollment, kind=Kind.LESSON, copy=0)
    sent = lessons.filter(sent_at__isnull=False).order_by("-day")
    last = sent.values_list("sent_at", flat=True).first()
    return schedule.due_from(now, last, enrollment.starts_on, enrollment.send_at, enrollment.zone)


def _leave_old_windows(enrollment: Enrollment, now: datetime) -> None:
    """Withhold the lessons in windows of the old hour. A lesson that is sent again waits for daylight in the
    new zone. A lesson that a sender holds may still leave with its batch; if not, the planner queues it."""
    lessons = Delivery.objects.filter(enrollment=enrollment, kind=Kind.LESSON)
    due_at = schedule.daylight(now, enrollment.zone)
    again = lessons.filter(copy__gt=0, state__in=Delivery.WAITING)
    again.update(due_at=due_at, try_at=due_at, closes_at=schedule.evening(due_at, enrollment.zone))
    lessons.filter(state=Delivery.State.SENDING).update(closes_at=now)


def withhold(enrollment: Enrollment, reason: DeliveryReason, **which: Any) -> None:
    """Withhold deliveries. A sender checks the ones that it holds again before they leave."""
    waiting = Delivery.objects.filter(enrollment=enrollment, state__in=Delivery.WAITING, **which)
    waiting.update(state=Delivery.State.WITHHELD, reason=reason, reason_values={}, address="")
