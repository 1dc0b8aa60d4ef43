"""The queries of the list of enrollments: day, silence, pain, urgency.

Filters and the order use subqueries of one statement, and three prefetches load the data of the rows: the
number of statements does not depend on the number of rows.
"""

from datetime import datetime, timedelta

from django.db.models import (
    Case,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from challenge.coach.runners import unreachable
from challenge.models import CheckIn, Delivery, Enrollment, Event, SafetyRules

State = Enrollment.State
QUIET_DAYS = (3, 7)
PAIN_LEVELS = (4, 6)
COUNTS_FOR_DAYS = SafetyRules().counts_for_days
RUNNING = Q(state__in=[State.ACTIVE, State.PAUSED, State.HELD, State.SCREENING])

_lessons = Delivery.objects.filter(
    enrollment=OuterRef("pk"), kind=Delivery.Kind.LESSON, sent_at__isnull=False
)
_check_ins = CheckIn.objects.filter(enrollment=OuterRef("pk")).order_by("-updated_at", "-day")
_deliveries = Delivery.objects.filter(enrollment=OuterRef("pk"))


def failed() -> Exists:
    return Exists(_deliveries.filter(state=Delivery.State.FAILED))


def uncertain() -> Exists:
    return Exists(_deliveries.filter(uncertain=True))


def quiet(days: int, now: datetime) -> Q:
    """Select active runners with a lesson sent that long ago and no check-in, end of a pause or undo since. A
    suppressed address gets no mail, so its runner is not quiet."""
    since = now - timedelta(days=days)
    back = Event.objects.filter(enrollment=OuterRef("pk"), kind__in=Event.RESTARTS, at__gt=since)
    return Q(
        Exists(_lessons.filter(sent_at__lte=since)),
        ~Exists(_check_ins.order_by().filter(updated_at__gt=since)),
        ~Exists(back),
        ~unreachable.suppressed(),
        state=State.ACTIVE,
    )


def urgency(now: datetime) -> Case:
    """Return the order in which the coach should look at enrollments: 0 first."""
    strong, some = max(PAIN_LEVELS), min(PAIN_LEVELS)
    return Case(
        When(RUNNING & Q(pain__gte=strong), then=0),
        When(RUNNING & Q(pain__gte=some), then=1),
        When(RUNNING & (failed() | uncertain()), then=2),
        When(RUNNING & unreachable.unreachable(), then=3),
        When(quiet(min(QUIET_DAYS), now), then=4),
        When(state__in=[State.ACTIVE, State.SCREENING, State.HELD], then=5),
        When(state=State.PAUSED, then=6),
        When(state=State.PENDING, then=7),
        When(state=State.COMPLETED, then=8),
        default=9,
        output_field=IntegerField(),
    )


def for_list(enrollments: QuerySet[Enrollment], now: datetime) -> QuerySet[Enrollment]:
    """Annotate what the list filters and sorts by, the most urgent first: `lesson_day`, the last program day
    sent (0 before the first); `pain` and `pain_day`, the last reported score, while it counts;
    `checked_in_at`, the time of the last check-in; and `urgency`."""
    latest = _lessons.order_by("-day").values("day")[:1]
    annotated = enrollments.annotate(
        lesson_day=Coalesce(Subquery(latest), Value(0)),
        checked_in_at=Subquery(_check_ins.values("updated_at")[:1]),
    )
    set_by_coach = Subquery(SafetyRules.objects.filter(pk=1).values("counts_for_days"))
    counts_for = Coalesce(set_by_coach, Value(COUNTS_FOR_DAYS))
    told = _check_ins.filter(pain__isnull=False, doubt="", day__gt=OuterRef("lesson_day") - counts_for)
    annotated = annotated.annotate(
        pain=Subquery(told.values("pain")[:1]), pain_day=Subquery(told.values("day")[:1])
    ).annotate(urgency=urgency(now))
    return annotated.order_by("urgency", F("checked_in_at").asc(nulls_first=True), "-created_at")


def with_row_data(enrollments: QuerySet[Enrollment]) -> QuerySet[Enrollment]:
    """Load all that a row of the list shows, in three more statements; `unreachable_reason` is a key of
    unreachable.REASONS, or empty."""
    deliveries = Delivery.objects.only(
        "enrollment_id", "kind", "day", "copy", "state", "due_at", "sent_at", "uncertain", "reason"
    )
    annotated = enrollments.annotate(unreachable_reason=unreachable.reason())
    return annotated.select_related("runner", "program", "cohort").prefetch_related(
        Prefetch("deliveries", deliveries.order_by("due_at", "copy").prefetch_related("delivery_events")),
        Prefetch("check_ins", CheckIn.objects.defer("note").order_by("updated_at", "day")),
    )
