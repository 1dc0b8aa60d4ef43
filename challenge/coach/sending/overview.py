"""The page on sending: today's mail and its rate, the alarms, and the runners without today's lesson."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet, Window
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from challenge.coach.runners.lesson_status import LessonStatus
from challenge.coach.runners.unreachable import bad_address, unreachable
from challenge.coach.runners.without_lesson import without_todays_lesson
from challenge.coach.wording import NOTHING, ago, shortly, when
from challenge.models import Alarm, Delivery, Enrollment, Limit
from challenge.models.heartbeat import Heartbeat, last
from challenge.monitoring.statistics import Tally, by_domain, queue, start_of_day, today
from challenge.monitoring.wording import AlarmText

PAGE = 50
DOMAINS = 20
Fact = tuple[str, str]


@require_safe
def sending_page(request: HttpRequest) -> HttpResponse:
    """Show the page; the number of statements does not depend on the number of runners."""
    now = timezone.now()
    midnight = start_of_day(now)
    tally, rate = today(midnight, now)
    without_lesson = without_todays_lesson(now).select_related("runner", "program")
    rows, page = _page(without_lesson, request.GET.get("page", ""))
    lesson_status = LessonStatus(rows, now)
    suspended = Limit.objects.filter(suspended_until__gt=now)
    context = {
        **admin.site.each_context(request),
        "title": _("Sending"),
        "opts": Delivery._meta,
        "alarms": [(alarm, AlarmText(alarm.code, alarm.values)) for alarm in Alarm.objects.all()],
        "suspended": [limit for limit in suspended if limit.is_suspended(now)],
        "tally": _tally(tally),
        "facts": _facts(rate.short, rate.long, now),
        "domains": list(by_domain(midnight, now, DOMAINS).items()),
        "page": page,
        "without_lesson": [(enrollment, lesson_status.of(enrollment)) for enrollment in rows],
    }
    return TemplateResponse(request, "admin/challenge/delivery/sending.html", context)


def _page(without_lesson: QuerySet[Enrollment], asked: str) -> tuple[list[Enrollment], Page[int]]:
    """Return the rows of a page, and the page. One statement also counts all rows, as the search is slow."""
    counted = without_lesson.annotate(total=Window(Count("pk")))
    number = int(asked) if asked.isdecimal() and 0 < int(asked) < 1_000_000 else 1
    rows: list[Any] = list(counted[(number - 1) * PAGE : number * PAGE])
    if not rows and number > 1:
        return _page(without_lesson, "1")
    total = rows[0].total if rows else 0
    return rows, Paginator(range(total), PAGE).get_page(number)


def _tally(tally: Tally) -> list[tuple[str, int]]:
    return [
        (_("Due today"), tally.due),
        (_("Sent"), tally.sent),
        (_("Waiting"), tally.waiting),
        (_("Retry"), tally.retry),
        (_("Failed"), tally.failed),
        (_("Held back"), tally.withheld),
        (_("Uncertain"), tally.uncertain),
    ]


def _facts(a_minute: float, in_an_hour: float, now: datetime) -> list[Fact]:
    waiting = queue(now)
    looked = last(Heartbeat.Name.PLANNER)
    # The second condition follows from the first and is cheaper, so it excludes most rows early.
    unreachable_runners = Enrollment.objects.filter(unreachable(), state__in=Enrollment.OPEN_STATES)
    unreachable_runners = unreachable_runners.filter(Q(state=Enrollment.State.PAUSED) | Q(bad_address()))
    oldest = NOTHING
    if waiting.oldest:
        oldest = f"{shortly(waiting.oldest)} ({ago(waiting.oldest, now)})"
    return [
        (_("Mails a minute, last 5 minutes"), f"{a_minute:.1f}"),
        (_("Mails a minute, last hour"), f"{in_an_hour:.1f}"),
        (_("May leave now"), str(waiting.due)),
        (_("Oldest that is due"), oldest),
        (_("The planner last looked"), ago(looked, now) if looked else _("never")),
        (_("Unreachable runners"), str(unreachable_runners.count())),
        (_("This page is of"), when(now)),
    ]
