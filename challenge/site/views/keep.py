"""The page that takes a request to erase back."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from challenge import tasks
from challenge.enrollment.erasing import keep
from challenge.enrollment.leaving import current_run
from challenge.mail.links import Purpose
from challenge.models import Enrollment
from challenge.site.capability import capability

SAVED = "saved"


@capability(Purpose.KEEP)
def keep_page(request: HttpRequest, enrollment: Enrollment) -> HttpResponse:
    """Show when the runner will be erased, and one button to keep everything."""
    now = timezone.now()
    if request.method == "POST":
        if keep(enrollment.runner_id, now):
            tasks.nudge(tasks.plan)
        return redirect(f"{request.path}?{SAVED}")
    run = current_run(enrollment)
    context = {
        "enrollment": run,
        "erase_at": run.runner.erase_at,
        "saved": SAVED in request.GET,
        "on_its_way": run.next_due_at is not None and run.next_due_at <= now,
    }
    return render(request, "pages/keep.html", context)
