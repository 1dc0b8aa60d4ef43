"""The context of a mail: the value of each slot for its runner, calculated when the mail needs it."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format

from accounts.addresses import MAX_LOCAL
from challenge import schedule
from challenge.checkins.open_days import takes_check_in
from challenge.curriculum.slots import keeps, wrap_line
from challenge.enrollment.transitions import would_go_on
from challenge.enrollment.what_next import changes_since, what_next
from challenge.mail import about_escalation
from challenge.mail.hold_slots import HOLD_SOURCES
from challenge.mail.links import Purpose, address_url, build_url, token, url
from challenge.models import AddressChange, CheckIn, Delivery, Enrollment, Message, WaitingSignUp

Status = CheckIn.Status
# Whoever is stopped, or has not answered the questions yet, is not asked to do anything instead of a stretch.
NO_EXERCISE = (Enrollment.State.SCREENING, Enrollment.State.HELD)


class MailContext(dict[str, str]):
    """The value of every slot (curriculum.slots.NAMES) for one delivery; KeyError for another name. Nothing
    is signed or queried for a slot that the mail does not have."""

    def __init__(self, delivery: Delivery, now: datetime) -> None:
        super().__init__(greeting="", coach_note="", morning="")
        self.delivery, self.now = delivery, now
        self._check_in = ""

    def __missing__(self, name: str) -> str:
        source = SOURCES.get(name)
        value = self[name] = source(self) if source else self._movement(name)
        return value

    def _movement(self, section: str) -> str:
        runner = self.enrollment
        no_exercise = runner.words_only or runner.state in NO_EXERCISE
        return "yes" if keeps(section, runner.left_out, no_exercise) else ""

    @property
    def enrollment(self) -> Enrollment:
        return self.delivery.required_enrollment

    def link(self, purpose: Purpose) -> str:
        return url(purpose, self.now, self.enrollment)

    def on_clock(self, instant: datetime) -> str:
        """Return an instant on the runner's own clock."""
        return date_format(instant.astimezone(self.enrollment.zone), "l, j F, H:i")

    def check_in(self, status: str) -> str:
        """Return the link of one answer, or an empty text if the day takes none any more. All share one
        capability: a link only proposes an answer."""
        whose = self.enrollment, self.delivery.day
        if self.delivery.kind == Delivery.Kind.LINKS and not takes_check_in(*whose, self.now):
            return ""
        self._check_in = self._check_in or token(Purpose.CHECK_IN, self.now, *whose)
        return build_url(Purpose.CHECK_IN, self._check_in, status)

    def add_up(self) -> None:
        check_ins = list(CheckIn.objects.filter(enrollment=self.enrollment).order_by("day"))
        scores = [check_in.tightness for check_in in check_ins if check_in.tightness is not None]
        done = sum(check_in.status in (Status.DONE, Status.PARTLY) for check_in in check_ins)
        first, last = (str(scores[0]), str(scores[-1])) if len(scores) > 1 else ("", "")
        self.update(done_count=str(done or ""), tightness_first=first, tightness_last=last)


def _next_date(values: MailContext) -> str:
    """Return the local date of the next lesson: of the queued one, else of the due one, or of the one that
    waits for answers; before the confirmation, the date that the runner chose."""
    enrollment = values.enrollment
    lessons = Delivery.objects.filter(enrollment=enrollment, kind=Delivery.Kind.LESSON)
    on_its_way = lessons.filter(state__in=[*Delivery.WAITING, Delivery.State.SENDING])
    queued = on_its_way.order_by("due_at").values_list("due_at", flat=True).first()
    due = queued or enrollment.next_due_at
    if enrollment.state == Enrollment.State.SCREENING:
        due = would_go_on(enrollment, values.now)
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


def _screening_url(values: MailContext) -> str:
    """Return the link to the questions that wait for an answer, or an empty text; in a lesson only on the day
    that asks for them."""
    enrollment, delivery = values.enrollment, values.delivery
    if delivery.kind == Delivery.Kind.LESSON:
        is_asked = enrollment.screening_day == delivery.day
    else:
        is_asked = enrollment.is_asked_for_screening
    return values.link(Purpose.SCREENING) if is_asked else ""


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
    "exercise": lambda values: "" if values.enrollment.words_only else "yes",
    "words_only": lambda values: "yes" if values.enrollment.words_only else "",
    "send_at": lambda values: values.enrollment.send_at.isoformat("minutes"),
    "time_zone": lambda values: values.enrollment.time_zone.replace("_", " "),
    "starts_on": _next_date,
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
    "screening_url": _screening_url,
    "hour_url": lambda values: values.link(Purpose.HOUR),
    "pause_url": lambda values: values.link(Purpose.PAUSE),
    "own_page_url": lambda values: values.link(Purpose.OWN_PAGE),
    "address_url": lambda values: address_url(Purpose.ADDRESS, _address_change(values)),
    "address_undo_url": lambda values: address_url(Purpose.ADDRESS_UNDO, _address_change(values)),
    "links_url": lambda values: settings.SITE_URL + reverse("links"),
    "keep_url": lambda values: values.link(Purpose.KEEP),
    "resume_url": _resume_url,
    **HOLD_SOURCES,
    "asked_name": _asked_name,
    "answer": lambda values: _answer(values).text,
    "asked_on": _asked_on,
    "unasked": lambda values: "" if values["asked_on"] else "yes",
    "ask_url": _ask_url,
    "second_address": _second_address,
    "opened_at": lambda values: about_escalation.opened_at(values.delivery),
    "acknowledged_at": lambda values: about_escalation.acknowledged_at(values.delivery),
    "escalation_url": lambda values: about_escalation.page_url(values.delivery),
    "take_care_url": lambda values: about_escalation.take_care_url(values.delivery, values.now),
    "leave_url": lambda values: values.link(Purpose.LEAVE),
    "day_url": lambda values: url(Purpose.DAY, values.now, values.enrollment, values.delivery.day),
    "done_url": lambda values: values.check_in(CheckIn.Status.DONE),
    "partly_url": lambda values: values.check_in(CheckIn.Status.PARTLY),
    "not_today_url": lambda values: values.check_in(CheckIn.Status.NOT_TODAY),
    "not_worse_url": lambda values: values.check_in(CheckIn.Morning.NOT_WORSE),
    "worse_url": lambda values: values.check_in(CheckIn.Morning.WORSE),
    "no_pain_url": lambda values: values.check_in(CheckIn.Morning.NO_PAIN),
}
