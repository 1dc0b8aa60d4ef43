"""A runner's own page, opened by a fresh link that lasts an hour. Wide powers stand only here."""

from collections.abc import Callable
from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Consent
from accounts.wordings import WORDINGS
from challenge import tasks
from challenge.conversation.advice import advice
from challenge.conversation.answers import after_leaving
from challenge.conversation.messages import TooManyMessages, record_message
from challenge.conversation.thread import thread
from challenge.enrollment import own_changes
from challenge.enrollment.erasing import keep, request_erasing
from challenge.enrollment.hold_words import hold_words, was_paused_by_coach
from challenge.enrollment.leaving import current_run, undo_until
from challenge.enrollment.transitions import PauseCause, pause, resume, undo_pause, undo_pause_until
from challenge.mail.links import Purpose, url
from challenge.models import Enrollment, Event, Message, Stretch
from challenge.safety.screening import in_words
from challenge.site.capability import capability
from challenge.site.doubt import doubt_of_words, served
from challenge.site.fields import PlainForm
from challenge.site.forms import HourForm, MessageForm, NameForm, NewAddressForm
from challenge.site.own_page import OwnPage
from challenge.site.views.address import ask_address
from challenge.site.views.own_data import download, everything, told

State = Enrollment.State
LATELY = timedelta(hours=1)
TOO_MANY = _(
    "You have written ten times within a day, and all of it is kept. Please send this tomorrow: copy your"
    " words before you close the page."
)
TOO_FAST = _(
    "It came very fast: a program that checks mail may have sent it. Look it over and send it once more, so"
    " that it counts."
)


@capability(Purpose.OWN_PAGE)
def own_page(request: HttpRequest, enrollment: Enrollment, part: str = "") -> HttpResponse:
    """Show the page, or one part of it. A part that only takes a form leads back to the page."""
    if part not in PARTS:
        raise Http404
    token = request.resolver_match.kwargs["token"] if request.resolver_match else ""
    return PARTS[part](OwnPage(request, current_run(enrollment), token, timezone.now()))


def overview(page: OwnPage, status: int = 200, **bound: PlainForm) -> HttpResponse:
    """Show the page; `bound` is the form with mistakes in it, by its name in the template."""
    run = page.run
    given = Consent.objects.filter(user=run.runner_id, given_at__isnull=False, withdrawn_at=None)
    has_left = run.state == State.WITHDRAWN
    context = {
        "has_left": has_left,
        "questions": url(Purpose.SCREENING, page.now, run) if _is_asked(run) else "",
        "undo_until": undo_until(run, page.now) if has_left else None,
        "held": hold_words(run),
        "by_coach": was_paused_by_coach(run),
        "pause_undo_until": undo_pause_until(run, page.now),
        "leave": url(Purpose.LEAVE, page.now, run),
        "health_wording": WORDINGS[Consent.Purpose.HEALTH],
        "consents": {consent.purpose: consent for consent in given},
        "is_open": run.state in Enrollment.OPEN_STATES,
        "hour": HourForm(initial={"send_at": f"{run.send_at:%H:%M}", "time_zone": run.time_zone}),
        "name": NameForm(initial={"first_name": run.runner.first_name}),
        "address": NewAddressForm(),
        "thread": thread(run),
        "message": MessageForm(),
        "served": served(page.now),
        "was_answered": has_left and after_leaving(run).exists(),
        "advice": _advice(page),
        "left_out": _left_out(run),
        "answered": _answered(run),
        **bound,
    }
    return page.render("pages/own/page.html", status, **context)


def _is_asked(run: Enrollment) -> bool:
    return run.is_asked_for_screening and run.state not in (State.PENDING, State.WITHDRAWN)


def _left_out(run: Enrollment) -> list[str]:
    titles = Stretch.objects.filter(program=run.program_id, slug__in=run.left_out).order_by("title")
    return list(titles.values_list("title", flat=True))


def _answered(run: Enrollment) -> list[str]:
    """Word what was ticked and answered with yes to the ten questions, as far as it is kept."""
    return in_words(dict.fromkeys(code for each in run.screenings.all() for code in each.answers))


def _advice(page: OwnPage) -> Promise | None:
    """Return what somebody must do who has just written red words."""
    said = page.run.messages.filter(direction=Message.Direction.IN, at__gt=page.now - LATELY)
    newest = said.order_by("at", "pk").last()
    return advice(newest.text) if newest else None


