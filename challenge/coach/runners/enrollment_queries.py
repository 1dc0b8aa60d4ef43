"""What the list of enrollments asks of the database: who is where, who is quiet, who hurts.

Everything that a filter or the order needs is a subquery of one statement; what a row shows comes
from three prefetches, so that a page costs the same number of statements whatever it holds.
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
from challenge.models import CheckIn, Delivery, Enrollment, Event

State = Enrollment.State
QUIET_DAYS = (3, 7)
PAIN_LEVELS = (4, 6)
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
    """Active, a lesson sent that long ago, and neither a check-in nor a return from a pause since. Who is
    not written to is not asked, so she is not quiet."""
    since = now - timedelta(days=days)
    resumed = Event.objects.filter(enrollment=OuterRef("pk"), kind=Event.Kind.RESUMED, at__gt=since)
    return Q(
        Exists(_lessons.filter(sent_at__lte=since)),
        ~Exists(_check_ins.order_by().filter(updated_at__gt=since)),
        ~Exists(resumed),
        ~unreachable.suppressed(),
        state=State.ACTIVE,
    )


def need(now: datetime) -> Case:
    """How soon the coach should look at an enrollment: 0 first."""
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


def roster(enrollments: QuerySet[Enrollment], now: datetime) -> QuerySet[Enrollment]:
    """The enrollments with what they are filtered and ordered by, who needs the coach most first.

    `lesson_day` is the last program day sent, 0 before the first; `pain` the last score that the
    runner gave; `told_at` when she last checked in; `need` as above.
    """
    latest = _lessons.order_by("-day").values("day")[:1]
    annotated = enrollments.annotate(
        lesson_day=Coalesce(Subquery(latest), Value(0)),
        pain=Subquery(_check_ins.filter(pain__isnull=False).values("pain")[:1]),
        told_at=Subquery(_check_ins.values("updated_at")[:1]),
    ).annotate(need=need(now))
    return annotated.order_by("need", F("told_at").asc(nulls_first=True), "-created_at")


def with_rows(enrollments: QuerySet[Enrollment]) -> QuerySet[Enrollment]:
    """The enrollments with all that one row of the list shows, in three more statements; `unreachable`
    says why she is (coach.reach), or is empty."""
    deliveries = Delivery.objects.only(
        "enrollment_id", "kind", "day", "copy", "state", "due_at", "sent_at", "uncertain"
    )
    annotated = enrollments.annotate(unreachable=unreachable.why())
    return annotated.select_related("runner", "program", "cohort").prefetch_related(
        Prefetch("deliveries", deliveries.order_by("due_at", "copy").prefetch_related("delivery_events")),
        Prefetch("check_ins", CheckIn.objects.defer("note").order_by("updated_at", "day")),
    )
