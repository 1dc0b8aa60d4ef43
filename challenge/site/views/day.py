"""The web page of a day, as it was sent to one runner, with a form for a question."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import NoteField
from challenge.checkins.record import takes_check_in
from challenge.conversation.questions import TooManyQuestions, record_question
from challenge.curriculum.lesson import Content, replacement_for
from challenge.enrollment.hold_words import hold_words
from challenge.mail.links import Purpose
from challenge.models import Delivery, Enrollment, Message, Stretch
from challenge.site.capability import capability
from challenge.site.fields import PlainForm
from challenge.site.lessons import lesson_context

ASKED = "asked"
# The page of a day thanks for a question for this long.
THANKS = timedelta(hours=1)


class QuestionForm(PlainForm):
    text = NoteField(
        label=_("Your question"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write your question first.")},
    )


@capability(Purpose.DAY)
def day_page(request: HttpRequest, enrollment: Enrollment, day: int) -> HttpResponse:
    """Show the lesson in the revision that this runner was sent last, and a form for a question."""
    now = timezone.now()
    sent = _newest_copy(enrollment, day)
    content: Content = sent.revision.content if sent and sent.revision else {}
    if not content:
        return render(request, "pages/day_gone.html", {"enrollment": enrollment, "day": day}, status=410)
    has_left = enrollment.state == Enrollment.State.WITHDRAWN
    form = QuestionForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 410 if has_left else _save_question(form, enrollment, day, now)
        if status == 429:
            form.focus("text")
        if status == 302:
            return redirect(f"{request.path}?{ASKED}#ask")
    context = {
        "enrollment": enrollment,
        "program": enrollment.program,
        "sent": sent,
        "lesson": lesson_context(
            content, enrollment.runner.get_short_name(), enrollment.left_out, enrollment.words_only
        ),
        "recalled": _recalled_since(enrollment, content),
        "takes_check_in": not has_left and takes_check_in(enrollment, day, now),
        "form": None if has_left else form,
        "asked": ASKED in request.GET and _has_asked(enrollment, day, now),
        "too_many": status == 429,
        "held": hold_words(enrollment),
    }
    return render(request, "pages/day.html", context, status=status)


def _newest_copy(enrollment: Enrollment, day: int) -> Delivery | None:
    lessons = Delivery.objects.filter(enrollment=enrollment, kind=Delivery.Kind.LESSON, day=day)
    return lessons.filter(sent_at__isnull=False).select_related("revision").order_by("-copy").first()


def _save_question(form: QuestionForm, enrollment: Enrollment, day: int, now: datetime) -> int:
    """Save the posted question, and return the status of the answer: 302 when it was saved."""
    if not form.is_valid():
        return 422
    try:
        record_question(enrollment.pk, day, form.cleaned_data["text"], now)
    except TooManyQuestions:
        return 429
    return 302


def _has_asked(enrollment: Enrollment, day: int, now: datetime) -> bool:
    """Return whether a question about this day was saved just now: the address alone does not prove it."""
    return Message.objects.filter(enrollment=enrollment, day=day, at__gt=now - THANKS).exists()


def _recalled_since(enrollment: Enrollment, content: Content) -> list[dict[str, Any]]:
    """Return the recalled stretches of a day, each with its replacement, if this runner may do that."""
    shown = Q(slug__in=[stretch["slug"] for stretch in content["stretches"]])
    if content["self_check"]:
        shown |= Q(kind=Stretch.Kind.SELF_CHECK)
    out = Stretch.objects.filter(shown, program=enrollment.program, recalled_at__isnull=False)
    return [
        {"slug": stretch.slug, "title": stretch.title, "instead": _instead_of(stretch, enrollment)}
        for stretch in out.select_related("replacement")
    ]


def _instead_of(stretch: Stretch, enrollment: Enrollment) -> Stretch | None:
    found = replacement_for(stretch)
    is_left_out = found is not None and (enrollment.words_only or found.slug in enrollment.left_out)
    return None if is_left_out else found
