"""What comes next to a runner, and what the runner has changed, in sentences for a page and a mail."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from challenge.enrollment.hold_words import hold_words
from challenge.enrollment.transitions import would_go_on
from challenge.models import Delivery, Enrollment, Event
from challenge.models.attempt import was_refused_for_good
from challenge.models.mail_kinds import Kind

State = Enrollment.State
OWN_CHANGES = (
    Event.Kind.CHANGED,
    Event.Kind.RESCHEDULED,
    Event.Kind.READDRESSED,
    Event.Kind.CONSENT_GIVEN,
    Event.Kind.CONSENT_TAKEN_BACK,
)


def what_next(enrollment: Enrollment, now: datetime) -> str:
    """Say which lesson comes when, on the runner's own clock, or why none comes."""
    if enrollment.runner.erase_at:
        return _("No lesson comes until you say that everything is to be kept.")
    if held := hold_words(enrollment):
        return f"{_of_the_state(enrollment, now)} {held.lessons}" if held.words_only else held.lessons
    return _of_the_state(enrollment, now)


def _of_the_state(enrollment: Enrollment, now: datetime) -> str:
    if enrollment.state == State.ACTIVE:
        return _of_a_running_course(enrollment, now)
    if enrollment.state == State.PAUSED:
        told = {"next": _comes(enrollment, _next_day(enrollment), would_go_on(enrollment, now))}
        return _("Your course is paused. If you resume it now: %(next)s") % told
    if enrollment.state == State.SCREENING:
        return _("Ten short questions wait for your answer. No lesson comes before that.")
    if enrollment.state == State.PENDING:
        return _("Your sign-up waits to be confirmed. No lesson comes before that.")
    if enrollment.state == State.COMPLETED:
        return _("You have had every lesson of the course.")
    return _("You have left. No more mail of the course comes.")


def _of_a_running_course(enrollment: Enrollment, now: datetime) -> str:
    lessons = Delivery.objects.filter(enrollment=enrollment, kind=Kind.LESSON)
    on_its_way = lessons.filter(state__in=[*Delivery.WAITING, Delivery.State.SENDING])
    queued = on_its_way.order_by("due_at").first()
    if queued and queued.due_at > now:
        return _comes(enrollment, queued.day, queued.due_at)
    day = queued.day if queued else _next_day(enrollment)
    if queued or enrollment.next_due_at is None or enrollment.next_due_at <= now:
        return _("Day %(day)d is on its way to you.") % {"day": day}
    return _comes(enrollment, day, enrollment.next_due_at)


def _next_day(enrollment: Enrollment) -> int:
    """Return the day of the next lesson: the last one's, if that has still to come."""
    lessons = Delivery.objects.filter(enrollment=enrollment, kind=Kind.LESSON, copy=0)
    last = lessons.order_by("-day").first()
    if last is None:
        return 1
    is_over = last.state == Delivery.State.SENT
    if last.state == Delivery.State.FAILED:
        is_over = was_refused_for_good(last.attempts)
    return last.day + 1 if is_over else last.day


def _comes(enrollment: Enrollment, day: int, at: datetime) -> str:
    local = at.astimezone(enrollment.zone)
    told = {
        "day": day,
        "date": date_format(local, "l j F"),
        "hour": f"{local:%H:%M}",
        "zone": enrollment.time_zone.replace("_", " "),
    }
    if day > enrollment.program.length:
        return _("The summary of your course comes on %(date)s at %(hour)s (%(zone)s).") % told
    return _("Day %(day)d comes on %(date)s at %(hour)s (%(zone)s).") % told


def changes_since(enrollment: Enrollment, since: datetime) -> str:
    """Say what a runner has changed since an instant, in sentences: of one thing the last change alone."""
    events = Event.objects.filter(enrollment__runner=enrollment.runner_id, at__gte=since)
    events = events.filter(actor=Event.Actor.RUNNER, kind__in=OWN_CHANGES)
    events = events.exclude(detail=Event.Detail.MAIL_CONSENT)  # giving and ending it have mails of their own
    said = {event.detail or event.kind: _of_event(event) for event in events}
    return " ".join(said.values())


def _of_event(event: Event) -> str:
    if event.kind == Event.Kind.RESCHEDULED:
        hour = event.detail_values
        zone = hour["time_zone"].replace("_", " ")
        return _("Lessons come at %(hour)s (%(zone)s) now.") % {"hour": hour["send_at"], "zone": zone}
    words: dict[str, str] = {
        Event.Kind.READDRESSED: _("Your mails come here now. The links in earlier mails have ended."),
        Event.Kind.CONSENT_GIVEN: _("You agreed that your health data is kept."),
        Event.Kind.CONSENT_TAKEN_BACK: _(
            "You took back your consent to health data; what was kept under it is erased."
        ),
    }
    details = {
        Event.Detail.NAME: _("Your name is changed."),
        Event.Detail.LINKS: _("The links in earlier mails have ended."),
    }
    return words.get(event.kind) or details.get(Event.Detail(event.detail), "")
