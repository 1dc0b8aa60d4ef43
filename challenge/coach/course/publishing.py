"""The publish screen: the changes, their audience, and the faults that prevent publishing."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from challenge.coach.access import coach_of
from challenge.coach.course.course_item import CourseItem
from challenge.coach.course.differences import differences
from challenge.coach.course.editor import page_context
from challenge.coach.history import LoggedAction, log
from challenge.curriculum import drafts
from challenge.curriculum.drafts import DraftConflict
from challenge.curriculum.publish import Origin, Publication, PublishConflict, lock_program


class PublishForm(forms.Form):
    """The answer to the publish screen. `base`, `seen` and `shown` identify what it showed."""

    note = forms.CharField(
        label=gettext_lazy("What changed"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("For yourself, in the list of versions. Up to 200 characters."),
    )
    reach = forms.ChoiceField(choices=[("new", ""), ("all", "")])
    base = forms.IntegerField(min_value=0, max_value=32_000)
    seen = forms.CharField(required=False, max_length=40)
    shown = forms.CharField(required=False, max_length=64)


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, item: CourseItem[Any]) -> HttpResponse:
    """Show the screen. On POST, publish what it showed, or give the reason against it."""
    if request.method != "POST":
        return _page(request, item, PublishForm())
    form = PublishForm(request.POST)
    if not form.is_valid():
        return _page(request, item, form, status=422)
    try:
        with transaction.atomic():
            lock_program(item.instance.program_id)
            text = _publish(request, type(item).load(item.instance.pk, lock=True), form.cleaned_data)
    except (DraftConflict, PublishConflict):
        return _changed_meanwhile(request, type(item).load(item.instance.pk), form.cleaned_data)
    if text is None:
        return _page(request, item, form, status=422)
    messages.success(request, text)
    return HttpResponseRedirect(item.address("versions"))


def _publish(request: HttpRequest, item: CourseItem[Any], answer: dict[str, Any]) -> str | None:
    """Publish the draft on the screen and return a message for the coach; None when the draft has faults.
    Raise DraftConflict when the draft or a stretch in it has changed, PublishConflict after another
    publication."""
    draft, for_all = item.working_copy, answer["reach"] == "all"
    if (item.draft_stamp, item.fingerprint(draft)) != (answer["seen"], answer["shown"]):
        raise DraftConflict
    if item.review(draft):
        return None
    audience = item.audience(draft)
    publication = Publication(
        timezone.now(), Origin.COACH, coach_of(request), for_all=for_all, note=answer["note"]
    )
    changed = item.publish(draft, publication, answer["base"])
    drafts.drop(item.instance)
    if not changed:
        return _("Nothing was changed, so nothing was published.")
    action = LoggedAction.PUBLISHED_FOR_ALL if for_all else LoggedAction.PUBLISHED
    log(request, [item.instance], action, number=item.newest_number)
    who = [each.for_all if for_all else each.ordinary for each in audience]
    if item.model_name == "stretch":
        days = ", ".join(str(each.day) for each in audience) or _("none")
        return _("Published. Days published anew: %(days)s.") % {"days": days}
    return _("Published. %(who)s.") % {"who": capfirst(" ".join(who))}


def _changed_meanwhile(request: HttpRequest, item: CourseItem[Any], answer: dict[str, Any]) -> HttpResponse:
    """Answer an outdated form: the coach sent it twice, or somebody else was faster."""
    newest = item.newest
    if (
        newest
        and newest.number == answer["base"] + 1
        and newest.author == coach_of(request)
        and item.instance.draft is None
    ):
        if answer["reach"] == "all" and not item.is_for_all:
            text = _("Version %(number)d is published, yet only for those who begin from now on. "
                     "Press “Publish for all” to give it to everybody.")  # fmt: skip
            messages.warning(request, text % {"number": newest.number})
            return HttpResponseRedirect(item.address("publish"))
        text = _("Version %(number)d is published already; it was published once, not twice.")
        messages.info(request, text % {"number": newest.number})
        return HttpResponseRedirect(item.address("versions"))
    messages.warning(
        request,
        _(
            "Nothing was published: the draft, a stretch in it or the published version has changed since. "
            "Look again."
        ),
    )
    return HttpResponseRedirect(item.address("publish"))


def _page(
    request: HttpRequest, item: CourseItem[Any], answer: PublishForm, status: int = 200
) -> HttpResponse:
    draft = item.working_copy
    form = item.form()
    form.show(item.review(draft))
    newest = item.newest
    before = item.rows(newest.content) if newest else []
    # A published day holds its stretches as they were then.
    found = differences(before, item.rows(item.content(draft)))
    context = {
        **page_context(request, item, _("Publish: %(title)s") % {"title": item.title}),
        "form": form,
        "answer": answer,
        "newest": newest,
        "next_number": item.newest_number + 1,
        "base": item.newest_number,
        "differences": found,
        "audience": item.audience(draft),
        "shown": item.fingerprint(draft),
        "may_go_to_all": not found and newest is not None and not item.is_for_all,
    }
    return TemplateResponse(request, "admin/course/publish.html", context, status=status)
