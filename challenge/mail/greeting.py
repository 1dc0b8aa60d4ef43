"""The first words of a lesson, from a runner's check-ins and pauses, and the coach's note after them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Max, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from challenge.checkins.told_pain import HURTS, TELLS, advice_for
from challenge.models import CheckIn, Delivery, Enrollment, Event, Note
from challenge.models.conditions import among

# So many days without a check-in are worth a word, and so many days done.
QUIET_DAYS = (3, 7, 14)
MILESTONES = (7, 14)
Status = CheckIn.Status


@dataclass(frozen=True)
class CheckIns:
    """The last day with a check-in, the last day done or partly done (0: none), and the number of those; the
    last days that told of pain above 0, and anything of pain."""

    last: int
    last_done: int
    done: int
    hurt: int = 0
    told: int = 0


NEVER = CheckIns(0, 0, 0)


def greeting(day: int, found: CheckIns, restart: str, words_only: bool = False) -> str:
    """Greet a runner on `day`. It is news, so that no two lessons in a row begin with the same words. With
    `words_only` it speaks of no stretch. `restart` is the event since the last lesson after which the course
    went on, if any."""
    if restart == Event.Kind.CLEARED:
        return _("Your coach has lifted the hold. Begin gently, and stop if what made you stop comes back.")
    if restart:
        return _("Good to have you back. You go on where you stopped.")
    if day == 1:
        return _("Here is your first lesson.")
    if day == 2 and not found.last and not words_only:
        return _("When you have stretched, a tap and a button tell your coach how it went.")
    if day - 1 - found.last in QUIET_DAYS and words_only:
        return _("We have not heard from you lately. How are you?")
    if day - 1 - found.last in QUIET_DAYS:
        return _("We have not heard from you lately. That is fine: the stretch alone counts.")
    if found.done in MILESTONES and found.last_done == day - 1:
        return _("You have done %(done)d days so far.") % {"done": found.done}
    return ""


def check_ins_of(enrollments: list[int]) -> dict[int, CheckIns]:
    is_done = Q(status__in=[Status.DONE, Status.PARTLY])
    rows = CheckIn.objects.filter(among("enrollment", enrollments)).values("enrollment")
    found = rows.annotate(
        last=Max("day"),
        last_done=Max("day", filter=is_done),
        done=Count("pk", filter=is_done),
        hurt=Max("day", filter=HURTS),
        told=Max("day", filter=TELLS),
    )
    names = ("last", "last_done", "done", "hurt", "told")
    return {
        enrollment: CheckIns(*(number or 0 for number in numbers))
        for enrollment, *numbers in found.values_list("enrollment", *names)
    }


def restarts_of(enrollments: list[int]) -> dict[int, str]:
    """Return how enrollments have gone on since their last lesson: resumed, come back, or cleared. Before day
    1 only a clearing counts."""
    lessons = Delivery.objects.filter(enrollment=OuterRef("pk"), kind=Delivery.Kind.LESSON, copy=0)
    sent = lessons.filter(sent_at__isnull=False).order_by("-day").values("sent_at")[:1]
    resumed = Event.objects.filter(enrollment=OuterRef("pk"), kind__in=Event.RESTARTS).order_by("-at")
    found = Enrollment.objects.filter(among("id", enrollments)).annotate(
        sent=Subquery(sent),
        resumed=Subquery(resumed.values("at")[:1]),
        how=Subquery(resumed.values("kind")[:1]),
    )
    is_news = Q(resumed__gt=F("sent")) | Q(sent=None, how=Event.Kind.CLEARED)
    return dict(found.filter(is_news).values_list("pk", "how"))


class Greetings:
    """A greeting for each lesson of a batch, always in two statements; in five where anybody of the batch has
    told of pain lately. It begins with what the pain asks for."""

    def __init__(self, deliveries: Sequence[Delivery]) -> None:
        lessons = [d.required_enrollment.pk for d in deliveries if d.kind == Delivery.Kind.LESSON]
        self._check_ins = check_ins_of(lessons) if lessons else {}
        self._restarts = restarts_of(lessons) if lessons else {}
        days = {d.required_enrollment.pk: d.day for d in deliveries if d.kind == Delivery.Kind.LESSON}
        told = {key: day for key, day in days.items() if CheckIn.is_recent(self._of(key).told, day)}
        self._advice = advice_for(told) if told else {}

    def of(self, delivery: Delivery) -> str:
        if delivery.kind != Delivery.Kind.LESSON:
            return ""
        enrollment = delivery.required_enrollment.pk
        found, restart = self._of(enrollment), self._restarts.get(enrollment, "")
        news = greeting(delivery.day, found, restart, delivery.required_enrollment.words_only)
        return " ".join(filter(None, [self._advice.get(enrollment, ""), news]))

    def asks_for_morning(self, delivery: Delivery) -> bool:
        """Tell whether a lesson asks for the morning: the last check-in told of pain."""
        if delivery.kind != Delivery.Kind.LESSON:
            return False
        found = self._of(delivery.required_enrollment.pk)
        return found.last == found.hurt and CheckIn.is_recent(found.hurt, delivery.day)

    def _of(self, enrollment: int) -> CheckIns:
        return self._check_ins.get(enrollment, NEVER)


class Notes:
    """The notes of a batch's lessons, as of the last refresh, which is one statement, or none without a
    lesson."""

    def __init__(self, deliveries: Sequence[Delivery]) -> None:
        lessons = [delivery for delivery in deliveries if delivery.kind == Delivery.Kind.LESSON]
        self._enrollments = {delivery.enrollment_id for delivery in lessons}
        self._days = {delivery.day for delivery in lessons}
        self._texts: dict[tuple[int, int], str] = {}

    def refresh(self) -> None:
        if self._enrollments:
            found = Note.objects.filter(among("enrollment", self._enrollments), day__in=self._days)
            rows = found.values_list("enrollment", "day", "text")
            self._texts = {(enrollment, day): text for enrollment, day, text in rows}

    def of(self, delivery: Delivery) -> str:
        """Return the note in a lesson; an empty text for other mail."""
        if delivery.kind != Delivery.Kind.LESSON or delivery.enrollment_id is None:
            return ""
        return self._texts.get((delivery.enrollment_id, delivery.day), "")
