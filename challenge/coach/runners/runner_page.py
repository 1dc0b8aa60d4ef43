"""One runner's page: facts, actions, progress, and the timeline."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.models import Consent
from challenge.coach import wording
from challenge.coach.desk.holds import open_holds
from challenge.coach.runners import actions, day_strip
from challenge.coach.runners.enrollment_queries import with_row_data
from challenge.coach.runners.giving_back import titles_of
from challenge.coach.runners.lesson_status import LessonStatus
from challenge.coach.runners.timeline import timeline
from challenge.coach.runners.without_lesson import without_todays_lesson
from challenge.coach.wording import runner_label
from challenge.enrollment.holding import HELD_FROM
from challenge.enrollment.hours import zone_choices
from challenge.enrollment.transitions import reschedule
from challenge.models import Enrollment, Event, Progress, Suppression
from challenge.safety.screening import in_words

Fact = tuple[str, str]
QUARTER = 15


class RescheduleForm(forms.Form):
    send_at = forms.TimeField(
        label=gettext_lazy("Hour"),
        widget=forms.TimeInput(attrs={"type": "time", "step": QUARTER * 60}, format="%H:%M"),
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=zone_choices)

    def clean_send_at(self) -> time:
        send_at: time = self.cleaned_data["send_at"]
        if send_at.minute % QUARTER or send_at.second:
            raise forms.ValidationError(_("Choose a full quarter of an hour, such as 06:15."))
        return send_at


@require_safe
def runner_page(request: HttpRequest, enrollment_id: int) -> HttpResponse:
    """Show one enrollment; nothing on the page is edited in place."""
    enrollment = get_object_or_404(with_row_data(Enrollment.objects.all()), pk=enrollment_id)
    now = timezone.now()
    context = {
        **_frame(request, enrollment, runner_label(enrollment)),
        "lesson_status": _lesson_status(enrollment, now),
        "facts": _facts(enrollment, now),
        "progress": _progress(enrollment),
        "day_strip": day_strip.render(enrollment),
        "legend": day_strip.legend(),
        "actions": [action for action in actions.ACTIONS.values() if enrollment.state in action.states],
        "may_reschedule": enrollment.state in Enrollment.OPEN_STATES,
        "holds": open_holds(enrollment),
        "may_hold": enrollment.state in HELD_FROM,
        "timeline": timeline(enrollment),
        "others": Enrollment.objects.filter(runner=enrollment.runner).exclude(pk=enrollment.pk),
    }
    return TemplateResponse(request, "admin/challenge/enrollment/runner.html", context)


def reschedule_view(request: HttpRequest, enrollment_id: int) -> HttpResponse:
    """Change the hour or the time zone of a runner, as the runner can too."""
    enrollment = get_object_or_404(Enrollment.objects.select_related("runner", "program"), pk=enrollment_id)
    current = {"send_at": enrollment.send_at, "time_zone": enrollment.time_zone}
    form = RescheduleForm(request.POST or None, initial=current)
    if form.is_valid():
        send_at, time_zone = form.cleaned_data["send_at"], form.cleaned_data["time_zone"]
        if reschedule(enrollment.pk, send_at, time_zone, Event.Actor.COACH, timezone.now()):
            messages.success(request, _("The hour is changed."))
        else:
            messages.warning(request, _("Nothing was changed."))
        return HttpResponseRedirect(reverse("admin:challenge_enrollment_change", args=[enrollment.pk]))
    context = {**_frame(request, enrollment, _("Change hour or time zone")), "form": form}
    return TemplateResponse(request, "admin/challenge/enrollment/reschedule.html", context)


def _frame(request: HttpRequest, enrollment: Enrollment, title: str) -> dict[str, Any]:
    return {
        **admin.site.each_context(request),
        "title": title,
        "opts": Enrollment._meta,
        "enrollment": enrollment,
        "who": runner_label(enrollment),
    }


def _facts(enrollment: Enrollment, now: datetime) -> list[Fact]:
    zone = enrollment.time_zone.replace("_", " ")
    due = _("nothing")
    if enrollment.next_due_at:
        due = wording.when(enrollment.next_due_at)
        if local_time := wording.runner_time_if_other(enrollment.next_due_at, enrollment):
            due = _("%(coach)s; for the runner %(runner)s") % {"coach": due, "runner": local_time}
    cohort = [(_("Cohort"), str(enrollment.cohort))] if enrollment.cohort else []
    return [
        (_("State"), wording.state_and_day(enrollment)),
        *(
            [(_("Unreachable"), capfirst(reason))]
            if (reason := wording.unreachable_reason(enrollment))
            else []
        ),
        (_("Program"), str(enrollment.program)),
        *cohort,
        (_("Next lesson"), due),
        (_("Hour"), f"{enrollment.send_at:%H:%M} {zone}"),
        (_("Local time now"), wording.runner_time(now, enrollment)),
        (_("Starts on"), f"{enrollment.starts_on:%Y-%m-%d}"),
        (_("Signed up"), wording.when(enrollment.created_at)),
        (_("Confirmed"), wording.when(enrollment.confirmed_at)),
        *_screening(enrollment),
        *_consents(enrollment),
    ]


def _screening(enrollment: Enrollment) -> list[Fact]:
    """Return what the last answers to the questions before the course were, and what they leave out."""
    last = enrollment.screenings.last()
    if last is None:
        return [(_("Screening"), _("not answered"))]
    ticked = "; ".join(in_words(last.answers))
    said = last.get_result_display() or _("the answers are not kept")
    facts = [(_("Screening"), f"{said}: {ticked}" if ticked else said)]
    if enrollment.left_out:
        facts.append((_("Left out"), ", ".join(title for _slug, title in titles_of(enrollment))))
    return facts


def _lesson_status(enrollment: Enrollment, now: datetime) -> str:
    """Return why the runner did not get today's lesson; empty when it came, or none is due."""
    is_without = without_todays_lesson(now).filter(pk=enrollment.pk).exists()
    return LessonStatus([enrollment], now).of(enrollment) if is_without else ""


def _consents(enrollment: Enrollment) -> list[Fact]:
    """Return the consents in force, and the suppression of the address if there is one."""
    given = Consent.objects.filter(user=enrollment.runner_id, withdrawn_at=None, given_at__isnull=False)
    since = dict(given.values_list("purpose", "given_at"))
    facts = []
    for purpose in Consent.Purpose:
        at = since.get(purpose)
        text = _("since %(time)s") % {"time": wording.when(at)} if at else _("no")
        facts.append((_("Consent to %(purpose)s") % {"purpose": purpose.label}, text))
    suppressed = Suppression.objects.filter(address_hash=enrollment.runner.address_hash).first()
    if suppressed:
        reason = _("never written to: %(reason)s") % {"reason": suppressed.get_reason_display()}
        facts.append((_("Address"), reason))
    return facts


def _progress(enrollment: Enrollment) -> list[Fact]:
    progress = Progress.objects.filter(enrollment=enrollment).first() or Progress()
    return [
        (_("Done"), str(progress.done)),
        (_("Partly"), str(progress.partly)),
        (_("Not today"), str(progress.not_today)),
        (_("Streak"), str(progress.streak)),
    ]