def write_to_coach(page: OwnPage) -> HttpResponse:
    form = MessageForm(page.request.POST)
    if page.run.state == State.PENDING:
        return page.done("nothing")
    if not form.is_valid():
        return overview(page, 422, message=form)
    text, doubt = form.cleaned_data["text"], doubt_of_words(page.request, None, page.now)
    try:
        written = record_message(page.run.pk, 0, text, page.now, doubt=doubt)
    except TooManyMessages:
        form.add_error("text", TOO_MANY)
        return overview(page, 429, message=form)
    if written.doubt:
        form.add_error("text", TOO_FAST)
        return overview(page, 422, message=form)
    return page.done("wrote")


def change_hour(page: OwnPage) -> HttpResponse:
    form = HourForm(page.request.POST)
    if not form.is_valid():
        return overview(page, 422, hour=form)
    chosen = form.cleaned_data
    changed = own_changes.change_hour(page.run, chosen["send_at"], chosen["time_zone"], page.now)
    return page.done("hour" if changed else "nothing")


def change_name(page: OwnPage) -> HttpResponse:
    form = NameForm(page.request.POST)
    if not form.is_valid():
        return overview(page, 422, name=form)
    renamed = own_changes.rename(page.run.pk, form.cleaned_data["first_name"], page.now)
    return page.done("name" if renamed else "nothing")


def pause_course(page: OwnPage) -> HttpResponse:
    if not pause(page.run.pk, PauseCause.RUNNER, page.now):
        return _nothing(page)
    tasks.nudge(tasks.send)
    return page.done("pause")


def resume_course(page: OwnPage) -> HttpResponse:
    if not resume(page.run.pk, Event.Actor.RUNNER, page.now):
        return _nothing(page)
    tasks.nudge(tasks.plan)
    return page.done("resume")


def take_back_pause(page: OwnPage) -> HttpResponse:
    if not undo_pause(page.run.pk, page.now):
        return _nothing(page)
    tasks.nudge(tasks.plan)
    return page.done("undo-pause")


def _nothing(page: OwnPage) -> HttpResponse:
    return page.done("stopped" if page.run.state == State.HELD else "nothing")


def change_address(page: OwnPage) -> HttpResponse:
    form = NewAddressForm(page.request.POST)
    return ask_address(page, form) if form.is_valid() else overview(page, 422, address=form)


def agree(page: OwnPage) -> HttpResponse:
    return page.done("agreed" if own_changes.agree(page.run, page.now) else "nothing")


def take_back_health(page: OwnPage) -> HttpResponse:
    """Say what is erased with the consent to health data, then erase it."""
    if not page.is_posted:
        return page.render("pages/own/health.html")
    return page.done("taken-back" if own_changes.take_back_health(page.run, page.now) else "nothing")


def erase(page: OwnPage) -> HttpResponse:
    """Say what is erased, then hold everything back for a day in which the runner can keep it."""
    if page.run.runner.is_staff:
        raise Http404
    if not page.is_posted:
        return page.render("pages/own/erase.html")
    request_erasing(page.run.runner_id, page.now)
    tasks.nudge(tasks.send)
    return page.done("erase")


def keep_everything(page: OwnPage) -> HttpResponse:
    if not keep(page.run.runner_id, page.now):
        return page.done("nothing")
    tasks.nudge(tasks.plan)
    return page.done("keep")


def end_links(page: OwnPage) -> HttpResponse:
    """End this page's own link too. The answer is the last that it gives."""
    if not page.is_posted:
        return page.render("pages/own/end_links.html")
    own_changes.end_old_links(page.run.pk, page.now)
    tasks.nudge(tasks.send)
    return page.render("pages/own/links_ended.html")


def _posted(part: Callable[[OwnPage], HttpResponse]) -> Callable[[OwnPage], HttpResponse]:
    return lambda page: part(page) if page.is_posted else redirect(page.home_url)


PARTS: dict[str, Callable[[OwnPage], HttpResponse]] = {
    "": overview,
    "write": _posted(write_to_coach),
    "hour": _posted(change_hour),
    "name": _posted(change_name),
    "pause": _posted(pause_course),
    "resume": _posted(resume_course),
    "undo-pause": _posted(take_back_pause),
    "address": _posted(change_address),
    "agree": _posted(agree),
    "health": take_back_health,
    "erase": erase,
    "keep": _posted(keep_everything),
    "told": told,
    "everything": everything,
    "download": download,
    "links": end_links,
}
