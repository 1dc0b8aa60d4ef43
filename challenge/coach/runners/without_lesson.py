"""Who did not get today's lesson: every open enrollment that was sent none on its own local date."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Case, DateTimeField, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When

from challenge import schedule
from challenge.models import Delivery, DeliveryEvent, Enrollment

State = Enrollment.State
# A lesson that was sent today was due today, which began 25 hours ago at most; one that is held up is
# due again on the next day. Older ones need not be looked at.
TODAY, HELD_UP = timedelta(hours=26), timedelta(days=2)


def without_todays_lesson(now: datetime) -> QuerySet[Enrollment]:
    """Those enrollments, the ones that want looking into first; `rank` 0 is trouble, 4 is still to come.

    Her date differs from runner to runner, so each is compared with the last midnight of her zone, of
    which there are some dozens at most. Two statements: the zones in use, and the rows.
    """
    known = Enrollment.objects.filter(state__in=Enrollment.OPEN_STATES)
    zones = known.order_by().values_list("time_zone", flat=True).distinct()
    lessons = Delivery.objects.filter(enrollment=OuterRef("pk"), kind=Delivery.Kind.LESSON, copy=0)
    came_back = DeliveryEvent.objects.filter(delivery=OuterRef("pk"), kind__in=DeliveryEvent.BOUNCES)
    sent = lessons.filter(~Exists(came_back), due_at__gte=now - TODAY, sent_at__gte=OuterRef("midnight"))
    missing = known.annotate(midnight=_midnight(zones, now)).filter(~Exists(sent))
    return missing.annotate(rank=_rank(lessons, now)).order_by("rank", F("next_due_at").asc(), "pk")


def zone_of(time_zone: str) -> ZoneInfo | None:
    """A zone by its name; None where this machine does not know it."""
    try:
        return ZoneInfo(time_zone)
    except (LookupError, ValueError, OSError):
        return None


def last_midnight(time_zone: str, now: datetime) -> datetime:
    """When the current local date of a zone began; UTC's for one that is not known."""
    zone = zone_of(time_zone) or ZoneInfo("UTC")
    return schedule.to_utc(schedule.local_date(now, zone), datetime.min.time(), zone)


def _midnight(zones: Iterable[str], now: datetime) -> Case:
    began = defaultdict(list)
    for zone in zones:
        began[last_midnight(zone, now)].append(zone)
    whens = [When(time_zone__in=names, then=Value(instant)) for instant, names in sorted(began.items())]
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return Case(*whens, default=Value(today), output_field=DateTimeField())


def _rank(lessons: QuerySet[Delivery], now: datetime) -> Case:
    held_up = Exists(lessons.filter(due_at__gte=now - HELD_UP, sent_at=None))
    return Case(
        When(Q(state=State.ACTIVE) & (Q(next_due_at__lte=now) | Q(next_due_at=None) | held_up), then=0),
        When(state__in=[State.HELD, State.SCREENING], then=1),
        When(state=State.PAUSED, then=2),
        When(state=State.PENDING, then=3),
        default=4,
        output_field=IntegerField(),
    )
