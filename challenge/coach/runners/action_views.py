"""Moves from the desk: the actions of the list, the buttons of one runner's page, and the page that
asks before what can't be taken back."""

import re
from collections.abc import Callable, Sequence

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from challenge.coach.access import Base
from challenge.coach.runners import actions
from challenge.coach.runners.saved_filters import list_url
from challenge.models import Enrollment
from challenge.tasks import nudge, send

Action = Callable[[Base[Enrollment], HttpRequest, QuerySet[Enrollment]], HttpResponse | None]


def as_action(move: actions.Move) -> Action:
    """A move as an action of the list."""

    @admin.action(description=move.label)
    def act(
        model_admin: Base[Enrollment], request: HttpRequest, chosen: QuerySet[Enrollment]
    ) -> HttpResponse | None:
        enrollments = _in_full(chosen)
        if move.question:
            return _ask(request, move, enrollments, from_runner=False)
        _make(request, move, enrollments)
        return None

    act.__name__ = move.name
    return act


@require_POST
def move_view(request: HttpRequest) -> HttpResponse:
    """Do a move: a button of one runner's page, or the yes to a question.

    The ids come in one field, because Django reads at most a thousand fields.
    """
    move = actions.MOVES.get(request.POST.get("move", ""))
    ids = [int(text) for text in re.findall(r"\b[0-9]{1,18}\b", request.POST.get("ids", ""))]
    if move is None or not ids:
        raise Http404
    enrollments = _in_full(Enrollment.objects.filter(pk__in=ids))
    from_runner = "from_runner" in request.POST and len(ids) == 1
    if move.question and "sure" not in request.POST:
        return _ask(request, move, enrollments, from_runner=from_runner)
    _make(request, move, enrollments)
    return HttpResponseRedirect(_back(request, ids, from_runner=from_runner))


def _in_full(chosen: QuerySet[Enrollment]) -> list[Enrollment]:
    people = chosen.prefetch_related(None).select_related("runner", "program")
    return list(people.order_by("runner__email", "pk"))


def _back(request: HttpRequest, ids: Sequence[int], *, from_runner: bool) -> str:
    if from_runner:
        return reverse("admin:challenge_enrollment_change", args=ids)
    return list_url(request.POST.get("query", ""))


def _make(request: HttpRequest, move: actions.Move, enrollments: list[Enrollment]) -> None:
    account = actions.make(move, enrollments, timezone.now())
    did, refused = actions.in_words(move, account)
    if did:
        LogEntry.objects.log_actions(str(request.user.pk), account.did, CHANGE, change_message=str(move.done))
        messages.success(request, did)
    if refused:
        messages.warning(request, refused)
    if move.sends and account.did:
        nudge(send)


def _ask(
    request: HttpRequest, move: actions.Move, enrollments: list[Enrollment], *, from_runner: bool
) -> HttpResponse:
    """The page that says who is moved how, and who is not, before anything happens."""
    obstacles = actions.obstacles(move, enrollments)
    able = [enrollment for enrollment in enrollments if enrollment.pk not in obstacles]
    days = actions.latest_sent([enrollment.pk for enrollment in able]) if move.sends else {}
    query = request.POST.get("query", request.GET.urlencode())
    context = {
        **admin.site.each_context(request),
        "title": move.label,
        "move": move,
        "opts": Enrollment._meta,
        "able": [(actions.who(each), _gets(days[each.pk]) if move.sends else "") for each in able],
        "unable": [(actions.who(each), obstacles[each.pk]) for each in enrollments if each.pk in obstacles],
        "ids": ",".join(str(each.pk) for each in able),
        "query": query,
        "from_runner": from_runner,
        "back": reverse("admin:challenge_enrollment_change", args=[enrollments[0].pk])
        if from_runner and enrollments
        else list_url(query),
    }
    return TemplateResponse(request, "admin/challenge/enrollment/ask.html", context)


def _gets(day: int) -> str:
    return _("gets day %(day)d again") % {"day": day}
