"""The coach's actions on enrollments, from the list and from a runner's page, and their confirmation page."""

import re
from collections.abc import Callable, Sequence

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from challenge.coach.access import Base
from challenge.coach.history import log
from challenge.coach.runners import actions
from challenge.coach.runners.actions import Action
from challenge.coach.runners.saved_filters import list_url
from challenge.coach.wording import runner_label
from challenge.models import Enrollment
from challenge.tasks import nudge, send

AdminAction = Callable[[Base[Enrollment], HttpRequest, QuerySet[Enrollment]], HttpResponse | None]


def admin_action(action: Action) -> AdminAction:

    @admin.action(description=action.label)
    def act(
        model_admin: Base[Enrollment], request: HttpRequest, chosen: QuerySet[Enrollment]
    ) -> HttpResponse | None:
        enrollments = _load(chosen)
        if action.question:
            return _confirm(request, action, enrollments, from_runner=False)
        _run(request, action, enrollments)
        return None

    act.__name__ = action.name
    return act


@require_POST
def action_view(request: HttpRequest) -> HttpResponse:
    """Run an action: from a button of one runner's page, or after the confirmation. The ids come in one
    field, because Django reads at most a thousand fields."""
    action = actions.ACTIONS.get(request.POST.get("move", ""))
    ids = [int(text) for text in re.findall(r"\b[0-9]{1,18}\b", request.POST.get("ids", ""))]
    if action is None or not ids:
        raise Http404
    enrollments = _load(Enrollment.objects.filter(pk__in=ids))
    from_runner = "from_runner" in request.POST and len(ids) == 1
    if action.question and "sure" not in request.POST:
        return _confirm(request, action, enrollments, from_runner=from_runner)
    _run(request, action, enrollments)
    return HttpResponseRedirect(_back(request, ids, from_runner=from_runner))


def _load(chosen: QuerySet[Enrollment]) -> list[Enrollment]:
    rows = chosen.prefetch_related(None).select_related("runner", "program")
    return list(rows.order_by("runner__email", "pk"))


def _back(request: HttpRequest, ids: Sequence[int], *, from_runner: bool) -> str:
    if from_runner:
        return reverse("admin:challenge_enrollment_change", args=ids)
    return list_url(request.POST.get("query", ""))


def _run(request: HttpRequest, action: Action, enrollments: list[Enrollment]) -> None:
    result = actions.run(action, enrollments, timezone.now())
    done, refused = actions.describe(action, result)
    if done:
        log(request, result.done_for, action.done)
        messages.success(request, done)
    if refused:
        messages.warning(request, refused)
    if action.sends and result.done_for:
        nudge(send)


def _confirm(
    request: HttpRequest, action: Action, enrollments: list[Enrollment], *, from_runner: bool
) -> HttpResponse:
    """Show the enrollments that the action would change, and those it would not."""
    reasons = actions.reasons_against(action, enrollments)
    possible = [enrollment for enrollment in enrollments if enrollment.pk not in reasons]
    days = actions.latest_sent([enrollment.pk for enrollment in possible]) if action.sends else {}
    query = request.POST.get("query", request.GET.urlencode())
    context = {
        **admin.site.each_context(request),
        "title": action.label,
        "action": action,
        "opts": Enrollment._meta,
        "possible": [
            (runner_label(each), _again(days[each.pk]) if action.sends else "") for each in possible
        ],
        "impossible": [(runner_label(each), reasons[each.pk]) for each in enrollments if each.pk in reasons],
        "ids": ",".join(str(each.pk) for each in possible),
        "query": query,
        "from_runner": from_runner,
        "back": reverse("admin:challenge_enrollment_change", args=[enrollments[0].pk])
        if from_runner and enrollments
        else list_url(query),
    }
    return TemplateResponse(request, "admin/challenge/enrollment/confirm.html", context)


def _again(day: int) -> str:
    return _("gets day %(day)d again") % {"day": day}
