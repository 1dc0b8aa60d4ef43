"""The reason why a runner did not get today's lesson, such as "Paused by the runner since 3 May." """

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Consent
from challenge import schedule
from challenge.coach.runners.delay_reason import delay_reason
from challenge.coach.runners.without_lesson import last_midnight, zone_of
from challenge.coach.wording import ago, shortly
from challenge.delivery.plan import is_behind, latest_lessons
from challenge.models import (
    Delivery,
    DeliveryEvent,
    Enrollment,
    Event,
    Hold,
    Limit,
    RestoreStop,
    Suppression,
)
from challenge.models.heartbeat import Heartbeat, last
from challenge.models.limit import ALL

State, MailState = Enrollment.State, Delivery.State
STOPPED = (Event.Kind.PAUSED, Event.Kind.UNREACHABLE)
WENT_ON = (Event.Kind.RESUMED, Event.Kind.UNDONE, Event.Kind.CLEARED)
BEGIN_AND_END = 2


class LessonStatus:
    """The reasons for some enrollments whose `runner` is loaded, always in eight statements, and one more
    where one of them is held."""

    def __init__(self, enrollments: Sequence[Enrollment], now: datetime) -> None:
        self._now = now
        ids = [enrollment.pk for enrollment in enrollments]
        self._lessons = latest_lessons(ids)
        self._events: dict[int, list[Event]] = defaultdict(list)
        events = Event.objects.filter(kind__in=[*STOPPED, *WENT_ON, Event.Kind.HELD], enrollment__in=ids)
        for event in events.order_by("at", "id"):
            self._events[event.enrollment_id].append(event)
        hashes = [enrollment.runner.address_hash for enrollment in enrollments]
        suppressed = Suppression.objects.filter(address_hash__in=hashes)
        self._suppressed = {each.address_hash: each for each in suppressed}
        runners = [enrollment.runner_id for enrollment in enrollments]
        given = Consent.objects.filter(user__in=runners, purpose=Consent.Purpose.MAIL, withdrawn_at=None)
        self._consented = set(given.filter(given_at__isnull=False).values_list("user_id", flat=True))
        suspended = Limit.objects.filter(suspended_until__gt=now)
        self._suspended_limits = {limit.domain: limit for limit in suspended if limit.is_suspended(now)}
        returned = DeliveryEvent.objects.filter(
            delivery__in=self._lessons.values(), kind__in=DeliveryEvent.BOUNCES
        )
        self._returned = {each.delivery_id: each for each in returned}
        held = [enrollment.pk for enrollment in enrollments if enrollment.state == State.HELD]
        self._holds: dict[int, list[Hold]] = defaultdict(list)
        for one in (
            Hold.objects.filter(enrollment__in=held, cleared_at=None, words_only=False) if held else ()
        ):
            self._holds[one.enrollment_id].append(one)
        self._restore_stop = RestoreStop.current()
        self._planner_looked_at = last(Heartbeat.Name.PLANNER)

    def of(self, enrollment: Enrollment) -> str:
        if found := self._suppressed.get(enrollment.runner.address_hash):
            return _unreachable(found)
        match enrollment.state:
            case State.PENDING:
                day = _day(enrollment.created_at)
                return _("Not confirmed: the sign-up of %(day)s waits for the button in the mail.") % {
                    "day": day
                }
            case State.SCREENING:
                return _("The runner has not answered the questions before the course.")
            case State.HELD:
                return _held(self._holds[enrollment.pk])
            case State.PAUSED:
                return self._paused(enrollment)
            case State.ACTIVE:
                return self._active(enrollment)
        return _("The course is over.")

    def _paused(self, enrollment: Enrollment) -> str:
        event = next(
            (event for event in reversed(self._events[enrollment.pk]) if event.kind in STOPPED), None
        )
        if event is None:
            return _("Paused.")
        text = _("Paused by %(whom)s since %(day)s.")
        if event.kind == Event.Kind.UNREACHABLE:
            text = _("Unreachable since %(day)s.")
        text %= {"whom": event.get_actor_display(), "day": _day(event.at)}
        return f"{text} {event.says}".strip()

    def _active(self, enrollment: Enrollment) -> str:
        if enrollment.runner_id not in self._consented:
            return _("There is no consent to mail.")
        if self._restore_stop:
            return _("Nothing is sent to anybody: %(reason)s.") % {"reason": self._restore_stop}
        lesson = self._lessons.get(enrollment.pk)
        if lesson and is_behind(lesson):
            return self._behind(lesson, enrollment)
        midnight = last_midnight(enrollment.time_zone, self._now)
        if lesson and (returned := self._returned.get(lesson.pk)):
            text = _("Day %(day)d came back: %(detail)s") % {
                "day": lesson.day,
                "detail": _sentence(returned.detail),
            }
            return f"{text} {self._next(enrollment)}"
        if lesson and lesson.state == MailState.FAILED and lesson.due_at >= midnight:
            return f"{_failed(lesson)} {self._next(enrollment)}"
        return f"{self._was_paused(enrollment, midnight)}{self._next(enrollment)}"

    def _was_paused(self, enrollment: Enrollment, midnight: datetime) -> str:
        """Mention a pause or a hold that ended today: it explains why no lesson came."""
        events = self._events[enrollment.pk]
        if len(events) < BEGIN_AND_END or events[-1].kind not in WENT_ON or events[-1].at < midnight:
            return ""
        *before, began, ended = events
        values = {"whom": began.get_actor_display(), "first": _day(began.at), "last": _day(ended.at)}
        if ended.kind == Event.Kind.CLEARED:
            holds = takewhile(lambda event: event.kind not in WENT_ON, reversed([*before, began]))
            first = [event for event in holds if event.kind == Event.Kind.HELD]
            values["first"] = _day(first[-1].at if first else began.at)
            return _("Held from %(first)s to %(last)s.") % values + " "
        if began.kind != Event.Kind.PAUSED:
            return ""
        return _("Paused by %(whom)s from %(first)s to %(last)s.") % values + " "

    def _behind(self, lesson: Delivery, enrollment: Enrollment) -> str:
        """Return the reason for a lesson that is in the ledger and has not left."""
        match lesson.state:
            case MailState.SENDING:
                return _("Day %(day)d is being sent right now.") % {"day": lesson.day}
            case MailState.FAILED:
                return f"{_failed(lesson)} {self._next(enrollment)}"
            case MailState.WITHHELD:
                text = _("Day %(day)d was held back: %(reason)s")
                text %= {"day": lesson.day, "reason": _sentence(lesson.why)}
                return f"{text} {self._next(enrollment)}"
        if lesson.closes_at and lesson.closes_at <= self._now:
            text = _("Day %(day)d did not get through before %(time)s.")
            text %= {"day": lesson.day, "time": self._at(lesson.closes_at)}
            return f"{text} {self._next(enrollment)}"
        return f"{delay_reason(lesson, self._at)}{self._suspended(lesson)}"

    def _suspended(self, lesson: Delivery) -> str:
        limit = self._suspended_limits.get(ALL) or self._suspended_limits.get(lesson.domain)
        if limit is None or limit.suspended_until is None:
            return ""
        text = _("All mail rests until %(time)s: %(reason)s")
        if limit.domain != ALL:
            text = _("Mail to %(domain)s rests until %(time)s: %(reason)s")
        values = {
            "domain": limit.domain,
            "time": self._at(limit.suspended_until),
            "reason": _sentence(limit.why),
        }
        return f" {text % values}"

    def _next(self, enrollment: Enrollment) -> str:
        due, zone, now = enrollment.next_due_at, zone_of(enrollment.time_zone), self._now
        if zone is None:
            text = _("This machine does not know the runner's time zone, %(zone)s.")
            return text % {"zone": enrollment.time_zone}
        if due is None:
            return _("Nothing is due for the runner.")
        if due <= now:
            looked = ago(self._planner_looked_at, now) if self._planner_looked_at else _("never")
            text = _("It has been due since %(since)s; the planner last looked: %(looked)s.")
            return text % {"since": self._at(due), "looked": looked}
        values = {"day": date_format(due.astimezone(zone), "l, j F"), "time": f"{due.astimezone(zone):%H:%M}"}
        if schedule.local_date(due, zone) == schedule.local_date(now, zone):
            return _("Still to come at %(time)s on the runner's clock.") % values
        if enrollment.pk not in self._lessons:
            return _("The course begins on %(day)s at %(time)s on the runner's clock.") % values
        return _("The next lesson is due on %(day)s at %(time)s on the runner's clock.") % values

    def _at(self, instant: datetime) -> str:
        """Format an instant on the coach's clock: the time alone for today."""
        local = timezone.localtime(instant)
        return f"{local:%H:%M}" if local.date() == timezone.localtime(self._now).date() else shortly(instant)


