"""The page of the ten questions before the course. What follows from the answers is shown to the browser that
answered alone: a mail is passed on."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.models import Consent, has_consented
from challenge import tasks
from challenge.enrollment.leaving import current_run
from challenge.enrollment.what_next import what_next
from challenge.mail.links import Purpose
from challenge.models import Enrollment, Stretch
from challenge.safety.answering import NotAsked, answer, heed_unsaved
from challenge.safety.screening import ScreeningResult
from challenge.safety.screening_list import ASK_BOXES, MOVEMENT_BOXES, QUESTIONS, SOME, URGENT_BOXES
from challenge.site.capability import capability, link_error
from challenge.site.doubt import FIELD, doubt_of, served
from challenge.site.screening_form import ALL_NO, ONE_OF_THEM, ScreeningForm

State = Enrollment.State
THE_LIST = {"questions": QUESTIONS, "boxes": (*URGENT_BOXES, *ASK_BOXES, *MOVEMENT_BOXES)}


@capability(Purpose.SCREENING)
def screening_page(request: HttpRequest, enrollment: Enrollment) -> HttpResponse:
    now, run = timezone.now(), current_run(enrollment)
    if run.state in (State.PENDING, State.WITHDRAWN):
        return link_error(request, "gone", 410)
    if request.method != "POST" and not run.is_asked_for_screening:
        return _answered(request, run, None, now)
    # Nobody has read ten questions in two seconds; a program that tries every button of a page has.
    is_too_fast = request.method == "POST" and bool(doubt_of(request, None, now))
    if not has_consented(run.runner, Consent.Purpose.HEALTH):
        return _with_two_buttons(request, run, now, is_too_fast=is_too_fast)
    form = ScreeningForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and not is_too_fast:
        return _save(request, run, form.codes, now)
    is_heard = form.is_bound and not is_too_fast and not form.says_all_no
    urgent = heed_unsaved(run.pk, form.codes, now) if is_heard else None
    if urgent:
        tasks.nudge(tasks.send)
    return _ask(request, run, "pages/screening.html", form=form, is_too_fast=is_too_fast, urgent=urgent)


def _with_two_buttons(
    request: HttpRequest, run: Enrollment, now: datetime, *, is_too_fast: bool
) -> HttpResponse:
    """Ask somebody whose answers are not kept: none of the list, or one of it. A form that was opened under a
    consent that has ended since is judged all the same."""
    said, form = request.POST.get("answer", ""), ScreeningForm(request.POST)
    if said == ONE_OF_THEM and not is_too_fast:
        return _save(request, run, [SOME], now)
    if (form.is_valid() or said == ALL_NO) and not is_too_fast:
        return _save(request, run, form.codes, now)
    return _ask(request, run, "pages/screening_list.html", is_too_fast=is_too_fast, **THE_LIST)


def _ask(
    request: HttpRequest, run: Enrollment, template: str, *, is_too_fast: bool, **context: Any
) -> HttpResponse:
    status = 422 if request.method == "POST" else 200
    # Whoever has read the questions once need not read them again after a slip.
    was_read = status == 422 and not is_too_fast
    context |= {
        "enrollment": run,
        "is_refused": status == 422,
        "begins": run.state == State.SCREENING,
        "is_too_fast": is_too_fast,
        "served": request.POST[FIELD] if was_read else served(timezone.now()),
    }
    return render(request, template, context, status=status)


def _save(request: HttpRequest, run: Enrollment, codes: list[str], now: datetime) -> HttpResponse:
    try:
        result = answer(run.pk, codes, now)
    except NotAsked:
        return link_error(request, "gone", 410)
    tasks.nudge(tasks.plan)
    tasks.nudge(tasks.send)
    run.refresh_from_db()
    return _answered(request, run, result, now)


def _answered(
    request: HttpRequest, run: Enrollment, result: ScreeningResult | None, now: datetime
) -> HttpResponse:
    slugs = result.left_out if result else ()
    titles = Stretch.objects.filter(program=run.program_id, slug__in=slugs).order_by("title")
    context = {
        "enrollment": run,
        "result": result,
        "is_some": result is not None and SOME in result.codes,
        "left_out": list(titles.values_list("title", flat=True)),
        "what_next": what_next(run, now),
    }
    return render(request, "pages/screened.html", context)
