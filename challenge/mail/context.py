"""The context of a mail: the value of each slot for its runner, calculated when the mail needs it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, F, Max, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.addresses import MAX_LOCAL
from challenge import schedule
from challenge.checkins.record import takes_check_in
from challenge.curriculum.slots import wrap_line
from challenge.enrollment.what_next import changes_since, what_next
from challenge.mail.links import Purpose, address_url, build_url, token, url
from challenge.models import AddressChange, CheckIn, Delivery, Enrollment, Event, Message, WaitingSignUp
from challenge.models.conditions import among

# So many days without a check-in are worth a word, and so many days done.
QUIET_DAYS = (3, 7, 14)
MILESTONES = (7, 14)
Status = CheckIn.Status


class MailContext(dict[str, str]):
    """The value of every slot (curriculum.slots.NAMES) for one delivery; KeyError for another name. Nothing
    is signed or queried for a slot that the mail does not have."""

    def __init__(self, delivery: Delivery, now: datetime) -> None:
        super().__init__(greeting="", coach_note="")
        self.delivery, self.now = delivery, now
        self.enrollment = delivery.required_enrollment
        self._check_in = ""

    def __missing__(self, name: str) -> str:
        value = self[name] = SOURCES[name](self)
        return value

    def link(self, purpose: Purpose) -> str:
        return url(purpose, self.now, self.enrollment)

    def on_clock(self, instant: datetime) -> str:
        """Return an instant on the runner's own clock."""
        return date_format(instant.astimezone(self.enrollment.zone), "l, j F, H:i")

    def check_in(self, status: str) -> str:
        """Return the link of one answer, or an empty text if the day takes none any more. The three share one
        capability: a link only proposes an answer."""
        whose = self.enrollment, self.delivery.day
        if self.delivery.kind == Delivery.Kind.LINKS and not takes_check_in(*whose, self.now):
            return ""
        self._check_in = self._check_in or token(Purpose.CHECK_IN, self.now, *whose)
        return build_url(Purpose.CHECK_IN, self._check_in, status)

    def add_up(self) -> None:
        check_ins = list(CheckIn.objects.filter(enrollment=self.enrollment).order_by("day"))
        scores = [check_in.tightness for check_in in check_ins if check_in.tightness is not None]
        done = sum(check_in.status != CheckIn.Status.NOT_TODAY for check_in in check_ins)
        first, last = (str(scores[0]), str(scores[-1])) if len(scores) > 1 else ("", "")
        self.update(done_count=str(done or ""), tightness_first=first, tightness_last=last)


def _next_date(enrollment: Enrollment) -> str:
    """Return the local date of the next lesson: of the queued one, else of the due one; before the
    confirmation, the date that the runner chose."""
    lessons = Delivery.objects.filter(enrollment=enrollment, kind=Delivery.Kind.LESSON)
    on_its_way = lessons.filter(state__in=[*Delivery.WAITING, Delivery.State.SENDING])
    queued = on_its_way.order_by("due_at").values_list("due_at", flat=True).first()
    due = queued or enrollment.next_due_at
    day = schedule.local_date(due, enrollment.zone) if due else enrollment.starts_on
    return date_format(day, "l, j F")


def _address_change(values: MailContext) -> AddressChange:
    """Return the change that a mail is about. Raises LookupError for one that was deleted meanwhile."""
    change = values.delivery.address_change
    if change is None:
        raise LookupError(f"delivery {values.delivery.pk} is about no change of address")
    return change


def _answer(values: MailContext) -> Message:
    """Return the answer that a mail carries. Raises LookupError for one that was deleted meanwhile."""
    answer = values.delivery.answer
    if answer is None:
        raise LookupError(f"delivery {values.delivery.pk} carries no answer")
    return answer


def _asked_on(values: MailContext) -> str:
    asked = _answer(values).answers
    return date_format(asked.at.astimezone(values.enrollment.zone), "l, j F") if asked else ""


def _ask_url(values: MailContext) -> str:
    """Return the page on which the runner asks again, or an empty text where there is none."""
    has_left = values.enrollment.state == Enrollment.State.WITHDRAWN
    return values["day_url"] + "#ask" if values.delivery.day and not has_left else ""


def _erase_at(values: MailContext) -> str:
    """Return when the runner is erased. Raises LookupError for one who has not asked for it."""
    erase_at = values.enrollment.runner.erase_at
    if erase_at is None:
        raise LookupError(f"the runner of enrollment {values.enrollment.pk} is not to be erased")
    return values.on_clock(erase_at)


def _resume_url(values: MailContext) -> str:
    """Return the link to go on after a pause, or an empty text where there is none."""
    is_paused = values.enrollment.state == Enrollment.State.PAUSED
    return values.link(Purpose.PAUSE) if is_paused else ""


def _asked_name(values: MailContext) -> str:
    """Return the other name under which somebody signed up at a runner's address, or an empty text."""
    asked = WaitingSignUp.objects.filter(enrollment=values.enrollment, answered_at__isnull=False)
    return asked.values_list("first_name", flat=True).first() or ""


def _second_address(values: MailContext) -> str:
    """Return an address of the same mailbox for a second runner, where more than one form was sent; else an
    empty text. The part before the @ holds 64 octets (RFC 5321, 4.5.3.1.1)."""
    local, _at, domain = values.enrollment.runner.email.rpartition("@")
    local = f"{local.partition('+')[0] or local}+two"
    is_asked = values["asked_name"] if values.delivery.kind == Delivery.Kind.LINKS else values.delivery.copy
    return f"{local}@{domain}" if is_asked and len(local) <= MAX_LOCAL else ""


def _added_up(name: str) -> Callable[[MailContext], str]:
    def value(values: MailContext) -> str:
        values.add_up()
        return values[name]

    return value


