"""The pages behind the links of a runner's mails."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from celery import Task
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.models import Consent, has_consented
from challenge import tasks
from challenge.checkins.record import PAIN_TO_STOP, Closed, is_open, last_date, record, sent_lesson
from challenge.enrollment.leaving import current_run, leave, runs_of, undo_leaving, undo_until
from challenge.enrollment.transitions import PauseCause, pause, reschedule, resume, would_go_on
from challenge.mail.links import Purpose, url
from challenge.models import CheckIn, Enrollment, Event
from challenge.site.capability import capability, link_error
from challenge.site.forms import CheckInForm, HourForm

SAVED = "saved"
State = Enrollment.State
# The form names its action, so that a repeated or late tap never does the opposite.
ACTIONS: dict[str, tuple[Callable[[int, datetime], bool], "Task[..., Any]"]] = {
    "pause": (lambda pk, now: pause(pk, PauseCause.RUNNER, now), tasks.send),
    "resume": (lambda pk, now: resume(pk, Event.Actor.RUNNER, now), tasks.plan),
}
# As the form holds them, whether saved or only posted.
SCORES_TO_STOP = {str(score) for score in range(PAIN_TO_STOP, 11)}


@capability(Purpose.CHECK_IN)
def check_in_page(request: HttpRequest, enrollment: Enrollment, day: int, choice: str = "") -> HttpResponse:
    """Show a day's check-in, and one button that saves it."""
    now = timezone.now()
    lesson = sent_lesson(enrollment.pk, day)
    check_in = CheckIn.objects.filter(enrollment=enrollment, day=day).first()
    context: dict[str, Any] = {"enrollment": enrollment, "day": day, "check_in": check_in, "lesson": lesson}
    has_left = enrollment.state == State.WITHDRAWN
    if lesson is None or has_left or not is_open(lesson, now):
        return render(request, "pages/check_in_closed.html", context, status=410)
    has_consent = has_consented(enrollment.runner, Consent.Purpose.HEALTH)
    initial = _initial(check_in, choice)
    data = request.POST if request.method == "POST" else None
    form = CheckInForm(data, has_consent=has_consent, initial=initial)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            return _save(request, enrollment, day, form)
        status = 422
    context |= {
        "form": form,
        "saved": SAVED in request.GET,
        "proposes": check_in is not None and initial["status"] != check_in.status,
        "last_date": last_date(lesson),
        "hurts": str(form["pain"].value()) in SCORES_TO_STOP,
    }
    return render(request, "pages/check_in.html", context, status=status)


def _initial(check_in: CheckIn | None, choice: str) -> dict[str, Any]:
    """Return the form's initial values: the saved check-in, with the answer that the link proposes."""
    fields = ("status", "tightness", "pain", "pain_where", "distance", "unit", "note")
    initial = {name: getattr(check_in, name) for name in fields} if check_in else {}
    if choice in CheckIn.Status.values and (check_in is None or check_in.status != choice):
        initial["status"] = choice
    return initial


def _save(request: HttpRequest, enrollment: Enrollment, day: int, form: CheckInForm) -> HttpResponse:
    keep_health = bool(form.cleaned_data.get("keep_health"))
    try:
        record(enrollment.pk, day, form.check_in_data(), timezone.now(), keep_health=keep_health)
    except Closed:
        context = {"enrollment": enrollment, "day": day}
        return render(request, "pages/check_in_closed.html", context, status=410)
    tasks.nudge(tasks.recalculate_progress, enrollment.pk)
    # Redirect to the link without its proposed answer, so that a reload shows what was saved.
    token = request.resolver_match.kwargs["token"] if request.resolver_match else ""
    path = reverse("check-in", args=[token])
    return redirect(f"{path}?{SAVED}")


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
        "pause": url(Purpose.PAUSE, timezone.now(), enrollment),
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
        "pause": url(Purpose.PAUSE, now, run) if run.state == State.ACTIVE else "",
    }
    return render(request, "pages/leave.html", context)


@capability(Purpose.PAUSE)
def pause_page(request: HttpRequest, enrollment: Enrollment) -> HttpResponse:
    """Show the state of the course, and one button that pauses or resumes it."""
    now, enrollment = timezone.now(), current_run(enrollment)
    action = request.POST.get("action", "")
    if action in ACTIONS:
        transition, follow_up = ACTIONS[action]
        if transition(enrollment.pk, now):
            tasks.nudge(follow_up)
        return redirect(f"{request.path}?{SAVED}")
    context = {
        "enrollment": enrollment,
        "saved": SAVED in request.GET,
        "would_go_on": would_go_on(enrollment, now) if enrollment.state == State.PAUSED else None,
    }
    return render(request, "pages/pause.html", context, status=422 if request.method == "POST" else 200)
