"""The statistics of the ledger, in a constant number of statements over the mail that is due today or waits:
the cost does not grow with the ledger."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from challenge.models import Delivery
from challenge.models.conditions import is_in

State = Delivery.State
DAY = timedelta(days=1)
SHORT, LONG = timedelta(minutes=5), timedelta(hours=1)
# A server that takes nothing is tried again within a minute; one that defers a mail, within forty.
NEXT_LOOK, NEXT_TRY = timedelta(minutes=1), timedelta(minutes=40)


@dataclass(frozen=True)
class Tally:
    """The mails due since an instant, by their results; `due` is their sum, and `uncertain` counts some of
    them again."""

    due: int = 0
    waiting: int = 0
    sent: int = 0
    retry: int = 0
    failed: int = 0
    withheld: int = 0
    uncertain: int = 0

    def __sub__(self, other: "Tally") -> "Tally":
        pairs = {field.name: getattr(self, field.name) - getattr(other, field.name) for field in fields(self)}
        return Tally(**pairs)


@dataclass(frozen=True)
class Rate:
    short: float
    long: float


@dataclass(frozen=True)
class Queue:
    """The waiting mails: `due` may leave now, `retrying` waits for its next try; `oldest` is the earliest due
    time of both (UTC)."""

    due: int
    retrying: int
    oldest: datetime | None


def overdue(now: datetime, since: datetime) -> QuerySet[Delivery]:
    """Select the mail promised for `since` or before that may still leave and has not, the oldest first,
    without mail that waits for daylight."""
    waiting = Delivery.objects.filter(is_in(*Delivery.WAITING), try_at__lte=now + NEXT_TRY)
    # Hide the field from the index of due times: with it the database would read the whole ledger.
    promised = waiting.alias(promised_at=Coalesce("due_at", "try_at")).filter(promised_at__lte=since)
    is_open = Q(closes_at=None) | Q(closes_at__gt=now)
    next_try = Q(try_at__lte=now + NEXT_LOOK) | Q(state=State.RETRY)
    return promised.filter(is_open, next_try).order_by("promised_at")


def queue(now: datetime) -> Queue:
    """Count the waiting mail, in one statement."""
    found = overdue(now, now).aggregate(
        due=Count("pk", filter=Q(try_at__lte=now)),
        retrying=Count("pk", filter=Q(try_at__gt=now)),
        oldest=Min("due_at"),
    )
    return Queue(**found)


def start_of_day(now: datetime) -> datetime:
    """Return midnight on the coach's clock (COACH_TIME_ZONE)."""
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)


def today(since: datetime, now: datetime) -> tuple[Tally, Rate]:
    """Count the results of the mails due since an instant, and the rate of mail, in one statement.

    It reads only mail of the last day: a lesson leaves on the date that it is due, so the rate misses only
    other mail that an outage delayed for longer.
    """
    recent = Delivery.objects.filter(due_at__gte=min(since, now - DAY), due_at__lte=now)
    found = recent.aggregate(
        **_counts(Q(due_at__gte=since)),
        short=Count("pk", filter=Q(sent_at__gt=now - SHORT, sent_at__lte=now)),
        long=Count("pk", filter=Q(sent_at__gt=now - LONG, sent_at__lte=now)),
    )
    minutes = SHORT.total_seconds() / 60, LONG.total_seconds() / 60
    rate = Rate(found.pop("short") / minutes[0], found.pop("long") / minutes[1])
    return Tally(**found), rate


def by_domain(since: datetime, now: datetime, most: int, least: int = 1) -> dict[str, Tally]:
    """Count the same for the `most` largest recipients' domains with at least `least` mails."""
    grouped: Any = Delivery.objects.filter(due_at__gte=since, due_at__lte=now).order_by().values("domain")
    busiest = grouped.annotate(**_counts(Q())).filter(due__gte=least).order_by("-due", "domain")[:most]
    return {row.pop("domain"): Tally(**row) for row in busiest}


def _counts(which: Q) -> dict[str, Count]:
    by_state = {
        "waiting": [State.QUEUED, State.SENDING],
        "sent": [State.SENT],
        "retry": [State.RETRY],
        "failed": [State.FAILED],
        "withheld": [State.WITHHELD],
    }
    counts = {name: Count("pk", filter=which & Q(state__in=states)) for name, states in by_state.items()}
    uncertain = Count("pk", filter=which & Q(uncertain=True))
    return {**counts, "due": Count("pk", filter=which or None), "uncertain": uncertain}
