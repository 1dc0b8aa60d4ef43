"""The recall of an unsafe stretch, with a page to confirm it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from challenge.coach.access import coach_of
from challenge.coach.course.content_form import (
    AnnotatedField,
    ContentForm,
    DraftText,
    clear_oversized_fields,
    refuse,
)
from challenge.coach.course.course_item import CourseItem
from challenge.coach.course.editor import page_context
from challenge.coach.history import LoggedAction, log
from challenge.curriculum.lint.fields import markdown_field
from challenge.curriculum.publish import days_with
from challenge.curriculum.recall import NeedsReplacement, days_that_name, recall
from challenge.delivery import corrections
from challenge.models import Delivery, Recall, Stretch
from challenge.tasks import correct, nudge

MAX_MESSAGE = 2_000


class RecallForm(ContentForm):
    replacement = forms.ModelChoiceField(
        label=gettext_lazy("Do this instead"), queryset=Stretch.objects.none(), required=False,
        empty_label=gettext_lazy("nothing: the other stretch of the day is enough"),
    )  # fmt: skip
    message = DraftText(
        label=gettext_lazy("What you tell the runners"),
        max_size=MAX_MESSAGE,
        rows=6,
        help_text=gettext_lazy(
            "Markdown, up to 2,000 characters. Say what to stop doing, why, and whom to ask. It goes into "
            "the correction as you write it."
        ),
    )
    sure = forms.BooleanField(
        label=gettext_lazy("I have read it; take the stretch out now"),
        error_messages={
            "required": gettext_lazy("Tick this to say that you mean it: it can't be undone here.")
        },
    )

    def __init__(self, data: Any = None, *, stretch: Stretch, **options: Any) -> None:
        super().__init__(data, **options)
        others = stretch.program.stretches.filter(kind=stretch.kind, recalled_at=None).exclude(pk=stretch.pk)
        self.fields["replacement"].queryset = others  # type: ignore[attr-defined]

    @property
    def annotated_fields(self) -> list[AnnotatedField]:
        return [self.annotated(name) for name in self.fields]

    def clean_message(self) -> str:
        message: str = self.cleaned_data["message"]
        refuse(markdown_field("message", message, MAX_MESSAGE))
        return message


@require_http_methods(["GET", "HEAD", "POST"])
def recall_page(request: HttpRequest, item: CourseItem[Stretch]) -> HttpResponse:
    """Ask the coach to confirm. On POST, take the stretch out and queue the corrections."""
    stretch = item.instance
    if stretch.recalled_at:
        messages.info(request, _already_recalled(stretch))
        return HttpResponseRedirect(item.address("change"))
    form = RecallForm(request.POST if request.method == "POST" else None, stretch=stretch)
    if form.is_valid():
        try:
            messages.success(request, _recall(request, stretch, form.cleaned_data))
            return HttpResponseRedirect(item.address("change"))
        except NeedsReplacement as missing:
            days = ", ".join(str(day.number) for day in missing.days)
            advice = _("Choose a stretch to do instead: without one these days would have none: %(days)s.")
            form.add_error("replacement", advice % {"days": days})
    if form.is_bound:
        clear_oversized_fields(form, {})
    return _page(request, item, form)


def _recall(request: HttpRequest, stretch: Stretch, answer: dict[str, Any]) -> str:
    now = timezone.now()
    with transaction.atomic():
        made = recall(stretch, answer["replacement"], answer["message"], now, coach_of(request))
        if made is None:
            return _already_recalled(stretch)
        log(request, [stretch], LoggedAction.RECALLED)
    # Count after the lock, which takes a while, and before a worker queues the corrections.
    count = corrections.were_sent(made).count()
    nudge(correct)
    text = ngettext(
        "%(stretch)s is recalled. %(count)d runner gets a correction, once.",
        "%(stretch)s is recalled. %(count)d runners get a correction, once each.",
        count,
    )
    return text % {"stretch": stretch, "count": count}


def _already_recalled(stretch: Stretch) -> str:
    return _("%(stretch)s was recalled already; nothing was done twice.") % {"stretch": stretch}


def _page(request: HttpRequest, item: CourseItem[Stretch], form: RecallForm) -> HttpResponse:
    stretch = item.instance
    days = days_with(stretch)
    waiting = Delivery.objects.filter(
        enrollment__program=stretch.program, kind=Delivery.Kind.LESSON, state__in=Delivery.WAITING,
        day__in=stretch.program.days.filter(revisions__stretches=stretch).values("number"),
    )  # fmt: skip
    context = {
        **page_context(request, item, _("Recall: %(title)s") % {"title": stretch}),
        "form": form,
        "days": [day.number for day in days],
        "named": days_that_name(stretch),
        "sent": how_many_were_sent(stretch),
        "waiting": waiting.count(),
    }
    status = 422 if form.is_bound else 200
    return TemplateResponse(request, "admin/course/recall.html", context, status=status)


def how_many_were_sent(stretch: Stretch) -> int:
    """Count the runners who would get a correction if the stretch were recalled now."""
    would_be = Recall(pk=0, stretch=stretch, recalled_at=timezone.now())
    return corrections.were_sent(would_be).count()
