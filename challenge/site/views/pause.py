"""The page on which a runner pauses and resumes the course."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from celery import Task
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from challenge import tasks
from challenge.enrollment.transitions import PauseCause, pause, resume, would_go_on
from challenge.mail.links import Purpose
from challenge.models import Enrollment, Event
from challenge.site.capability import capability

SAVED = "saved"
State = Enrollment.State
# The form says which it means, so that a tap that comes twice or late never turns it back.
MOVES: dict[str, tuple[Callable[[int, datetime], bool], "Task[..., Any]"]] = {
    "pause": (lambda pk, now: pause(pk, PauseCause.RUNNER, now), tasks.send),
    "resume": (lambda pk, now: resume(pk, Event.Actor.RUNNER, now), tasks.plan),
}


@capability(Purpose.PAUSE)
def pause_page(request: HttpRequest, enrollment: Enrollment) -> HttpResponse:
    """Show where the course stands, with one button that pauses or resumes it."""
    now = timezone.now()
    action = request.POST.get("action", "")
    if action in MOVES:
        move, follow_up = MOVES[action]
        if move(enrollment.pk, now):
            tasks.nudge(follow_up)
        return redirect(f"{request.path}?{SAVED}")
    context = {
        "enrollment": enrollment,
        "saved": SAVED in request.GET,
        "would_go_on": would_go_on(enrollment, now) if enrollment.state == State.PAUSED else None,
    }
    return render(request, "pages/pause.html", context, status=422 if request.method == "POST" else 200)
