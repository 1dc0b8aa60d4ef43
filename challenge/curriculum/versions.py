"""The versions of a day, and the number of runners who keep each when another one is published."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Q

from challenge.models import Day, Delivery, Enrollment
from challenge.models.day import pick_revision


@dataclass(frozen=True)
class Audience:
    """The numbers of runners: those who were sent a day and those who have begun but not reached it, each by
    version; and those who have not begun."""

    sent: Counter[int]
    begun: Counter[int]
    not_begun: int

    def keep(self, for_all: bool) -> Counter[int]:
        """Count the runners who keep each version if another one is published."""
        return self.sent if for_all else self.sent + self.begun

    def get(self, for_all: bool) -> int:
        """Count the runners who get the new version if one is published."""
        return self.not_begun + (self.begun.total() if for_all else 0)


def audience(day: Day) -> Audience:
    """Count the runners of confirmed, open enrollments by their version of a day. A runner is not counted
    when the server refused the day for good, or a later day was sent."""
    runners = Enrollment.objects.filter(program=day.program_id, state__in=Enrollment.OPEN_STATES)
    runners = runners.exclude(state=Enrollment.State.PENDING)
    every = Delivery.objects.filter(kind=Delivery.Kind.LESSON, copy=0, enrollment__in=runners)
    lessons = every.filter(day=day.number, sent_at__isnull=False)
    beyond = every.filter(Q(day=day.number, sent_at__isnull=False) | Q(day__gt=day.number))
    revisions = list(day.revisions.only("number", "published_at", "for_all"))
    begun: Counter[int] = Counter()
    waiting = runners.filter(pinned_at__isnull=False).exclude(pk__in=beyond.values("enrollment"))
    pins = waiting.values("pinned_at").annotate(count=Count("pk")).order_by()
    for pinned_at, count in pins.values_list("pinned_at", "count"):
        if chosen := pick_revision(revisions, pinned_at):
            begun[chosen.number] += count
    return Audience(
        sent=Counter(number for number in lessons.values_list("revision__number", flat=True) if number),
        begun=begun,
        not_begun=runners.filter(pinned_at=None).count(),
    )
