"""The choice of the revision of a day for a runner.

Versions are pinned: a runner keeps those of the moment at which the first lesson was planned
(`Enrollment.pinned_at`), so that a course doesn't change half-way. A revision that was published
*for all* reaches the runner all the same, as long as the day was not sent.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from django.db.models import Count, Q

from challenge.models import Day, Delivery, Enrollment


class Published(Protocol):
    """The fields of a revision that `pick` reads."""

    number: int
    published_at: datetime
    for_all: bool


R = TypeVar("R", bound=Published)


def pick(revisions: Iterable[R], pinned_at: datetime | None) -> R | None:
    """Return the revision for a runner pinned at an instant, or at None before the runner has begun.

    It is the newest that was published for all or before that instant; of a day that is younger, the
    oldest.
    """
    by_age = sorted(revisions, key=lambda revision: revision.number)
    fit = [r for r in by_age if pinned_at is None or r.for_all or r.published_at <= pinned_at]
    return fit[-1] if fit else by_age[0] if by_age else None


@dataclass(frozen=True)
class Audience:
    """Numbers of runners: those who were sent a day and those who began but have not got to it, by the number
    of their version; and those who have not begun."""

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
    """Count the runners of confirmed, open enrollments by their version of a day. A runner who can't get it
    any more, as the server refused it for good or a later day was sent, is not counted."""
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
        if chosen := pick(revisions, pinned_at):
            begun[chosen.number] += count
    return Audience(
        sent=Counter(number for number in lessons.values_list("revision__number", flat=True) if number),
        begun=begun,
        not_begun=runners.filter(pinned_at=None).count(),
    )
