"""The coach's pages of a message: answer it, close it, and publish the answer."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from challenge.coach.access import coach_of
from challenge.coach.desk.links import back
from challenge.coach.history import LoggedAction, log
from challenge.coach.runners.message_forms import AnswerForm, PublishedForm
from challenge.coach.wording import runner_label, when
from challenge.conversation.answers import (
    AnsweredAfterLeaving,
    AnsweredMeanwhile,
    NamesTheRunner,
    after_leaving,
    answer,
    publish,
    withdraw,
)
from challenge.conversation.messages import close, mark_read
from challenge.models import Enrollment, Message, Suppression
from challenge.tasks import nudge, send

Direction, State = Message.Direction, Message.State


def frame(request: HttpRequest, enrollment: Enrollment, title: str) -> dict[str, Any]:
    return {
        **admin.site.each_context(request),
        "title": title,
        "opts": Enrollment._meta,
        "enrollment": enrollment,
        "who": runner_label(enrollment),
        "back": back(request, enrollment.pk),
    }


def _message(message_id: int, direction: Message.Direction) -> Message:
    rows = Message.objects.select_related("enrollment__runner", "enrollment__program")
    return get_object_or_404(rows, pk=message_id, direction=direction)


def answer_view(request: HttpRequest, message_id: int) -> HttpResponse:
    """Show a message in its thread, with a form to answer it and buttons to close it or keep it as read."""
    asked = _message(message_id, Direction.IN)
    if move := MOVES.get(request.POST.get("do", "")):
        move(request, asked)
        return HttpResponseRedirect(back(request, asked.enrollment.pk))
    newest = Message.objects.filter(answers=asked).order_by("-at", "-pk").first()
    form = AnswerForm(request.POST or None, initial={"seen": newest.pk if newest else None})
    if form.is_valid():
        if not (refused := _refused(request, asked, form)):
            return HttpResponseRedirect(back(request, asked.enrollment.pk))
        form = refused
    return _answer_page(request, asked, form)


def _refused(request: HttpRequest, asked: Message, form: AnswerForm) -> AnswerForm | None:
    """Answer; or return the form with the coach's words, and why they were not sent."""
    text, now = form.cleaned_data["text"], timezone.now()
    try:
        answer(asked.pk, coach_of(request), text, now, form.cleaned_data["seen"])
    except AnsweredMeanwhile as other:
        form = AnswerForm({"text": text, "seen": other.answer.pk})
        told = {"who": other.answer.author or _("Somebody"), "time": when(other.answer.at)}
        said = _(
            "%(who)s answered at %(time)s, while you wrote: read it above. Your words are kept here, and are"
            " not sent. Send them as a second answer, or leave it at that."
        )
        form.add_error(None, said % told)
        return form
    except AnsweredAfterLeaving:
        said = _("The runner has left and has had one answer since: no more mail may follow. It is not sent.")
        form.add_error(None, said)
        return form
    log(request, [asked.enrollment], LoggedAction.ANSWERED)
    messages.success(request, _("Your answer is saved, and goes out by mail at once."))
    nudge(send)
    return None


def _answer_page(request: HttpRequest, asked: Message, form: AnswerForm) -> HttpResponse:
    enrollment = asked.enrollment
    has_left = enrollment.state == Enrollment.State.WITHDRAWN
    context = {
        **frame(request, enrollment, _("Answer")),
        "asked": asked,
        "thread": enrollment.messages.select_related("author").order_by("at", "pk"),
        "form": form,
        "waits": asked.state in (State.NEW, State.READ),
        "is_new": asked.state == State.NEW,
        "has_left": has_left,
        "was_answered": has_left and after_leaving(enrollment).exists(),
        "is_suppressed": Suppression.objects.filter(address_hash=enrollment.runner.address_hash).exists(),
    }
    return TemplateResponse(request, "admin/challenge/message/answer.html", context)


def _close(request: HttpRequest, asked: Message) -> None:
    if close(asked.pk, coach_of(request), timezone.now()):
        log(request, [asked.enrollment], LoggedAction.MESSAGE_CLOSED)
        messages.success(request, _("The message is closed without an answer."))
    else:
        messages.warning(request, _("Nothing was changed: it waits for no answer any more."))


def _mark_read(request: HttpRequest, asked: Message) -> None:
    if mark_read(asked.pk):
        messages.success(request, _("Marked as read. It stays on the desk until it is answered or closed."))
    else:
        messages.warning(request, _("Nothing was changed: it was read already."))


MOVES: dict[str, Callable[[HttpRequest, Message], None]] = {"close": _close, "read": _mark_read}


def publish_view(request: HttpRequest, message_id: int) -> HttpResponse:
    """Edit an answer for all who have the day, and publish or withdraw it."""
    said = _message(message_id, Direction.OUT)
    enrollment, to = said.enrollment, back(request, said.enrollment.pk)
    if said.answers_id:
        to = reverse("admin:answer", args=[said.answers_id])
    if request.POST.get("do") == "withdraw":
        if withdraw(said.pk):
            log(request, [enrollment], LoggedAction.ANSWER_WITHDRAWN)
            messages.success(request, _("The answer is off the day's page."))
        return HttpResponseRedirect(to)
    form = PublishedForm(request.POST or None, initial={"text": said.published or said.text})
    if form.is_valid():
        try:
            publish(said.pk, form.cleaned_data["text"], coach_of(request), timezone.now())
        except NamesTheRunner as error:
            form.add_error("text", _("Leave out “%(word)s”: all runners read this.") % {"word": error.word})
        else:
            log(request, [enrollment], LoggedAction.ANSWER_PUBLISHED)
            messages.success(request, _("The answer stands on the day's page for all."))
            return HttpResponseRedirect(to)
    title = _("Publish on the page of day %(day)d") % {"day": said.day}
    context = {**frame(request, enrollment, title), "said": said, "form": form, "back": to}
    return TemplateResponse(request, "admin/challenge/message/publish.html", context)
