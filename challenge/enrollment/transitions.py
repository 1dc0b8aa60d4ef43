"""How an enrollment moves once it runs: pause, resume, another hour, leave. The runner's pages and
the coach's actions call the same functions; each locks the row and says whether it did anything."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction

from accounts.models import Consent, withdraw
from challenge import schedule
from challenge.models import Delivery, Enrollment, Event
from challenge.models.enrollment import log_event
from challenge.models.mail_kinds import Kind

State, Reason = Enrollment.State, Delivery.Reason
SOON = timedelta(hours=1)


@contextmanager
def _locked(enrollment_id: int) -> Iterator[Enrollment]:
    with transaction.atomic():
        yield (
            Enrollment.objects.select_for_update(of=("self",))
            .select_related("runner", "program")
            .get(pk=enrollment_id)
        )


def pause(enrollment_id: int, actor: Event.Actor, now: datetime) -> bool:
    """Stop the lessons until somebody resumes them. What is queued does not go out."""
    with _locked(enrollment_id) as enrollment:
        if enrollment.state != State.ACTIVE:
            return False
        enrollment.state, enrollment.next_due_at = State.PAUSED, None
        enrollment.save(update_fields=["state", "next_due_at"])
        _withhold(enrollment, Reason.PAUSED, kind=Kind.LESSON)
        _tell(enrollment, Kind.PAUSED, now)
        log_event(enrollment, Event.Kind.PAUSED, actor, now)
    return True


def resume(enrollment_id: int, actor: Event.Actor, now: datetime) -> bool:
    """Go on after a pause with the next lesson that was not sent."""
    with _locked(enrollment_id) as enrollment:
        if enrollment.state != State.PAUSED:
            return False
        due_at = would_go_on(enrollment, now)
        enrollment.state, enrollment.next_due_at = State.ACTIVE, due_at
        enrollment.save(update_fields=["state", "next_due_at"])
        if due_at > schedule.daylight(now, enrollment.zone) + SOON:  # else the lesson says welcome back
            _tell(enrollment, Kind.RESUMED, now)
        log_event(enrollment, Event.Kind.RESUMED, actor, now)
    return True


def reschedule(enrollment_id: int, send_at: time, time_zone: str, actor: Event.Actor, now: datetime) -> bool:
    """Move to another hour or zone, from the next lesson on."""
    with _locked(enrollment_id) as enrollment:
        if enrollment.state not in Enrollment.OPEN_STATES:
            return False
        if (enrollment.send_at, enrollment.time_zone) == (send_at, time_zone):
            return False
        enrollment.send_at, enrollment.time_zone = send_at, time_zone
        if enrollment.state == State.ACTIVE:
            enrollment.next_due_at = would_go_on(enrollment, now)
            # The planner opens today's lesson again in a window of the new hour.
            _withhold(enrollment, Reason.NEW_HOUR, kind=Kind.LESSON, copy=0)
            _leave_old_windows(enrollment, now)
        enrollment.save(update_fields=["send_at", "time_zone", "next_due_at"])
        hour = {"send_at": f"{send_at:%H:%M}", "time_zone": time_zone}
        log_event(enrollment, Event.Kind.RESCHEDULED, actor, now, Event.Detail.HOUR, **hour)
    return True


def leave(enrollment_id: int, actor: Event.Actor, now: datetime) -> bool:
    """End an enrollment: nothing more is sent, and the consent to mail ends with the last one."""
    with _locked(enrollment_id) as enrollment:
        if enrollment.state == State.WITHDRAWN:
            return False
        enrollment.state, enrollment.next_due_at = State.WITHDRAWN, None
        enrollment.save(update_fields=["state", "next_due_at"])
        _withhold(enrollment, Reason.LEFT)
        runner = enrollment.runner
        if not Enrollment.objects.filter(runner=runner, state__in=Enrollment.OPEN_STATES).exists():
            withdraw(runner, Consent.Purpose.MAIL, now)
        log_event(enrollment, Event.Kind.WITHDRAWN, actor, now)
    return True


def send_again(enrollment_id: int, now: datetime) -> Delivery | None:
    """Queue the newest lesson that was sent once more, as a copy, by daylight. None when there is none."""
    with _locked(enrollment_id) as enrollment:
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


def _tell(enrollment: Enrollment, kind: Kind, now: datetime) -> None:
    """Write to a runner that she paused or resumed, by daylight; not at every change of mind."""
    told = Delivery.objects.filter(enrollment=enrollment, kind=kind)
    told = told.exclude(state=Delivery.State.WITHHELD)
    if told.filter(due_at__gt=now - SOON).exists():
        return
    Delivery.objects.queue(kind, now, enrollment, try_at=schedule.daylight(now, enrollment.zone))


def would_go_on(enrollment: Enrollment, now: datetime) -> datetime:
    """When the next lesson is due if the course goes on now."""
    lessons = Delivery.objects.filter(enrollment=enrollment, kind=Kind.LESSON, copy=0)
    sent = lessons.filter(sent_at__isnull=False).order_by("-day")
    last = sent.values_list("sent_at", flat=True).first()
    return schedule.due_from(now, last, enrollment.starts_on, enrollment.send_at, enrollment.zone)


def _leave_old_windows(enrollment: Enrollment, now: datetime) -> None:
    """A lesson that is sent again waits for daylight over there. One that a sender holds at this moment may
    still leave with its batch; if it comes back, it is the planner's."""
    lessons = Delivery.objects.filter(enrollment=enrollment, kind=Kind.LESSON)
    due_at = schedule.daylight(now, enrollment.zone)
    again = lessons.filter(copy__gt=0, state__in=Delivery.WAITING)
    again.update(due_at=due_at, try_at=due_at, closes_at=schedule.evening(due_at, enrollment.zone))
    lessons.filter(state=Delivery.State.SENDING).update(closes_at=now)


def _withhold(enrollment: Enrollment, reason: Delivery.Reason, **which: Any) -> None:
    """Take what is queued out of the queue; what a sender holds it checks again itself."""
    waiting = Delivery.objects.filter(enrollment=enrollment, state__in=Delivery.WAITING, **which)
    waiting.update(state=Delivery.State.WITHHELD, reason=reason, reason_values={})
