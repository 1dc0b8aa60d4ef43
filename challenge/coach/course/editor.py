"""The editor of a day or a stretch: it saves a draft with all its faults, and shows them."""

import re
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from challenge import drawings
from challenge.coach.access import coach_of
from challenge.coach.course.content_form import clear_oversized_fields
from challenge.coach.course.course_item import CourseItem
from challenge.coach.course.differences import differences
from challenge.coach.course.drawing_rows import FigureRowsForm, picture_address
from challenge.coach.course.previews import NoSuchRunner, PreviewForm, find_runner, values_for
from challenge.coach.history import LoggedAction, log
from challenge.coach.wording import OUTCOMES, PHASES
from challenge.curriculum import drafts
from challenge.curriculum.drafts import DraftConflict
from challenge.curriculum.lesson import Content
from challenge.delivery.test_mail import send_test_mail
from challenge.models.attempt import Outcome, OwnAnswer

# Fields of the form that are no part of the draft.
NOT_IN_DRAFT = ("csrfmiddlewaretoken", "seen", "base", "do")


def page_context(request: HttpRequest, item: CourseItem[Any], title: str) -> dict[str, Any]:
    return {
        **admin.site.each_context(request),
        "title": title,
        "opts": item.instance._meta,
        "item": item,
        "instance": item.instance,
        "list_address": f"admin:challenge_{item.model_name}_changelist",
        "change": item.address("change"),
        "addresses": {view: item.address(view) for view in item.view_names},
        **{f"{view}_address": f"admin:challenge_{item.model_name}_{view}" for view in ("version", "restore")},
    }


@require_http_methods(["GET", "HEAD", "POST"])
def editor(request: HttpRequest, item: CourseItem[Any]) -> HttpResponse:
    """Show the form. On POST, save the draft and run the chosen action."""
    if request.method != "POST":
        form = item.form()
        if item.instance.draft is not None:
            form.show(item.review(item.working_copy))
        return _page(request, item, form)
    form = item.form(request.POST)
    if not form.is_valid():
        clear_oversized_fields(form, item.form_values(item.working_copy))
        return _page(request, item, form, status=422)
    draft = item.complete(form.draft())
    if not _save(request, item, draft):
        return _conflict(request, item, draft)
    match request.POST.get("do"):
        case "publish":
            return HttpResponseRedirect(item.address("publish"))
        case "test":
            _send_test(request, item, draft)
        case _:
            _say_saved(request, item, draft)
    return HttpResponseRedirect(item.address("change"))


def _page(
    request: HttpRequest, item: CourseItem[Any], form: FigureRowsForm, status: int = 200
) -> HttpResponse:
    asked = request.POST if request.method == "POST" else None
    context = {
        **page_context(request, item, item.title),
        "form": form,
        "seen": request.POST.get("seen", "") if form.is_bound else item.draft_stamp,
        "base": base_of(request) if form.is_bound else item.newest_number,
        "newest": item.newest,
        "preview": (chosen := PreviewForm(asked)),
        "as_number": _number_of_runner(chosen, item),
        "corrections": item.corrections,
        "drawings": [(name, picture_address(name)) for name in drawings.names()],
    }
    return TemplateResponse(request, "admin/course/editor.html", context, status=status)


def _number_of_runner(chosen: PreviewForm, item: CourseItem[Any]) -> str:
    """Return the number of the preview's enrollment. Logs keep the URL, so it holds no email address."""
    try:
        runner = find_runner(chosen.runner, item)
    except NoSuchRunner:
        return ""
    return str(runner.pk) if runner else ""


def base_of(request: HttpRequest) -> int:
    """Return the number of the newest version when the form was opened; 0 for none."""
    posted = request.POST.get("base", "")
    return int(posted) if re.fullmatch("[0-9]{1,5}", posted) else 0


