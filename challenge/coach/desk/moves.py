"""What a button of the desk does: acknowledge, resolve, put off, done. Whoever comes second is told who was
first. A GET, as after a login, changes nothing and leads to the desk."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import wraps
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from challenge import schedule
from challenge.coach.access import coach_of
from challenge.coach.desk.rows import acknowledged, resolved
from challenge.coach.history import LoggedAction, log
from challenge.coach.wording import shortly
from challenge.models import DeskItem, Escalation, Hold
from challenge.safety import desk, escalations

DAY, WEEK = timedelta(days=1), 7
View = Callable[[HttpRequest, int], HttpResponse]


def _pressed(view: View) -> View:
    @wraps(view)
    def press(request: HttpRequest, pk: int) -> HttpResponse:
        return view(request, pk) if request.method == "POST" else _to_desk()

    return press


@_pressed
def acknowledge_view(request: HttpRequest, escalation_id: int) -> HttpResponse:
    get_object_or_404(Escalation, pk=escalation_id)
    is_first = escalations.acknowledge(escalation_id, coach_of(request), timezone.now())
    escalation = _escalation(escalation_id)
    if is_first:
        log(request, [escalation.enrollment], LoggedAction.ACKNOWLEDGED)
        messages.success(request, _("You take care of it. Nobody is reminded of it now."))
    else:
        is_over = escalation.state == Escalation.State.RESOLVED
        messages.info(request, resolved(escalation) if is_over else acknowledged(escalation))
    return _to_desk()


@_pressed
def resolve_view(request: HttpRequest, escalation_id: int) -> HttpResponse:
    get_object_or_404(Escalation, pk=escalation_id)
    is_first = escalations.resolve(escalation_id, coach_of(request), timezone.now())
    escalation = _escalation(escalation_id)
    if not is_first:
        messages.info(request, resolved(escalation))
        return _to_desk()
    log(request, [escalation.enrollment], LoggedAction.RESOLVED)
    said = [_("It is resolved.")]
    if Hold.objects.filter(enrollment=escalation.enrollment_id, cleared_at=None).exists():
        said.append(_("The exercise stays on hold until you clear it."))
    messages.success(request, " ".join(said))
    return _to_desk()


@_pressed
def snooze_view(request: HttpRequest, item_id: int) -> HttpResponse:
    """Put an item off for a day, or until Monday on the coach's clock."""
    item, now = _item(item_id), timezone.now()
    ends = {"day": now + DAY, "monday": next_monday(now)}
    until = ends.get(request.POST.get("until", ""))
    if until is None:
        raise Http404
    if desk.snooze(item_id, until):
        log(request, [item.enrollment], LoggedAction.SNOOZED)
        messages.success(request, _("Put off until %(time)s.") % {"time": shortly(until)})
    elif item.done_at:
        messages.info(request, _finished(item))
    else:
        messages.warning(request, _("Not put off: somebody has to take care of it first."))
    return _to_desk()


@_pressed
def done_view(request: HttpRequest, item_id: int) -> HttpResponse:
    enrollment = _item(item_id).enrollment
    if desk.done(item_id, coach_of(request), timezone.now()):
        log(request, [enrollment], LoggedAction.DESK_DONE)
        messages.success(request, _("Done. It stays on record under “Done lately”."))
    elif (item := _item(item_id)).done_at:
        messages.info(request, _finished(item))
    else:
        messages.warning(request, _("An escalation has to be resolved, and a hold to be cleared."))
    return _to_desk()


def next_monday(now: datetime) -> datetime:
    """Return when next Monday begins on the coach's clock."""
    zone = ZoneInfo(settings.COACH_TIME_ZONE)
    today = schedule.local_date(now, zone)
    monday = today + timedelta(days=WEEK - today.weekday())
    return schedule.to_utc(monday, time(), zone)


def _escalation(escalation_id: int) -> Escalation:
    rows = Escalation.objects.select_related("enrollment", "acknowledged_by", "resolved_by")
    return rows.get(pk=escalation_id)


def _item(item_id: int) -> DeskItem:
    return get_object_or_404(DeskItem.objects.select_related("enrollment", "done_by"), pk=item_id)


def _finished(item: DeskItem) -> str:
    if not item.done_by or not item.done_at:
        return _("Its reason has gone by itself.")
    who = {"who": item.done_by.get_short_name(), "time": shortly(item.done_at)}
    return _("%(who)s saw to it at %(time)s.") % who


def _to_desk() -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:index"))
