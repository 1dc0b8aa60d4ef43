"""The open enrollments that were sent no lesson on their own local date."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Case, DateTimeField, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When

from challenge import schedule
from challenge.models import Delivery, DeliveryEvent, Enrollment

State = Enrollment.State
# A lesson that was sent today was due today, and today began 25 hours ago at most. The next day's lesson
# follows a delayed one. Older lessons cannot matter.
TODAY, HELD_UP = timedelta(hours=26), timedelta(days=2)


def without_todays_lesson(now: datetime) -> QuerySet[Enrollment]:
    """Sort runners with trouble (`rank` 0) first, and lessons that are still to come (4) last.

    The date differs between runners, so each is compared with the last midnight of the own time zone. Two
    statements: the zones in use (some dozens), and the rows.
    """
    known = Enrollment.objects.filter(state__in=Enrollment.OPEN_STATES)
    zones = known.order_by().values_list("time_zone", flat=True).distinct()
    lessons = Delivery.objects.filter(enrollment=OuterRef("pk"), kind=Delivery.Kind.LESSON, copy=0)
    bounced = DeliveryEvent.objects.filter(delivery=OuterRef("pk"), kind__in=DeliveryEvent.BOUNCES)
    sent = lessons.filter(~Exists(bounced), due_at__gte=now - TODAY, sent_at__gte=OuterRef("midnight"))
    without = known.annotate(midnight=_midnight(zones, now)).filter(~Exists(sent))
    return without.annotate(rank=_rank(lessons, now)).order_by("rank", F("next_due_at").asc(), "pk")


def zone_of(time_zone: str) -> ZoneInfo | None:
    """Return the zone of that name; None when this machine does not know it."""
    try:
        return ZoneInfo(time_zone)
    except (LookupError, ValueError, OSError):
        return None


def last_midnight(time_zone: str, now: datetime) -> datetime:
    """Return the beginning of the current date in a zone; in UTC for an unknown zone."""
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