def _save(request: HttpRequest, item: CourseItem[Any], draft: Content) -> bool:
    """Save the draft. Return False when this would overwrite the draft of somebody else."""
    if item.instance.draft is None and draft == item.published_draft:
        return True
    try:
        seen = stamp_of(request.POST.get("seen", ""))
        drafts.save(item.instance, draft, seen, coach_of(request), timezone.now(), base_of(request))
    except DraftConflict:
        # The same form may have been sent twice.
        return bool(item.complete(type(item).load(item.instance.pk).instance.draft or {}) == draft)
    log(request, [item.instance], LoggedAction.DRAFT_SAVED)
    item.instance.refresh_from_db(fields=["draft", "draft_saved_at", "draft_by"])
    return True


def stamp_of(text: str) -> datetime | None:
    """Return the time at which a draft was saved, from a field of a form; None for an empty field."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _say_saved(request: HttpRequest, item: CourseItem[Any], draft: Content) -> None:
    if item.instance.draft is None:
        messages.info(request, _("Nothing was changed: this is what is published."))
    elif count := len(item.review(draft)):
        text = ngettext(
            "The draft is saved. One thing, named below, has to be mended before publishing.",
            "The draft is saved. %(count)d things, named below, have to be mended before publishing.",
            count,
        )
        messages.warning(request, text % {"count": count})
    else:
        messages.success(
            request, _("The draft is saved. It is ready to be published; nobody gets it before.")
        )


def _conflict(request: HttpRequest, item: CourseItem[Any], draft: Content) -> HttpResponse:
    """Show the posted draft beside the current one; the form still holds it."""
    other = type(item).load(item.instance.pk)
    theirs, own = other.content(other.working_copy), item.content(draft)
    posted = [
        (name, each) for name, values in request.POST.lists() if name not in NOT_IN_DRAFT for each in values
    ]
    context = {
        **page_context(request, other, _("Somebody else changed it meanwhile")),
        "differences": differences(other.rows(theirs), other.rows(own)),
        "newest": other.newest,
        "was_published": other.newest_number != base_of(request),
        "posted": posted,
    }
    return TemplateResponse(request, "admin/course/conflict.html", context, status=409)


def _send_test(request: HttpRequest, item: CourseItem[Any], draft: Content) -> None:
    """Mail the draft to the coach who asked, and show the server's answer."""
    asked = PreviewForm(request.POST)
    recipient = coach_of(request).email
    site_url = request.build_absolute_uri("/").rstrip("/")
    try:
        compiled, day = item.compile_mail(draft)
        values = values_for(asked.runner, item, day, site_url)
        answer = send_test_mail(compiled, values, recipient, timezone.now())
    except NoSuchRunner as error:
        messages.error(
            request, _("No test was sent: nobody has this address or number: %(typed)s") % {"typed": error}
        )
        return
    except (OSError, ValueError) as error:
        messages.error(
            request,
            _("No test was sent: no mail can be made of these words yet (%(error)s).") % {"error": error},
        )
        return
    log(request, [item.instance], LoggedAction.TEST_SENT)
    if answer.outcome is Outcome.ACCEPTED:
        text = _("A test is on its way to %(address)s. The mail server said: %(code)s %(text)s")
        messages.success(request, text % {"address": recipient, "code": answer.code, "text": answer.text})
    else:
        text = _("The test to %(address)s did not get through. Outcome: %(outcome)s, at: %(phase)s. %(text)s")
        outcome, phase = OUTCOMES[answer.outcome], PHASES[answer.phase]
        words = OwnAnswer.in_words(answer.text)
        messages.error(
            request, text % {"address": recipient, "outcome": outcome, "phase": phase, "text": words}
        )


@require_POST
def drop(request: HttpRequest, item: CourseItem[Any]) -> HttpResponse:
    """Delete the draft on the screen; a newer one stays."""
    if item.instance.draft is None:
        messages.info(request, _("There is no draft."))
    elif request.POST.get("seen") != item.draft_stamp:
        messages.warning(request, _("The draft was saved anew meanwhile, so it was kept. Look at it first."))
    else:
        drafts.drop(item.instance)
        log(request, [item.instance], LoggedAction.DRAFT_DROPPED)
        messages.success(request, _("The draft is dropped. What is published stays as it is."))
    return HttpResponseRedirect(item.address("change"))
