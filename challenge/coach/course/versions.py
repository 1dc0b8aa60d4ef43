"""The versions of a day or a stretch: list, show, compare and restore them."""

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

from challenge.coach.access import coach_of
from challenge.coach.course.course_item import AnyVersion, CourseItem
from challenge.coach.course.differences import differences
from challenge.coach.course.editor import page_context, stamp_of
from challenge.coach.course.previews import APPEARANCES, PreviewForm, published_mail
from challenge.coach.history import LoggedAction, log
from challenge.curriculum import drafts
from challenge.curriculum.drafts import DraftConflict
from challenge.models import Delivery, Revision


class TwoVersions(forms.Form):
    a = forms.IntegerField(label=gettext_lazy("Compare version"), min_value=1, max_value=32_000)
    b = forms.IntegerField(label=gettext_lazy("with version"), min_value=1, max_value=32_000, required=False)

    def __init__(self, data: Any = None, *, numbers: list[int], **options: Any) -> None:
        super().__init__(data, auto_id="%s", label_suffix="", **options)
        choices = [(number, number) for number in numbers]
        self.fields["a"].widget = forms.Select(choices=choices)
        self.fields["b"].widget = forms.Select(choices=[*choices, ("", _("to be published"))])


@require_safe
def versions(request: HttpRequest, item: CourseItem[Any]) -> HttpResponse:
    """List the versions, newest first; for a day with the number of runners who were sent each."""
    found = item.versions.defer("content")
    if item.model_name == "day":
        lessons = Q(
            deliveries__kind=Delivery.Kind.LESSON, deliveries__copy=0, deliveries__sent_at__isnull=False
        )
        found = found.defer("content", "html", "text").annotate(sent=Count("deliveries", filter=lessons))
        found = found.order_by("-number")
    rows = list(found)
    numbers = [version.number for version in rows]
    context = {
        **page_context(request, item, _("Versions: %(title)s") % {"title": item.title}),
        "versions": rows,
        "counts": item.model_name == "day",
        "two": TwoVersions(numbers=numbers, initial={"a": numbers[1], "b": numbers[0]})
        if len(numbers) > 1
        else None,
    }
    return TemplateResponse(request, "admin/course/versions.html", context)


@require_safe
def version(request: HttpRequest, item: CourseItem[Any], number: int) -> HttpResponse:
    """Show one version, for a day with the mail as it was compiled then."""
    found = _version(item, number)
    context = {
        **page_context(
            request, item, _("Version %(number)d: %(title)s") % {"number": number, "title": item.title}
        ),
        "version": found,
        "rows": item.rows(found.content),
        "is_newest": number == item.newest_number,
        "appearances": APPEARANCES.items(),
        "appearance": PreviewForm(request.GET).appearance,
        "has_mail": isinstance(found, Revision),
        "mail_address": f"admin:challenge_{item.model_name}_version_mail",
    }
    return TemplateResponse(request, "admin/course/version.html", context)


def version_mail(request: HttpRequest, item: CourseItem[Any], number: int) -> HttpResponse:
    found = _version(item, number)
    if not isinstance(found, Revision):
        raise Http404
    return published_mail(request, item, found)


@require_safe
def compare(request: HttpRequest, item: CourseItem[Any]) -> HttpResponse:
    """Show two versions side by side, or one version and the text that would be published now."""
    form = TwoVersions(request.GET, numbers=list(item.versions.values_list("number", flat=True)))
    if not form.is_valid():
        raise Http404
    first, second = form.cleaned_data["a"], form.cleaned_data["b"]
    before = _version(item, first).content
    after = _version(item, second).content if second else item.content(item.working_copy)
    context = {
        **page_context(request, item, _("Compare: %(title)s") % {"title": item.title}),
        "before": first,
        "after": second,
        "differences": differences(item.rows(before), item.rows(after)),
        "two": form,
    }
    return TemplateResponse(request, "admin/course/compare.html", context)


@require_POST
def restore(request: HttpRequest, item: CourseItem[Any], number: int) -> HttpResponse:
    """Make the content of a version the draft, and continue with the publish screen."""
    draft = item.draft_of(_version(item, number))
    try:
        drafts.save(
            item.instance, draft, stamp_of(request.POST.get("seen", "")), coach_of(request), timezone.now()
        )
    except DraftConflict:
        messages.warning(request, _("The draft was saved anew meanwhile, so it was kept. Look at it first."))
        return HttpResponseRedirect(item.address("version", number))
    log(request, [item.instance], LoggedAction.VERSION_TAKEN, number=number)
    messages.success(
        request,
        _("The words of version %(number)d are the draft now. Publish it here, or go on writing.")
        % {"number": number},
    )
    return HttpResponseRedirect(item.address("publish"))


def _version(item: CourseItem[Any], number: int) -> AnyVersion:
    found: AnyVersion | None = item.versions.filter(number=number).first()
    if found is None:
        raise Http404
    return found
