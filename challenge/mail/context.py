"""What the slots of a mail hold for its runner, each worked out when a mail asks for it."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format

from challenge import schedule
from challenge.mail.links import Purpose, build_url, token, url
from challenge.models import CheckIn, Delivery, Enrollment


class RunnerValues(dict[str, str]):
    """The value of every slot (curriculum.slots.NAMES) for one delivery; KeyError for another name.

    Nothing is signed or looked up for a slot that the mail does not have.
    """

    def __init__(self, delivery: Delivery, now: datetime) -> None:
        super().__init__(greeting="", coach_note="")
        self.delivery, self.now = delivery, now
        self._check_in = ""

    def __missing__(self, name: str) -> str:
        value = self[name] = SOURCES[name](self)
        return value

    @property
    def enrollment(self) -> Enrollment:
        return self.delivery.required_enrollment

    def link(self, purpose: Purpose) -> str:
        return url(purpose, self.now, self.enrollment.pk)

    def check_in(self, status: str) -> str:
        """The three answers share one capability: the choice is only proposed."""
        who = self.enrollment.pk, self.delivery.day
        self._check_in = self._check_in or token(Purpose.CHECK_IN, self.now, *who)
        return build_url(Purpose.CHECK_IN, self._check_in, status)

    def add_up(self) -> None:
        """What the check-ins add up to, for the summary."""
        told = list(CheckIn.objects.filter(enrollment=self.enrollment).order_by("day"))
        scores = [check_in.tightness for check_in in told if check_in.tightness is not None]
        done = sum(check_in.status != CheckIn.Status.NOT_TODAY for check_in in told)
        first, last = (str(scores[0]), str(scores[-1])) if len(scores) > 1 else ("", "")
        self.update(done_count=str(done or ""), tightness_first=first, tightness_last=last)


def _next_date(enrollment: Enrollment) -> str:
    """The local date of the next lesson: of the one that is queued, else of the one that is due, and
    before the sign-up is confirmed the date wished for."""
    lessons = Delivery.objects.filter(enrollment=enrollment, kind=Delivery.Kind.LESSON)
    on_its_way = lessons.filter(state__in=[*Delivery.WAITING, Delivery.State.SENDING])
    queued = on_its_way.order_by("due_at").values_list("due_at", flat=True).first()
    due = queued or enrollment.next_due_at
    day = schedule.local_date(due, enrollment.zone) if due else enrollment.starts_on
    return date_format(day, "l, j F")


def _added_up(name: str) -> Callable[[RunnerValues], str]:
    def value(values: RunnerValues) -> str:
        values.add_up()
        return values[name]

    return value


SOURCES: dict[str, Callable[[RunnerValues], str]] = {
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
    "done_count": _added_up("done_count"),
    "tightness_first": _added_up("tightness_first"),
    "tightness_last": _added_up("tightness_last"),
    "library_url": lambda values: settings.SITE_URL + reverse("library"),
    "sign_up_url": lambda values: settings.SITE_URL + reverse("sign-up"),
    "confirm_url": lambda values: values.link(Purpose.CONFIRM),
    "hour_url": lambda values: values.link(Purpose.HOUR),
    "pause_url": lambda values: values.link(Purpose.PAUSE),
    "leave_url": lambda values: values.link(Purpose.LEAVE),
    "day_url": lambda values: url(Purpose.DAY, values.now, values.enrollment.pk, values.delivery.day),
    "done_url": lambda values: values.check_in(CheckIn.Status.DONE),
    "partly_url": lambda values: values.check_in(CheckIn.Status.PARTLY),
    "not_today_url": lambda values: values.check_in(CheckIn.Status.NOT_TODAY),
}
