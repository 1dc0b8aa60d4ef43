"""The coach's pages of a runner: words by mail, a note in the next lesson's mail, and a memo for the coaches
alone."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from challenge.coach.access import coach_of
from challenge.coach.desk.holds import open_holds
from challenge.coach.desk.links import back
from challenge.coach.history import LoggedAction, log
from challenge.coach.runners.answering import frame
from challenge.coach.runners.message_forms import LetterForm, MemoForm, RunnersNoteForm
from challenge.conversation.answers import OUT_OF_THE_COURSE, NotInTheCourse, write
from challenge.conversation.notes import NoLessonLeft, TooLongTogether, memo, note, waiting_note
from challenge.models import Enrollment, Suppression
from challenge.tasks import nudge, send

State = Enrollment.State


def _enrollment(enrollment_id: int) -> Enrollment:
    return get_object_or_404(Enrollment.objects.select_related("runner", "program"), pk=enrollment_id)


def write_view(request: HttpRequest, enrollment_id: int) -> HttpResponse:
    """Write to the runner by mail, also about what was told in a check-in or in the ten questions."""
    enrollment = _enrollment(enrollment_id)
    form = LetterForm(request.POST or None)
    if form.is_valid():
        try:
            write(enrollment.pk, coach_of(request), form.cleaned_data["text"], timezone.now())
        except NotInTheCourse:
            form.add_error(None, _("The runner is not in the course, so it is not sent."))
        else:
            log(request, [enrollment], LoggedAction.WROTE)
            messages.success(request, _("Your words are saved, and go out by mail at once."))
            nudge(send)
            return HttpResponseRedirect(back(request, enrollment.pk))
    context = {
        **frame(request, enrollment, _("Write to the runner")),
        "form": form,
        "holds": open_holds(enrollment),
        "is_refused": enrollment.state in OUT_OF_THE_COURSE,
        "is_suppressed": Suppression.objects.filter(address_hash=enrollment.runner.address_hash).exists(),
    }
    return TemplateResponse(request, "admin/challenge/enrollment/write.html", context)


def note_view(request: HttpRequest, enrollment_id: int) -> HttpResponse:
    """Write a note for the next lesson's mail. One that waits there is shown, and followed or replaced."""
    enrollment = _enrollment(enrollment_id)
    waiting = waiting_note(enrollment)
    form = RunnersNoteForm(request.POST or None, is_first=waiting is None)
    if form.is_valid() and _note(request, enrollment, form):
        return HttpResponseRedirect(back(request, enrollment.pk))
    context = {
        **frame(request, enrollment, _("Note in the next lesson")),
        "form": form,
        "waiting": waiting,
        "is_active": enrollment.state == State.ACTIVE,
        "is_over": enrollment.state not in Enrollment.OPEN_STATES,
    }
    return TemplateResponse(request, "admin/challenge/enrollment/note.html", context)


def _note(request: HttpRequest, enrollment: Enrollment, form: RunnersNoteForm) -> bool:
    """Save the note, or add to the form why not."""
    data, now = form.cleaned_data, timezone.now()
    try:
        saved = note(enrollment.pk, coach_of(request), data["text"], now, replaces=data["replaces"])
    except NoLessonLeft:
        form.add_error(None, _("No lesson is to come in which the note could stand, so it is not saved."))
        return False
    except TooLongTogether:
        form.add_error(
            "text",
            _(
                "With the note that waits this is more than 1000 characters: shorten it, or put it in the"
                " place of that note."
            ),
        )
        return False
    log(request, [enrollment], LoggedAction.NOTED)
    said = _("Your note stands in the mail of day %(day)d.") % {"day": saved.day}
    if saved.text != data["text"]:
        said = _("Your words follow the note that waited for the mail of day %(day)d.") % {"day": saved.day}
    if enrollment.state != State.ACTIVE:
        said = f"{said} {_('That mail leaves when the course goes on.')}"
    messages.success(request, said)
    return True


def memo_view(request: HttpRequest, enrollment_id: int) -> HttpResponse:
    """Write a memo. It is mailed to nobody; the runner finds it in what is kept about the runner."""
    enrollment = _enrollment(enrollment_id)
    form: forms.Form = MemoForm(request.POST or None)
    if form.is_valid():
        memo(enrollment.pk, coach_of(request), form.cleaned_data["text"], timezone.now())
        log(request, [enrollment], LoggedAction.MEMO_WRITTEN)
        messages.success(request, _("Your memo is saved."))
        return HttpResponseRedirect(back(request, enrollment.pk))
    context = {
        **frame(request, enrollment, _("Memo")),
        "form": form,
        "memos": enrollment.memos.select_related("author"),
    }
    return TemplateResponse(request, "admin/challenge/enrollment/memo.html", context)
