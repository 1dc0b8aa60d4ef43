"""The slots of the mails about a hold and about a pause by the coach."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Max

from challenge.curriculum.slots import wrap_line
from challenge.enrollment.hold_words import HoldWords, hold_words, was_paused_by_coach
from challenge.mail.links import Purpose, url
from challenge.models import Delivery

if TYPE_CHECKING:
    from challenge.mail.context import MailContext


def _of_hold(say: Callable[[HoldWords], str]) -> "Callable[[MailContext], str]":
    """Return a source of words about a hold; of an empty text where there is none."""

    def value(values: "MailContext") -> str:
        held = hold_words(values.enrollment)
        return wrap_line(say(held)) if held else ""

    return value


def _tell_url(values: "MailContext") -> str:
    """Return where a runner writes to the coach: the question of the last day, else the way to the own
    page."""
    lessons = Delivery.objects.filter(enrollment=values.enrollment, kind=Delivery.Kind.LESSON)
    day = lessons.filter(sent_at__isnull=False).aggregate(Max("day"))["day__max"]
    if day is None:
        return values["links_url"]
    return f"{url(Purpose.DAY, values.now, values.enrollment, day)}#ask"


HOLD_SOURCES: "dict[str, Callable[[MailContext], str]]" = {
    "held_why": _of_hold(lambda held: held.why),
    "held_now": _of_hold(lambda held: held.to_do_by_level),
    "held_lessons": _of_hold(lambda held: held.lessons),
    "tell_url": _tell_url,
    "paused_by": lambda values: settings.COACH_NAME if was_paused_by_coach(values.enrollment) else "",
}
