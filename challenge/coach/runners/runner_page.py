"""One runner's page: who she is, where she stands, what she may be moved to, and her story."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Consent
from challenge.coach import wording
from challenge.coach.runners import actions, day_strip
from challenge.coach.runners.enrollment_queries import with_rows
from challenge.coach.runners.hour_form import HourForm
from challenge.coach.runners.lesson_status import Reasons
from challenge.coach.runners.timeline import story
from challenge.coach.runners.without_lesson import without_todays_lesson
from challenge.enrollment.transitions import reschedule
from challenge.models import Enrollment, Event, Progress, Suppression

Fact = tuple[str, str]


@require_safe
def runner_page(request: HttpRequest, enrollment_id: int) -> HttpResponse:
    """The page of one enrollment; nothing on it is edited in place."""
    enrollment = get_object_or_404(with_rows(Enrollment.objects.all()), pk=enrollment_id)
    now = timezone.now()
    context = {
        **_frame(request, enrollment, actions.who(enrollment)),
        "why_not_today": _why_not_today(enrollment, now),
        "facts": _facts(enrollment, now),
        "progress": _progress(enrollment),
        "strip": day_strip.strip(enrollment),
        "legend": day_strip.legend(),
        "moves": [move for move in actions.MOVES.values() if enrollment.state in move.states],
        "may_reschedule": enrollment.state in Enrollment.OPEN_STATES,
        "story": story(enrollment),
        "others": Enrollment.objects.filter(runner=enrollment.runner).exclude(pk=enrollment.pk),
    }
    return TemplateResponse(request, "admin/challenge/enrollment/runner.html", context)


def reschedule_view(request: HttpRequest, enrollment_id: int) -> HttpResponse:
    """Move a runner to another hour or time zone, as she can herself."""
    enrollment = get_object_or_404(Enrollment.objects.select_related("runner", "program"), pk=enrollment_id)
    standing = {"send_at": enrollment.send_at, "time_zone": enrollment.time_zone}
    form = HourForm(request.POST or None, initial=standing)
    if form.is_valid():
        wish = form.cleaned_data["send_at"], form.cleaned_data["time_zone"]
        if reschedule(enrollment.pk, *wish, Event.Actor.COACH, timezone.now()):
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
        "who": actions.who(enrollment),
    }


def _facts(enrollment: Enrollment, now: datetime) -> list[Fact]:
    zone = enrollment.time_zone.replace("_", " ")
    due = _("nothing")
    if enrollment.next_due_at:
        due = wording.when(enrollment.next_due_at)
        if hers := wording.if_other(enrollment.next_due_at, enrollment):
            due = _("%(ours)s; for the runner %(hers)s") % {"ours": due, "hers": hers}
    cohort = [(_("Cohort"), str(enrollment.cohort))] if enrollment.cohort else []
    return [
        (_("State"), wording.state_and_day(enrollment)),
        *([(_("Unreachable"), capfirst(why))] if (why := wording.why_unreachable(enrollment)) else []),
        (_("Program"), str(enrollment.program)),
        *cohort,
        (_("Next lesson"), due),
        (_("Hour"), f"{enrollment.send_at:%H:%M} {zone}"),
        (_("Local time now"), wording.on_her_clock(now, enrollment)),
        (_("Starts on"), f"{enrollment.starts_on:%Y-%m-%d}"),
        (_("Signed up"), wording.when(enrollment.created_at)),
        (_("Confirmed"), wording.when(enrollment.confirmed_at)),
        *_consents(enrollment),
    ]


def _why_not_today(enrollment: Enrollment, now: datetime) -> str:
    """Why she did not get today's lesson; empty when she did, and for whom no lesson is meant."""
    missing = without_todays_lesson(now).filter(pk=enrollment.pk).exists()
    return Reasons([enrollment], now).of(enrollment) if missing else ""


def _consents(enrollment: Enrollment) -> list[Fact]:
    """Which consents count now, and whether the address is one that is never written to."""
    given = Consent.objects.filter(user=enrollment.runner_id, withdrawn_at=None, given_at__isnull=False)
    since = dict(given.values_list("purpose", "given_at"))
    facts = []
    for purpose in Consent.Purpose:
        at = since.get(purpose)
        said = _("since %(time)s") % {"time": wording.when(at)} if at else _("no")
        facts.append((_("Consent to %(purpose)s") % {"purpose": purpose.label}, said))
    suppressed = Suppression.objects.filter(address_hash=enrollment.runner.address_hash).first()
    if suppressed:
        why = _("never written to: %(reason)s") % {"reason": suppressed.get_reason_display()}
        facts.append((_("Address"), why))
    return facts


def _progress(enrollment: Enrollment) -> list[Fact]:
    progress = Progress.objects.filter(enrollment=enrollment).first() or Progress()
    return [
        (_("Done"), str(progress.done)),
        (_("Partly"), str(progress.partly)),
        (_("Not today"), str(progress.not_today)),
        (_("Streak"), str(progress.streak)),
    ]
