"""The versions of a day or a stretch: listed, read, compared side by side, and brought back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from challenge.coach.access import coach_of, log
from challenge.coach.course.course_item import AnyVersion, Work
from challenge.coach.course.differences import differences
from challenge.coach.course.editor import frame_of, instant
from challenge.coach.course.previews import VIEWS, PreviewForm, published_mail
from challenge.curriculum import drafts
from challenge.curriculum.drafts import DraftConflict
from challenge.models import Delivery, Revision


class TwoVersions(forms.Form):
    """Which two versions are compared."""

    a = forms.IntegerField(label=gettext_lazy("Compare version"), min_value=1, max_value=32_000)
    b = forms.IntegerField(label=gettext_lazy("with version"), min_value=1, max_value=32_000, required=False)

    def __init__(self, data: Any = None, *, numbers: list[int], **options: Any) -> None:
        super().__init__(data, auto_id="%s", label_suffix="", **options)
        choices = [(number, number) for number in numbers]
        self.fields["a"].widget = forms.Select(choices=choices)
        self.fields["b"].widget = forms.Select(choices=[*choices, ("", _("to be published"))])


@require_safe
def versions(request: HttpRequest, work: Work[Any]) -> HttpResponse:
    """All of them, newest first; of a day, how many were sent each."""
    found = work.versions.defer("content")
    if work.table == "day":
        lessons = Q(
            deliveries__kind=Delivery.Kind.LESSON, deliveries__copy=0, deliveries__sent_at__isnull=False
        )
        found = found.defer("content", "html", "text").annotate(sent=Count("deliveries", filter=lessons))
        found = found.order_by("-number")
    listed = list(found)
    numbers = [version.number for version in listed]
    context = {
        **frame_of(request, work, _("Versions: %(title)s") % {"title": work.title}),
        "versions": listed,
        "counts": work.table == "day",
        "two": TwoVersions(numbers=numbers, initial={"a": numbers[1], "b": numbers[0]})
        if len(numbers) > 1
        else None,
    }
    return TemplateResponse(request, "admin/course/versions.html", context)


@require_safe
def version(request: HttpRequest, work: Work[Any], number: int) -> HttpResponse:
    """One version: what it says, and, of a day, the mail as it was compiled then."""
    found = _version(work, number)
    context = {
        **frame_of(
            request, work, _("Version %(number)d: %(title)s") % {"number": number, "title": work.title}
        ),
        "version": found,
        "rows": work.rows(found.content),
        "is_newest": number == work.newest_number,
        "views": VIEWS.items(),
        "view": PreviewForm(request.GET).chosen_view,
        "has_mail": isinstance(found, Revision),
        "mail_address": f"admin:challenge_{work.table}_version_mail",
    }
    return TemplateResponse(request, "admin/course/version.html", context)


def version_mail(request: HttpRequest, work: Work[Any], number: int) -> HttpResponse:
    """The mail of one version of a day, for the frame on its page."""
    found = _version(work, number)
    if not isinstance(found, Revision):
        raise Http404
    return published_mail(request, work, found)


@require_safe
def compare(request: HttpRequest, work: Work[Any]) -> HttpResponse:
    """Any two versions side by side, or one and what would be published now."""
    form = TwoVersions(request.GET, numbers=list(work.versions.values_list("number", flat=True)))
    if not form.is_valid():
        raise Http404
    first, second = form.cleaned_data["a"], form.cleaned_data["b"]
    before = _version(work, first).content
    after = _version(work, second).content if second else work.content(work.working_copy)
    context = {
        **frame_of(request, work, _("Compare: %(title)s") % {"title": work.title}),
        "before": first,
        "after": second,
        "differences": differences(work.rows(before), work.rows(after)),
        "two": form,
    }
    return TemplateResponse(request, "admin/course/compare.html", context)


@require_POST
def restore(request: HttpRequest, work: Work[Any], number: int) -> HttpResponse:
    """Make a version's words the draft, and go on to the publish screen."""
    words = work.words_of(_version(work, number))
    try:
        drafts.save(
            work.item, words, instant(request.POST.get("seen", "")), coach_of(request), timezone.now()
        )
    except DraftConflict:
        messages.warning(request, _("The draft was saved anew meanwhile, so it was kept. Look at it first."))
        return HttpResponseRedirect(work.address("version", number))
    log(request, [work.item], _("Took version %(number)d as the draft.") % {"number": number})
    messages.success(
        request,
        _("The words of version %(number)d are the draft now. Publish it here, or go on writing.")
        % {"number": number},
    )
    return HttpResponseRedirect(work.address("publish"))


def _version(work: Work[Any], number: int) -> AnyVersion:
    found: AnyVersion | None = work.versions.filter(number=number).first()
    if found is None:
        raise Http404
    return found
