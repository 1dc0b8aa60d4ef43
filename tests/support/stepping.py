"""Step from one thing that is due to the next, where workers would look at every hour and find nothing."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Min

from challenge.models import Delivery, Enrollment

State = Delivery.State


def next_due() -> datetime | None:
    """Return the instant of the earliest lesson to plan, mail to try or lease to end."""
    waiting = Delivery.objects.filter(state__in=[State.QUEUED, State.RETRY])
    moments = [
        waiting.aggregate(at=Min("try_at"))["at"],
        Delivery.objects.filter(state=State.SENDING).aggregate(at=Min("leased_until"))["at"],
        Enrollment.objects.aggregate(at=Min("next_due_at"))["at"],
    ]
    return min((moment for moment in moments if moment), default=None)


def due_looks(first: datetime, every: timedelta, end: datetime) -> Iterator[datetime]:
    """Yield the first of the looks at every hour (or so) before the end, and those at which something is due
    after what was done at the last one."""
    look = first
    while look < end:
        yield look
        due = next_due() or end
        look += max(-((look - due) // every), 1) * every
