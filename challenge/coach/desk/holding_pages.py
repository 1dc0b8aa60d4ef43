"""The coach's pages that hold a runner's exercise and clear the hold. A GET shows the form; each looks again
at what is open, in the transaction that changes it."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.fields import NoteField
from accounts.models import Consent, has_consented
from challenge.coach.access import coach_of
from challenge.coach.desk.holds import OpenHold, open_holds
from challenge.coach.desk.links import back
from challenge.coach.history import LoggedAction, log
from challenge.coach.wording import runner_label, shortly
from challenge.enrollment.holding import HELD_FROM, Danger, clear, hold
from challenge.enrollment.transitions import locked
from challenge.models import Enrollment, Event, Hold, SafetyLevel
from challenge.tasks import nudge, send

ROWS = {"rows": 6, "dir": "auto"}


class HoldForm(forms.Form):
    level = forms.ChoiceField(
        label=gettext_lazy("How soon somebody should examine the runner"),
        choices=SafetyLevel.choices,
        initial=SafetyLevel.TODAY,
    )
    words_only = forms.BooleanField(label=gettext_lazy("Lessons go on without exercise"), required=False)
    said = NoteField(
        label=gettext_lazy("Why (for the coaches; the runner's own data show it too)"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs=ROWS),
    )


class ClearForm(forms.Form):
    """`seen` names the holds that the page showed."""

    because = NoteField(
        label=gettext_lazy("Why the exercise may go on"),
        max_length=2000,
        widget=forms.Textarea(attrs=ROWS),
        error_messages={"required": gettext_lazy("Write who examined the runner, and what was agreed.")},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


def hold_view(request: HttpRequest, enrollment_id: int) -> HttpResponse:
    enrollment = _enrollment(enrollment_id)
    form = HoldForm(request.POST or None)
    keeps_words = has_consented(enrollment.runner, Consent.Purpose.HEALTH)
    if not keeps_words:
        del form.fields["level"], form.fields["said"]
    if form.is_valid():
        _hold(request, enrollment, form)
        return HttpResponseRedirect(back(request, enrollment_id))
    context = {"form": form, "may_hold": enrollment.state in HELD_FROM, "holds": open_holds(enrollment)}
    context["keeps_words"] = keeps_words
    return _page(request, enrollment, _("Hold the exercise"), "admin/desk/hold.html", context)


def _hold(request: HttpRequest, enrollment: Enrollment, form: HoldForm) -> None:
    """Hold, unless another coach has done so, or the course is over."""
    said, now = form.cleaned_data.get("said"), timezone.now()
    danger = Danger(
        Hold.Reason.COACH,
        SafetyLevel(form.cleaned_data.get("level", SafetyLevel.TODAY)),
        Hold.Source.COACH,
        {"said": said} if said else {},
        form.cleaned_data["words_only"],
    )
    with locked(enrollment.pk) as fresh:
        if fresh.state not in HELD_FROM:
            messages.warning(request, _("Not held: this course has no lessons to hold."))
            return
        by_coach = fresh.holds.filter(source=Hold.Source.COACH, cleared_at=None)
        if earlier := by_coach.filter(words_only=danger.words_only).first():
            told = _("A coach holds it already, since %(time)s. Nothing was changed.")
            messages.info(request, told % {"time": shortly(earlier.opened_at)})
            return
        hold(enrollment.pk, danger, Event.Actor.COACH, now)
        log(request, [enrollment], LoggedAction.HELD)
    messages.success(request, _("The exercise is on hold until a coach clears it."))
    nudge(send)


def clear_view(request: HttpRequest, enrollment_id: int) -> HttpResponse:
    enrollment = _enrollment(enrollment_id)
    form = ClearForm(request.POST or None)
    if form.is_valid() and _clear(request, enrollment, form):
        return HttpResponseRedirect(back(request, enrollment_id))
    holds = open_holds(enrollment)
    context = {"form": form, "holds": holds, "seen": _named(holds), "last": _last_cleared(enrollment)}
    return _page(request, enrollment, _("Clear the hold"), "admin/desk/clear.html", context)


def _clear(request: HttpRequest, enrollment: Enrollment, form: ClearForm) -> bool:
    """Clear all that the coach has seen. Return False where something was told meanwhile."""
    seen = set(form.cleaned_data["seen"].split(","))
    with locked(enrollment.pk):
        if not {str(each.hold.pk) for each in open_holds(enrollment)} <= seen:
            said = _("Something was told since you opened this page: read it first. Nothing was cleared.")
            form.add_error(None, said)
            return False
        cleared = clear(enrollment.pk, coach_of(request), form.cleaned_data["because"], timezone.now())
        if cleared:
            log(request, [enrollment], LoggedAction.CLEARED)
    if cleared:
        messages.success(request, _("The hold is cleared, and the runner is told."))
        nudge(send)
    else:
        messages.info(request, _last_cleared(enrollment) or _("There is no hold to clear."))
    return True


def _last_cleared(enrollment: Enrollment) -> str:
    last = enrollment.holds.filter(cleared_at__isnull=False).select_related("cleared_by")
    found = last.order_by("-cleared_at").first()
    if not found or not found.cleared_at:
        return ""
    who = found.cleared_by.get_short_name() if found.cleared_by else _("A coach")
    return _("%(who)s cleared it at %(time)s.") % {"who": who, "time": shortly(found.cleared_at)}


def _named(holds: list[OpenHold]) -> str:
    return ",".join(str(each.hold.pk) for each in holds)


def _enrollment(enrollment_id: int) -> Enrollment:
    return get_object_or_404(Enrollment.objects.select_related("runner", "program"), pk=enrollment_id)


def _page(
    request: HttpRequest, enrollment: Enrollment, title: str, template: str, context: dict[str, Any]
) -> HttpResponse:
    frame = {
        **admin.site.each_context(request),
        "title": title,
        "opts": Enrollment._meta,
        "enrollment": enrollment,
        "who": runner_label(enrollment),
        "back": back(request, enrollment.pk),
    }
    return TemplateResponse(request, template, {**frame, **context})
