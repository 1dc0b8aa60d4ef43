"""The page of a day's check-in. It says that an answer is saved, never what: a mail is passed on."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.models import Consent, has_consented
from challenge import tasks
from challenge.checkins.earlier import put_back, remove, to_put_back
from challenge.checkins.heeding import hear
from challenge.checkins.open_days import is_open, last_date, sent_lesson
from challenge.checkins.record import (
    PAIN_TO_STOP,
    CheckInData,
    Closed,
    TooManyChanges,
    filled,
    heed_unsaved,
    record,
)
from challenge.checkins.told_pain import asks_for_morning
from challenge.enrollment.hold_words import hold_words
from challenge.mail.links import Purpose
from challenge.models import CheckIn, Delivery, EarlierCheckIn, Enrollment, SafetyRules
from challenge.safety.advice import advice
from challenge.site import own_answer
from challenge.site.capability import capability
from challenge.site.check_in_form import CheckInForm
from challenge.site.doubt import doubt_of, served

# What was just done, as the address of the page says it after the redirect.
SAVED, REMOVED, BACK = "saved", "removed", "back"
# As the form holds them, whether saved or only posted.
SCORES_TO_STOP = {str(score) for score in range(PAIN_TO_STOP, 11)}


@capability(Purpose.CHECK_IN)
def check_in_page(request: HttpRequest, enrollment: Enrollment, day: int, choice: str = "") -> HttpResponse:
    """Show the form of a day, with buttons to remove what is saved and to put back what was."""
    now, action = timezone.now(), request.POST.get("action", "")
    lesson = sent_lesson(enrollment.pk, day)
    if lesson is None:
        return _closed(request, enrollment, day)
    if enrollment.state == Enrollment.State.WITHDRAWN:
        return _closed(request, enrollment, day, said=_said_too_late(request, enrollment, lesson, now))
    try:
        if action == "remove":
            return _remove(request, enrollment, day, now)
        if action == "put-back":
            return _put_back(request, enrollment, lesson, now)
        if not is_open(lesson, now):
            return _too_late(request, enrollment, lesson, now)
        return _form_page(request, enrollment, lesson, choice, now)
    except Closed:
        return _closed(request, enrollment, day)


def _form_page(
    request: HttpRequest, enrollment: Enrollment, lesson: Delivery, choice: str, now: datetime
) -> HttpResponse:
    saved = _saved(request, enrollment, lesson.day, now)
    check_in, own = saved["check_in"], saved["own"]
    initial = {name: getattr(check_in, name) for name in own.fields}
    proposed = _proposed(choice, initial)
    form = CheckInForm(
        request.POST if request.method == "POST" else None,
        has_consent=has_consented(enrollment.runner, Consent.Purpose.HEALTH),
        asks_for_morning="worse_next_morning" in proposed or asks_for_morning(enrollment.pk, lesson.day),
        initial=initial | proposed,
    )
    status, said, score = 200, own.said, initial.get("pain")
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _save(request, enrollment, lesson, form, choice, now)
            except TooManyChanges:
                status = 429
        said, score = _heed(request, enrollment, lesson, form.check_in_data(), now)
    # A browser that keeps no cookie is always told the rule: the page can't know what it has just saved.
    is_unknown = saved["done"] == SAVED and not own.fields
    context = saved | {
        "enrollment": enrollment,
        "day": lesson.day,
        "lesson": lesson,
        "form": form,
        "proposes": bool(proposed),
        "too_many": status == 429,
        "last_date": last_date(lesson),
        "said": _advice(said, score),
        "hurts": is_unknown or str(form["pain"].value()) in SCORES_TO_STOP,
    }
    return render(request, "pages/check_in.html", context, status=status)


def _proposed(choice: str, initial: dict[str, Any]) -> dict[str, str]:
    """Return the answer that a link proposes, of the session or the morning, unless it is saved already."""
    choices = {"status": CheckIn.Status.values, "worse_next_morning": CheckIn.Morning.values}
    return {name: choice for name, all in choices.items() if choice in all and initial.get(name) != choice}


def _heed(
    request: HttpRequest, enrollment: Enrollment, lesson: Delivery, data: CheckInData, now: datetime
) -> tuple[Iterable[str], int | None]:
    """Heed an answer that could not be saved. Return the codes of what it asks for, and its score."""
    codes = hear(enrollment.pk, lesson.day, data, SafetyRules.current()).codes
    if codes and not doubt_of(request, lesson.sent_at, now):
        heed_unsaved(enrollment.pk, lesson.day, data, now)
        enrollment.refresh_from_db(fields=["state"])
        tasks.nudge(tasks.send)
    return codes, data.pain


def _advice(codes: Iterable[str], score: int | None) -> list[str]:
    values = {"score": str(score or ""), "days": str(SafetyRules.current().days_left_out) if codes else ""}
    return [words for code in codes if (words := advice(code, values))]


def _saved(request: HttpRequest, enrollment: Enrollment, day: int, now: datetime) -> dict[str, Any]:
    """Return what the page tells of the answers of a day."""
    check_in = CheckIn.objects.filter(enrollment=enrollment, day=day).first()
    done = next((done for done in (SAVED, REMOVED, BACK) if done in request.GET), "")
    return {
        "served": served(now),
        "check_in": check_in,
        "own": own_answer.read(request, enrollment, check_in),
        "earlier": to_put_back(enrollment.pk, day, now),
        "held": hold_words(enrollment),
        "done": done if (done == REMOVED) == (check_in is None) else "",
    }


def _too_late(request: HttpRequest, enrollment: Enrollment, lesson: Delivery, now: datetime) -> HttpResponse:
    """Explain that nothing can be saved any more; what a late form tells is heeded all the same."""
    said = _said_too_late(request, enrollment, lesson, now)
    return _closed(request, enrollment, lesson.day, said=said, **_saved(request, enrollment, lesson.day, now))


def _said_too_late(
    request: HttpRequest, enrollment: Enrollment, lesson: Delivery, now: datetime
) -> list[str]:
    if request.method != "POST":
        return []
    form = CheckInForm(request.POST, has_consent=True)
    form.full_clean()
    return _advice(*_heed(request, enrollment, lesson, form.check_in_data(), now))


def _closed(request: HttpRequest, enrollment: Enrollment, day: int, **saved: Any) -> HttpResponse:
    context = {"enrollment": enrollment, "day": day, "held": hold_words(enrollment), **saved}
    return render(request, "pages/check_in_closed.html", context, status=410)


def _save(
    request: HttpRequest,
    enrollment: Enrollment,
    lesson: Delivery,
    form: CheckInForm,
    choice: str,
    now: datetime,
) -> HttpResponse:
    day, data = lesson.day, form.check_in_data()
    check_in = record(
        enrollment.pk,
        day,
        data,
        now,
        keep_health=bool(form.cleaned_data.get("keep_health")),
        doubt=doubt_of(request, lesson.sent_at, now),
        choice=choice,
    )
    tasks.nudge(tasks.recalculate_progress, enrollment.pk)
    # Only of the answer that was really replaced: another browser may have saved at the same moment.
    replaced = EarlierCheckIn.objects.filter(enrollment=enrollment, day=day).order_by("-pk").first()
    own = own_answer.read(request, enrollment, replaced).with_answer(filled(data), check_in.updated_at)
    told: dict[str, Any] = {name: getattr(check_in, name) for name in own.fields} | filled(data)
    heard = hear(enrollment.pk, day, CheckInData(**{"status": "", **told}), SafetyRules.current())
    if heard.holds and not check_in.doubt:
        tasks.nudge(tasks.send)
    answer = _to_the_page(request, SAVED)
    own_answer.write(answer, enrollment, check_in, own.told(heard.codes))
    return answer


def _remove(request: HttpRequest, enrollment: Enrollment, day: int, now: datetime) -> HttpResponse:
    check_in = CheckIn.objects.filter(enrollment=enrollment, day=day).first()
    own = own_answer.read(request, enrollment, check_in)
    remove(enrollment.pk, day, now, own.answers)
    tasks.nudge(tasks.recalculate_progress, enrollment.pk)
    answer = _to_the_page(request, REMOVED)
    own_answer.forget(answer)
    return answer


def _put_back(request: HttpRequest, enrollment: Enrollment, lesson: Delivery, now: datetime) -> HttpResponse:
    doubt = doubt_of(request, lesson.sent_at, now)
    is_back = put_back(enrollment.pk, lesson.day, request.POST.get("answer", ""), now, doubt)
    tasks.nudge(tasks.recalculate_progress, enrollment.pk)
    tasks.nudge(tasks.send)
    return _to_the_page(request, BACK if is_back else "")


def _to_the_page(request: HttpRequest, done: str) -> HttpResponse:
    """Redirect to the link without its proposed answer, so that a reload shows how the day stands."""
    token = request.resolver_match.kwargs["token"] if request.resolver_match else ""
    return redirect(f"{reverse('check-in', args=[token])}?{done}")