def _held(holds: list[Hold]) -> str:
    if not holds:
        return _("Held: nothing is sent until the lessons are released.")
    values = {"day": _day(holds[0].opened_at), "why": "; ".join(dict.fromkeys(one.why for one in holds))}
    return _("Held since %(day)s: %(why)s. Nothing is sent until a coach clears it.") % values


def _unreachable(found: Suppression) -> str:
    values = {"day": _day(found.created_at), "why": found.get_reason_display(), "detail": found.detail}
    text = {
        Suppression.Reason.BOUNCED: _("Unreachable: the address refused mail on %(day)s."),
        Suppression.Reason.COMPLAINED: _("Unreachable: the mail was reported as unwanted on %(day)s."),
        Suppression.Reason.UNSUBSCRIBED: _("Unreachable: the runner unsubscribed on %(day)s."),
        Suppression.Reason.BLOCKED: _("Unreachable: the coach blocked the address on %(day)s."),
    }.get(Suppression.Reason(found.reason), _("Unreachable since %(day)s: %(why)s."))
    return f"{text % values} {found.detail}".strip()


def _failed(lesson: Delivery) -> str:
    return _("Day %(day)d failed: %(reason)s") % {"day": lesson.day, "reason": _sentence(lesson.why)}


def _sentence(text: str) -> str:
    """Return another module's text as a sentence."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _day(instant: datetime) -> str:
    return date_format(timezone.localtime(instant), "j F")
