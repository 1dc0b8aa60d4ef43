"""The pages behind the links of a runner's mails: hour, pause, leaving. None of them leads to another's
power."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from celery import Task
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from challenge import tasks
from challenge.enrollment.hold_words import hold_words, was_paused_by_coach
from challenge.enrollment.leaving import current_run, leave, runs_of, undo_leaving, undo_until
from challenge.enrollment.transitions import (
    PauseCause,
    pause,
    reschedule,
    resume,
    undo_pause,
    undo_pause_until,
    would_go_on,
)
from challenge.mail.links import Purpose
from challenge.models import Enrollment, Event
from challenge.site.capability import capability, link_error
from challenge.site.forms import HourForm

SAVED = "saved"
State = Enrollment.State
# The form names its action, so that a repeated or late tap never does the opposite.
ACTIONS: dict[str, tuple[Callable[[int, datetime], bool], "Task[..., Any]"]] = {
    "pause": (lambda pk, now: pause(pk, PauseCause.RUNNER, now), tasks.send),
    "resume": (lambda pk, now: resume(pk, Event.Actor.RUNNER, now), tasks.plan),
    "undo": (undo_pause, tasks.plan),
}


@capability(Purpose.HOUR)
def hour_page(request: HttpRequest, enrollment: Enrollment) -> HttpResponse:
    """Change the hour or the time zone, from the next lesson on."""
    enrollment = current_run(enrollment)
    if enrollment.state not in Enrollment.OPEN_STATES:
        return link_error(request, "gone", 410)
    initial = {"send_at": f"{enrollment.send_at:%H:%M}", "time_zone": enrollment.time_zone}
    form = HourForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        reschedule(enrollment.pk, chosen["send_at"], chosen["time_zone"], Event.Actor.RUNNER, timezone.now())
        return redirect(f"{request.path}?{SAVED}")
    context = {
        "enrollment": enrollment,
        "form": form,
        "saved": SAVED in request.GET,
        "held": hold_words(enrollment),
    }
    status = 422 if form.is_bound else 200
    return render(request, "pages/hour.html", context, status=status)


@capability(Purpose.LEAVE)
def leave_page(request: HttpRequest, enrollment: Enrollment) -> HttpResponse:
    """Show one button to leave the program, or to undo that, at the same address as a mail client's one-click
    POST (RFC 8058), which is answered without a redirect and without a mail."""
    now, action = timezone.now(), request.POST.get("action")
    if action == "undo":
        if undo_leaving(enrollment.pk, now):
            tasks.nudge(tasks.plan)
        return redirect(f"{request.path}?{SAVED}")
    if request.method == "POST" and leave(enrollment.pk, Event.Actor.RUNNER, now, mails=action == "leave"):
        tasks.nudge(tasks.send)
    run = current_run(enrollment)
    context = {
        "enrollment": run,
        "is_confirmed": runs_of(run).filter(confirmed_at__isnull=False).exists(),
        "left": run.state == State.WITHDRAWN,
        "undo_until": undo_until(run, now),
        "is_back": SAVED in request.GET and run.state != State.WITHDRAWN,
        "on_its_way": run.next_due_at is not None and run.next_due_at <= now,
        "held": hold_words(run),
    }
    return render(request, "pages/leave.html", context)


@capability(Purpose.PAUSE)
def pause_page(request: HttpRequest, enrollment: Enrollment) -> HttpResponse:
    """Show the state of the course, and the buttons that pause it, resume it or undo a pause. A course that
    is stopped for safety refuses all of them."""
    now, enrollment = timezone.now(), current_run(enrollment)
    action = request.POST.get("action", "")
    is_refused = action in ACTIONS and enrollment.state == State.HELD
    if action in ACTIONS and not is_refused:
        transition, follow_up = ACTIONS[action]
        if transition(enrollment.pk, now):
            tasks.nudge(follow_up)
        return redirect(f"{request.path}?{SAVED}")
    context = {
        "enrollment": enrollment,
        "saved": SAVED in request.GET,
        "would_go_on": would_go_on(enrollment, now) if enrollment.state == State.PAUSED else None,
        "undo_until": undo_pause_until(enrollment, now),
        "by_coach": was_paused_by_coach(enrollment),
        "held": hold_words(enrollment),
        "refused": is_refused,
    }
    status = 409 if is_refused else 422 if request.method == "POST" else 200
    return render(request, "pages/pause.html", context, status=status)
