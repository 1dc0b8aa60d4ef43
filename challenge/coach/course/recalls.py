"""Recall of an unsafe stretch: the page that says what it does, and the yes to it."""

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

from challenge.coach.access import coach_of, log
from challenge.coach.course.content_form import Spot, Words, WordsForm, forget_what_is_too_long
from challenge.coach.course.course_item import Work
from challenge.coach.course.editor import frame_of
from challenge.curriculum.lint.fields import markdown_field
from challenge.curriculum.publish import days_with
from challenge.curriculum.recall import NeedsReplacement, days_that_name, recall
from challenge.delivery import corrections
from challenge.models import Delivery, Recall, Stretch
from challenge.tasks import correct, nudge

LONGEST_MESSAGE = 2_000


class RecallForm(WordsForm):
    """What takes the stretch's place, and what the runners are told."""

    replacement = forms.ModelChoiceField(
        label=gettext_lazy("Do this instead"), queryset=Stretch.objects.none(), required=False,
        empty_label=gettext_lazy("nothing: the other stretch of the day is enough"),
    )  # fmt: skip
    message = Words(
        label=gettext_lazy("What you tell the runners"),
        most=LONGEST_MESSAGE,
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
    def spots(self) -> list[Spot]:
        return [self.spot(name) for name in self.fields]

    def clean_message(self) -> str:
        message: str = self.cleaned_data["message"]
        if found := markdown_field("message", message, LONGEST_MESSAGE):
            advice = _("Line %(line)d: %(message)s")
            raise forms.ValidationError(
                [advice % {"line": each.line, "message": each.message} for each in found]
            )
        return message


@require_http_methods(["GET", "HEAD", "POST"])
def recall_page(request: HttpRequest, work: Work[Stretch]) -> HttpResponse:
    """Ask; posted with a yes, take the stretch out and queue the corrections."""
    stretch = work.item
    if stretch.recalled_at:
        messages.info(
            request, _("%(stretch)s was recalled already; nothing was done twice.") % {"stretch": stretch}
        )
        return HttpResponseRedirect(work.address("change"))
    form = RecallForm(request.POST if request.method == "POST" else None, stretch=stretch)
    if form.is_valid():
        try:
            messages.success(request, _recall(request, stretch, form.cleaned_data))
            return HttpResponseRedirect(work.address("change"))
        except NeedsReplacement as missing:
            days = ", ".join(str(day.number) for day in missing.days)
            advice = _("Choose a stretch to do instead: without one these days would have none: %(days)s.")
            form.add_error("replacement", advice % {"days": days})
    if form.is_bound:
        forget_what_is_too_long(form, {})
    return _page(request, work, form)


def _recall(request: HttpRequest, stretch: Stretch, answer: dict[str, Any]) -> str:
    now = timezone.now()
    with transaction.atomic():
        made = recall(stretch, answer["replacement"], answer["message"], now, coach_of(request))
        if made is None:
            return _("%(stretch)s was recalled already; nothing was done twice.") % {"stretch": stretch}
        log(request, [stretch], _("Recalled."))
    # Outside of the lock, as it takes a while; and before a worker queues those that are counted.
    count = corrections.were_sent(made).count()
    nudge(correct)
    said = ngettext(
        "%(stretch)s is recalled. %(count)d runner gets a correction, once.",
        "%(stretch)s is recalled. %(count)d runners get a correction, once each.",
        count,
    )
    return said % {"stretch": stretch, "count": count}


def _page(request: HttpRequest, work: Work[Stretch], form: RecallForm) -> HttpResponse:
    stretch = work.item
    days = days_with(stretch)
    waiting = Delivery.objects.filter(
        enrollment__program=stretch.program, kind=Delivery.Kind.LESSON, state__in=Delivery.WAITING,
        day__in=stretch.program.days.filter(revisions__stretches=stretch).values("number"),
    )  # fmt: skip
    context = {
        **frame_of(request, work, _("Recall: %(title)s") % {"title": stretch}),
        "form": form,
        "days": [day.number for day in days],
        "named": days_that_name(stretch),
        "sent": how_many_were_sent(stretch),
        "waiting": waiting.count(),
    }
    status = 422 if form.is_bound else 200
    return TemplateResponse(request, "admin/course/recall.html", context, status=status)


def how_many_were_sent(stretch: Stretch) -> int:
    """How many would get a correction if the stretch were recalled now."""
    would_be = Recall(pk=0, stretch=stretch, recalled_at=timezone.now())
    return corrections.were_sent(would_be).count()
