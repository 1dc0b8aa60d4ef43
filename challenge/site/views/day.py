"""The web page of a day, as it was sent to one runner, with a form to write to the coach."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise

from challenge.checkins.open_days import takes_check_in
from challenge.conversation.advice import advice
from challenge.conversation.answers import after_leaving, published
from challenge.conversation.messages import REPEAT_WINDOW, TooManyMessages, record_message
from challenge.conversation.thread import part_of_thread
from challenge.curriculum.lesson import Content, replacement_for
from challenge.enrollment.hold_words import hold_words
from challenge.mail.links import Purpose
from challenge.models import Delivery, Enrollment, Message, Stretch
from challenge.site import own_messages
from challenge.site.capability import capability
from challenge.site.doubt import doubt_of_words, served
from challenge.site.forms import MOST_SIGNS, MessageForm
from challenge.site.lessons import lesson_context

ASKED = "asked"
# The page of a day thanks for a question for this long.
THANKS = timedelta(hours=1)


@capability(Purpose.DAY)
def day_page(request: HttpRequest, enrollment: Enrollment, day: int) -> HttpResponse:
    """Show the lesson in the revision that this runner was sent last, and a form for a question."""
    now = timezone.now()
    sent = _newest_copy(enrollment, day)
    content: Content = sent.revision.content if sent and sent.revision else {}
    if not content:
        return render(request, "pages/day_gone.html", {"enrollment": enrollment, "day": day}, status=410)
    has_left = enrollment.state == Enrollment.State.WITHDRAWN
    own = own_messages.read(request, enrollment)
    doubtful = _doubtful(enrollment, day, own, now)
    form = MessageForm(request.POST if request.method == "POST" else None, initial={"text": doubtful})
    status = 422
    if form.is_valid():
        try:
            text, doubt = (
                form.cleaned_data["text"],
                doubt_of_words(request, sent.sent_at if sent else None, now),
            )
            return _save(request, record_message(enrollment.pk, day, text, now, doubt=doubt))
        except TooManyMessages:
            status = 429
            form.focus("text")
    context = {
        "enrollment": enrollment,
        "program": enrollment.program,
        "sent": sent,
        "lesson": lesson_context(
            content, enrollment.runner.get_short_name(), enrollment.left_out, enrollment.words_only
        ),
        "recalled": _recalled_since(enrollment, content),
        "takes_check_in": not has_left and takes_check_in(enrollment, day, now),
        "form": form,
        "has_left": has_left,
        "was_answered": has_left and after_leaving(enrollment).exists(),
        "asked": _just_asked(enrollment, day, now) if ASKED in request.GET else None,
        "doubtful": doubtful,
        "served": served(now),
        "too_many": status == 429,
        "held": hold_words(enrollment),
        "advice": _advice(form, own, day, now),
        "thread": part_of_thread(enrollment, day, own),
        "published": published(enrollment.program_id, day),
    }
    return render(request, "pages/day.html", context, status=status if form.is_bound else 200)


def _newest_copy(enrollment: Enrollment, day: int) -> Delivery | None:
    lessons = Delivery.objects.filter(enrollment=enrollment, kind=Delivery.Kind.LESSON, day=day)
    return lessons.filter(sent_at__isnull=False).select_related("revision").order_by("-copy").first()


def _doubtful(enrollment: Enrollment, day: int, own: list[int], now: datetime) -> str:
    """Return what this browser has just sent so fast that it has to be sent again."""
    written = Message.objects.filter(pk__in=own, enrollment=enrollment, day=day, at__gt=now - REPEAT_WINDOW)
    newest = written.order_by("-at", "-pk").first()
    return newest.text if newest and newest.doubt else ""


def _save(request: HttpRequest, message: Message) -> HttpResponse:
    answer = redirect(f"{request.path}?{ASKED}#ask")
    own_messages.write(request, answer, message)
    return answer


def _advice(form: MessageForm, own: list[int], day: int, now: datetime) -> Promise | None:
    """Return what the browser that has just written must do: others are told the rule alone."""
    if form.is_bound:
        return advice(form.data.get("text", "")[:MOST_SIGNS])
    written = Message.objects.filter(pk__in=own, day=day, at__gt=now - THANKS)
    newest = written.order_by("-at", "-pk").first()
    return advice(newest.text) if newest else None


def _just_asked(enrollment: Enrollment, day: int, now: datetime) -> Message | None:
    """Return what was written about this day just now: the address alone does not prove it."""
    written = Message.objects.filter(enrollment=enrollment, day=day, at__gt=now - THANKS)
    return written.filter(direction=Message.Direction.IN).order_by("at", "pk").last()


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
