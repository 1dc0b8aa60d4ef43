"""Pausing and going on, by the runner herself."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from challenge import schedule, tasks
from challenge.delivery.links import Purpose
from challenge.enrollment.moves import pause, resume
from challenge.models import Delivery, Enrollment, Event
from challenge.site.capability import capability

SAVED = "saved"
# The form says which it means, so that a tap that comes twice or late never turns it back.
MOVES = {"pause": (pause, tasks.send), "resume": (resume, tasks.plan)}


@capability(Purpose.PAUSE)
def pause_page(request: HttpRequest, enrollment: Enrollment) -> HttpResponse:
    """Where the course stands, and the one button that stops it or starts it again."""
    now = timezone.now()
    action = request.POST.get("action", "")
    if action in MOVES:
        move, follow_up = MOVES[action]
        if move(enrollment.pk, Event.Actor.RUNNER, now):
            tasks.nudge(follow_up)
        return redirect(f"{request.path}?{SAVED}")
    context = {
        "enrollment": enrollment,
        "saved": SAVED in request.GET,
        "would_go_on": _would_go_on(enrollment, now),
    }
    return render(request, "pages/pause.html", context, status=422 if request.method == "POST" else 200)


def _would_go_on(enrollment: Enrollment, now: datetime) -> datetime | None:
    """When the next lesson would be due if a paused course went on now."""
    if enrollment.state != Enrollment.State.PAUSED:
        return None
    lessons = Delivery.objects.filter(enrollment=enrollment, kind=Delivery.Kind.LESSON, copy=0)
    sent = lessons.filter(sent_at__isnull=False).order_by("-day")
    last = sent.values_list("sent_at", flat=True).first()
    return schedule.due_from(now, last, enrollment.starts_on, enrollment.send_at, enrollment.zone)
