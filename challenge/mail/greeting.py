"""The first words of a lesson: they depend on where the runner stands when it is sent."""

from collections.abc import Sequence

from django.db.models import Count, F, Max, OuterRef, Q, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from challenge.models import CheckIn, Delivery, Enrollment, Event
from challenge.models.conditions import among

FIRST_WEEK = 7
QUIET_DAYS = 3
Status = CheckIn.Status


class Greetings:
    """A greeting for each lesson of a batch: two statements, however many there are."""

    def __init__(self, deliveries: Sequence[Delivery]) -> None:
        lessons = [d.required_enrollment.pk for d in deliveries if d.kind == Delivery.Kind.LESSON]
        self._told = _told(lessons) if lessons else {}
        self._back = _back(lessons) if lessons else set()

    def of(self, delivery: Delivery) -> str:
        """One or two sentences, or an empty text."""
        if delivery.kind != Delivery.Kind.LESSON:
            return ""
        enrollment = delivery.required_enrollment.pk
        last, done = self._told.get(enrollment, (0, 0))
        return greeting(delivery.day, last, done, enrollment in self._back)


def greeting(day: int, last: int, done: int, is_back: bool) -> str:
    """What to say on `day` to a runner who last checked in on day `last` (0: never), has done or
    partly done `done` days, and may be back from a pause."""
    if is_back:
        return _("Good to have you back. Nothing is lost: you go on where you stopped.")
    if day - 1 - last >= QUIET_DAYS:
        return _(
            "We have not heard from you for a few days, and that is fine. If the days are full, take "
            "just the stretch; one tap below tells your coach how it goes."
        )
    if day == 1:
        return _("This is the first of your short mornings. Read, stretch, tap once below: that is all.")
    if day <= FIRST_WEEK:
        return "" if last else _("When you have stretched, one tap below tells your coach how it went.")
    if not done:
        return ""
    return ngettext("You have done %(done)d day so far.", "You have done %(done)d days so far.", done) % {
        "done": done
    }


def _told(enrollments: list[int]) -> dict[int, tuple[int, int]]:
    """Of each enrollment that checked in: the last day, and how many were done or partly done."""
    done = Count("pk", filter=Q(status__in=[Status.DONE, Status.PARTLY]))
    rows = CheckIn.objects.filter(among("enrollment", enrollments)).values("enrollment")
    found = rows.annotate(last=Max("day"), done=done).values_list("enrollment", "last", "done")
    return {enrollment: (last, count) for enrollment, last, count in found}


def _back(enrollments: list[int]) -> set[int]:
    """The enrollments that were resumed since their last lesson."""
    lessons = Delivery.objects.filter(enrollment=OuterRef("pk"), kind=Delivery.Kind.LESSON, copy=0)
    sent = lessons.filter(sent_at__isnull=False).order_by("-day").values("sent_at")[:1]
    resumed = Event.objects.filter(enrollment=OuterRef("pk"), kind=Event.Kind.RESUMED).order_by("-at")
    found = Enrollment.objects.filter(among("id", enrollments)).annotate(
        sent=Subquery(sent), resumed=Subquery(resumed.values("at")[:1])
    )
    return set(found.filter(resumed__gt=F("sent")).values_list("pk", flat=True))
