"""The page behind the confirmation's link: what was asked for, to look through, change and confirm."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from challenge import tasks
from challenge.enrollment.confirm import ConfirmResult, confirm
from challenge.enrollment.hold_words import hold_words
from challenge.mail.links import Purpose, token
from challenge.models import Enrollment
from challenge.site.capability import capability, link_error
from challenge.site.confirm_form import ConfirmForm

State = Enrollment.State


@capability(Purpose.CONFIRM)
def confirm_page(request: HttpRequest, enrollment: Enrollment) -> HttpResponse:
    now = timezone.now()
    if enrollment.state == State.WITHDRAWN:
        return link_error(request, "gone", 410)
    if request.method == "POST":
        return _confirm(request, enrollment, now)
    if enrollment.state == State.PENDING:
        return _ask(request, enrollment, ConfirmForm(enrollment=enrollment, now=now))
    if enrollment.state == State.SCREENING:
        return _to_the_questions(enrollment, now)
    on_its_way = enrollment.next_due_at is not None and enrollment.next_due_at <= now
    context = {"enrollment": enrollment, "on_its_way": on_its_way, "held": hold_words(enrollment)}
    return render(request, "pages/confirmed.html", context)


def _confirm(request: HttpRequest, enrollment: Enrollment, now: datetime) -> HttpResponse:
    if enrollment.state != State.PENDING:
        return redirect(request.path)
    form = ConfirmForm(request.POST, enrollment=enrollment, now=now)
    if form.is_of_another_wish:
        return _ask_anew(request, enrollment, now)
    if not form.is_valid():
        return _ask(request, enrollment, form, status=422)
    outcome = confirm(enrollment.pk, form.confirmation, now)
    if outcome is ConfirmResult.GONE:
        return link_error(request, "gone", 410)
    if outcome is ConfirmResult.CHANGED:
        return _ask_anew(request, Enrollment.objects.get(pk=enrollment.pk), now)
    tasks.nudge(tasks.send)
    return _to_the_questions(enrollment, now)


def _to_the_questions(enrollment: Enrollment, now: datetime) -> HttpResponse:
    """Lead straight on, so that the first lesson still comes within minutes."""
    return redirect("screening", token(Purpose.SCREENING, now, enrollment))


def _ask_anew(request: HttpRequest, enrollment: Enrollment, now: datetime) -> HttpResponse:
    """Show what holds now: the page that was posted showed something else."""
    form = ConfirmForm(enrollment=enrollment, now=now)
    return _ask(request, enrollment, form, has_changed=True, status=409)


def _ask(
    request: HttpRequest,
    enrollment: Enrollment,
    form: ConfirmForm,
    *,
    has_changed: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {"enrollment": enrollment, "form": form, "has_changed": has_changed}
    return render(request, "pages/confirm.html", context, status=status)
