"""The publish screen: what changes, for whom, and what has to be mended first."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from challenge.coach.access import coach_of, log
from challenge.coach.course.course_item import Work
from challenge.coach.course.differences import differences
from challenge.coach.course.editor import frame_of
from challenge.curriculum import drafts
from challenge.curriculum.drafts import DraftConflict
from challenge.curriculum.publish import Origin, Publication, PublishConflict, lock_program


class PublishForm(forms.Form):
    """The answer to the publish screen. `base`, `seen` and `shown` say what was on it."""

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
def publish(request: HttpRequest, work: Work[Any]) -> HttpResponse:
    """Show it all; posted, publish what was shown, or say why not."""
    if request.method != "POST":
        return _page(request, work, PublishForm())
    form = PublishForm(request.POST)
    if not form.is_valid():
        return _page(request, work, form, status=422)
    try:
        with transaction.atomic():
            lock_program(work.item.program_id)
            said = _publish(request, type(work).open(work.item.pk, lock=True), form.cleaned_data)
    except (DraftConflict, PublishConflict):
        return _late(request, type(work).open(work.item.pk), form.cleaned_data)
    if said is None:
        return _page(request, work, form, status=422)
    messages.success(request, said)
    return HttpResponseRedirect(work.address("versions"))


def _publish(request: HttpRequest, work: Work[Any], answer: dict[str, Any]) -> str | None:
    """Publish the draft that was on the screen. Return None when something has to be mended first. Raises
    DraftConflict when the draft, or a stretch that it shows, has changed, PublishConflict when another
    version was published."""
    words, for_all = work.working_copy, answer["reach"] == "all"
    if (work.stamp, work.shown(words)) != (answer["seen"], answer["shown"]):
        raise DraftConflict
    if work.review(words):
        return None
    reach = work.reach(words)
    publication = Publication(
        timezone.now(), Origin.COACH, coach_of(request), for_all=for_all, note=answer["note"]
    )
    changed = work.publish(words, publication, answer["base"])
    drafts.drop(work.item)
    if not changed:
        return _("Nothing was changed, so nothing was published.")
    noted = _("Published version %(number)d for all.") if for_all else _("Published version %(number)d.")
    log(request, [work.item], noted % {"number": work.newest_number})
    who = [each.for_all if for_all else each.ordinary for each in reach]
    if work.table == "stretch":
        days = ", ".join(str(each.day) for each in reach) or _("none")
        return _("Published. Days published anew: %(days)s.") % {"days": days}
    return _("Published. %(who)s.") % {"who": _capital(" ".join(who))}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _late(request: HttpRequest, work: Work[Any], answer: dict[str, Any]) -> HttpResponse:
    """Another version or draft is there by now: the coach's own, sent twice, or somebody else's."""
    newest = work.newest
    if (
        newest
        and newest.number == answer["base"] + 1
        and newest.author == coach_of(request)
        and work.item.draft is None
    ):
        if answer["reach"] == "all" and not work.reaches_all:
            said = _("Version %(number)d is published, yet only for those who begin from now on. "
                     "Press “Publish for all” to give it to everybody.")  # fmt: skip
            messages.warning(request, said % {"number": newest.number})
            return HttpResponseRedirect(work.address("publish"))
        said = _("Version %(number)d is published already; it was published once, not twice.")
        messages.info(request, said % {"number": newest.number})
        return HttpResponseRedirect(work.address("versions"))
    messages.warning(
        request,
        _(
            "Nothing was published: the draft, a stretch in it or the published version has changed since. "
            "Look again."
        ),
    )
    return HttpResponseRedirect(work.address("publish"))


def _page(request: HttpRequest, work: Work[Any], answer: PublishForm, status: int = 200) -> HttpResponse:
    words = work.working_copy
    form = work.form()
    form.show(work.review(words))
    newest = work.newest
    before = work.rows(newest.content) if newest else []
    # What was published of a day holds its stretches as they were then.
    found = differences(before, work.rows(work.content(words)))
    context = {
        **frame_of(request, work, _("Publish: %(title)s") % {"title": work.title}),
        "form": form,
        "answer": answer,
        "newest": newest,
        "next_number": work.newest_number + 1,
        "base": work.newest_number,
        "differences": found,
        "reach": work.reach(words),
        "shown": work.shown(words),
        "may_go_to_all": not found and newest is not None and not work.reaches_all,
    }
    return TemplateResponse(request, "admin/course/publish.html", context, status=status)
