"""The editor of a day or a stretch: a draft kept whatever its faults, and its faults in view."""

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
from challenge.coach.access import coach_of, log
from challenge.coach.course.content_form import forget_what_is_too_long
from challenge.coach.course.course_item import Work
from challenge.coach.course.differences import differences
from challenge.coach.course.drawing_rows import FigureRowsForm, picture_address
from challenge.coach.course.previews import NoSuchRunner, PreviewForm, find_runner, values_for
from challenge.coach.wording import OUTCOMES, PHASES
from challenge.curriculum import drafts
from challenge.curriculum.drafts import Overtaken
from challenge.curriculum.lesson import Content
from challenge.delivery.test_mail import send_test_mail
from challenge.models.attempt import Outcome

# What travels with the form and is none of its words.
ASIDE = ("csrfmiddlewaretoken", "seen", "base", "do")


def frame_of(request: HttpRequest, work: Work[Any], title: str) -> dict[str, Any]:
    """What every room's template needs."""
    return {
        **admin.site.each_context(request),
        "title": title,
        "opts": work.item._meta,
        "work": work,
        "item": work.item,
        "list_address": f"admin:challenge_{work.table}_changelist",
        "change": work.address("change"),
        "addresses": {room: work.address(room) for room in work.rooms},
        **{f"{room}_address": f"admin:challenge_{work.table}_{room}" for room in ("version", "restore")},
    }


@require_http_methods(["GET", "HEAD", "POST"])
def editor(request: HttpRequest, work: Work[Any]) -> HttpResponse:
    """The form; and, posted, the draft saved, with what the coach asked for next."""
    if request.method != "POST":
        form = work.form()
        if work.item.draft is not None:
            form.show(work.review(work.working_copy))
        return _page(request, work, form)
    form = work.form(request.POST)
    if not form.is_valid():
        forget_what_is_too_long(form, work.values(work.working_copy))
        return _page(request, work, form, status=422)
    words = work.whole(form.words())
    if not _keep(request, work, words):
        return _conflict(request, work, words)
    match request.POST.get("do"):
        case "publish":
            return HttpResponseRedirect(work.address("publish"))
        case "test":
            _send_test(request, work, words)
        case _:
            _say_saved(request, work, words)
    return HttpResponseRedirect(work.address("change"))


def _page(request: HttpRequest, work: Work[Any], form: FigureRowsForm, status: int = 200) -> HttpResponse:
    asked = request.POST if request.method == "POST" else None
    context = {
        **frame_of(request, work, work.title),
        "form": form,
        "seen": request.POST.get("seen", "") if form.is_bound else work.stamp,
        "base": base_of(request) if form.is_bound else work.newest_number,
        "newest": work.newest,
        "preview": (chosen := PreviewForm(asked)),
        "as_number": _number_of_runner(chosen, work),
        "corrections": work.corrections,
        "drawings": [(name, picture_address(name)) for name in drawings.names()],
    }
    return TemplateResponse(request, "admin/course/editor.html", context, status=status)


def _number_of_runner(chosen: PreviewForm, work: Work[Any]) -> str:
    """The enrollment that the preview is for, as an address may hold it: logs keep addresses."""
    try:
        runner = find_runner(chosen.runner, work)
    except NoSuchRunner:
        return ""
    return str(runner.pk) if runner else ""


def base_of(request: HttpRequest) -> int:
    """The number of the version over which a form was opened; 0 for none."""
    posted = request.POST.get("base", "")
    return int(posted) if re.fullmatch("[0-9]{1,5}", posted) else 0


def _keep(request: HttpRequest, work: Work[Any], words: Content) -> bool:
    """Save the draft. False when somebody else's would be lost by it."""
    if work.item.draft is None and words == work.published_words:
        return True
    try:
        seen = instant(request.POST.get("seen", ""))
        drafts.save(work.item, words, seen, coach_of(request), timezone.now(), base_of(request))
    except Overtaken:
        # A form that was sent twice has said the same already.
        return bool(work.whole(type(work).open(work.item.pk).item.draft or {}) == words)
    log(request, [work.item], _("Saved a draft."))
    work.item.refresh_from_db(fields=["draft", "draft_saved_at", "draft_by"])
    return True


def instant(text: str) -> datetime | None:
    """The stamp of a draft as a form carries it; None for none."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _say_saved(request: HttpRequest, work: Work[Any], words: Content) -> None:
    if work.item.draft is None:
        messages.info(request, _("Nothing was changed: this is what is published."))
    elif count := len(work.review(words)):
        said = ngettext(
            "The draft is saved. One thing, named below, has to be mended before publishing.",
            "The draft is saved. %(count)d things, named below, have to be mended before publishing.",
            count,
        )
        messages.warning(request, said % {"count": count})
    else:
        messages.success(
            request, _("The draft is saved. It is ready to be published; nobody gets it before.")
        )


def _conflict(request: HttpRequest, work: Work[Any], words: Content) -> HttpResponse:
    """Hers and what there is by now side by side; hers goes on in the form, and nothing is lost."""
    other = type(work).open(work.item.pk)
    theirs, hers = other.content(other.working_copy), work.content(words)
    posted = [(name, each) for name, values in request.POST.lists() if name not in ASIDE for each in values]
    context = {
        **frame_of(request, other, _("Somebody else changed it meanwhile")),
        "differences": differences(other.rows(theirs), other.rows(hers)),
        "newest": other.newest,
        "was_published": other.newest_number != base_of(request),
        "posted": posted,
    }
    return TemplateResponse(request, "admin/course/conflict.html", context, status=409)


def _send_test(request: HttpRequest, work: Work[Any], words: Content) -> None:
    """Mail the draft to the coach herself, and say what the server answered."""
    asked = PreviewForm(request.POST)
    recipient = coach_of(request).email
    site_url = request.build_absolute_uri("/").rstrip("/")
    try:
        compiled, day = work.mail(words)
        values = values_for(asked.runner, work, day, site_url)
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
    log(request, [work.item], _("Sent herself a test."))
    if answer.outcome is Outcome.ACCEPTED:
        said = _("A test is on its way to %(address)s. The mail server said: %(code)s %(text)s")
        messages.success(request, said % {"address": recipient, "code": answer.code, "text": answer.text})
    else:
        said = _("The test to %(address)s did not get through. Outcome: %(outcome)s, at: %(phase)s. %(text)s")
        outcome, phase = OUTCOMES[answer.outcome], PHASES[answer.phase]
        messages.error(
            request, said % {"address": recipient, "outcome": outcome, "phase": phase, "text": answer.text}
        )


@require_POST
def drop(request: HttpRequest, work: Work[Any]) -> HttpResponse:
    """Forget the draft that is on the screen; another one stays."""
    if work.item.draft is None:
        messages.info(request, _("There is no draft."))
    elif request.POST.get("seen") != work.stamp:
        messages.warning(request, _("The draft was saved anew meanwhile, so it was kept. Look at it first."))
    else:
        drafts.drop(work.item)
        log(request, [work.item], _("Dropped the draft."))
        messages.success(request, _("The draft is dropped. What is published stays as it is."))
    return HttpResponseRedirect(work.address("change"))