SOURCES: dict[str, Callable[[MailContext], str]] = {
    "day": lambda values: str(values.delivery.day),
    "length": lambda values: str(values.enrollment.program.length),
    "program_title": lambda values: values.enrollment.program.title,
    "first_name": lambda values: values.delivery.to_user.get_short_name(),
    "coach_name": lambda values: settings.COACH_NAME,
    "postal_address": lambda values: settings.POSTAL_ADDRESS,
    "site_url": lambda values: settings.SITE_URL,
    "send_at": lambda values: values.enrollment.send_at.isoformat("minutes"),
    "time_zone": lambda values: values.enrollment.time_zone.replace("_", " "),
    "starts_on": lambda values: _next_date(values.enrollment),
    "undo_until": lambda values: values.on_clock(values.enrollment.undo_ends_at),
    "address_undo_until": lambda values: values.on_clock(_address_change(values).undo_ends_at),
    "changes": lambda values: wrap_line(changes_since(values.enrollment, values.delivery.due_at)),
    "what_next": lambda values: wrap_line(what_next(values.enrollment, values.now)),
    "erase_at": _erase_at,
    "done_count": _added_up("done_count"),
    "tightness_first": _added_up("tightness_first"),
    "tightness_last": _added_up("tightness_last"),
    "library_url": lambda values: settings.SITE_URL + reverse("library"),
    "sign_up_url": lambda values: settings.SITE_URL + reverse("sign-up"),
    "confirm_url": lambda values: values.link(Purpose.CONFIRM),
    "hour_url": lambda values: values.link(Purpose.HOUR),
    "pause_url": lambda values: values.link(Purpose.PAUSE),
    "own_page_url": lambda values: values.link(Purpose.OWN_PAGE),
    "address_url": lambda values: address_url(Purpose.ADDRESS, _address_change(values)),
    "address_undo_url": lambda values: address_url(Purpose.ADDRESS_UNDO, _address_change(values)),
    "links_url": lambda values: settings.SITE_URL + reverse("links"),
    "keep_url": lambda values: values.link(Purpose.KEEP),
    "resume_url": _resume_url,
    "asked_name": _asked_name,
    "answer": lambda values: _answer(values).text,
    "asked_on": _asked_on,
    "ask_url": _ask_url,
    "second_address": _second_address,
    "leave_url": lambda values: values.link(Purpose.LEAVE),
    "day_url": lambda values: url(Purpose.DAY, values.now, values.enrollment, values.delivery.day),
    "done_url": lambda values: values.check_in(CheckIn.Status.DONE),
    "partly_url": lambda values: values.check_in(CheckIn.Status.PARTLY),
    "not_today_url": lambda values: values.check_in(CheckIn.Status.NOT_TODAY),
}


class Greetings:
    """A greeting for each lesson of a batch, always in two statements."""

    def __init__(self, deliveries: Sequence[Delivery]) -> None:
        lessons = [d.required_enrollment.pk for d in deliveries if d.kind == Delivery.Kind.LESSON]
        self._check_ins = _check_ins(lessons) if lessons else {}
        self._resumed = _resumed(lessons) if lessons else set()

    def of(self, delivery: Delivery) -> str:
        if delivery.kind != Delivery.Kind.LESSON:
            return ""
        enrollment = delivery.required_enrollment.pk
        return greeting(delivery.day, self._check_ins.get(enrollment, NEVER), enrollment in self._resumed)


@dataclass(frozen=True)
class CheckIns:
    """The last day with a check-in, the last day done or partly done (0: none), and the number of those."""

    last: int
    last_done: int
    done: int


NEVER = CheckIns(0, 0, 0)


def greeting(day: int, found: CheckIns, is_resumed: bool) -> str:
    """Greet a runner on `day`. It is news, so that no two lessons in a row begin with the same words."""
    if is_resumed:
        return _("Good to have you back. You go on where you stopped.")
    if day == 1:
        return _("Here is your first lesson.")
    if day == 2 and not found.last:
        return _("When you have stretched, a tap and a button tell your coach how it went.")
    if day - 1 - found.last in QUIET_DAYS:
        return _("We have not heard from you lately. That is fine: the stretch alone counts.")
    if found.done in MILESTONES and found.last_done == day - 1:
        return _("You have done %(done)d days so far.") % {"done": found.done}
    return ""


def _check_ins(enrollments: list[int]) -> dict[int, CheckIns]:
    is_done = Q(status__in=[Status.DONE, Status.PARTLY])
    rows = CheckIn.objects.filter(among("enrollment", enrollments)).values("enrollment")
    found = rows.annotate(
        last=Max("day"), last_done=Max("day", filter=is_done), done=Count("pk", filter=is_done)
    )
    return {
        enrollment: CheckIns(last, last_done or 0, done)
        for enrollment, last, last_done, done in found.values_list("enrollment", "last", "last_done", "done")
    }


def _resumed(enrollments: list[int]) -> set[int]:
    """Return the enrollments that were resumed, or whose leaving was undone, since their last lesson."""
    lessons = Delivery.objects.filter(enrollment=OuterRef("pk"), kind=Delivery.Kind.LESSON, copy=0)
    sent = lessons.filter(sent_at__isnull=False).order_by("-day").values("sent_at")[:1]
    resumed = Event.objects.filter(enrollment=OuterRef("pk"), kind__in=Event.RESTARTS).order_by("-at")
    found = Enrollment.objects.filter(among("id", enrollments)).annotate(
        sent=Subquery(sent), resumed=Subquery(resumed.values("at")[:1])
    )
    return set(found.filter(resumed__gt=F("sent")).values_list("pk", flat=True))
