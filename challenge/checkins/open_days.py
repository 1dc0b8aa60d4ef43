"""Until when a day takes a check-in."""

from datetime import date, datetime, timedelta

from challenge import schedule
from challenge.models import Delivery, Enrollment

LATE_DAYS = 3


def sent_lesson(enrollment_id: int, day: int) -> Delivery | None:
    """Return the first sending of a program day, or None before it was sent."""
    return (
        Delivery.objects.filter(enrollment=enrollment_id, kind=Delivery.Kind.LESSON, day=day)
        .filter(sent_at__isnull=False)
        .select_related("enrollment__runner", "enrollment__program", "revision")
        .order_by("copy")
        .first()
    )


def last_date(lesson: Delivery) -> date:
    """Return the runner's local date at whose end the check-in of a sent lesson closes."""
    assert lesson.sent_at is not None
    return schedule.local_date(lesson.sent_at, lesson.required_enrollment.zone) + timedelta(days=LATE_DAYS)


def is_open(lesson: Delivery, now: datetime) -> bool:
    return now < schedule.end_of_day(last_date(lesson), lesson.required_enrollment.zone)


def takes_check_in(enrollment: Enrollment, day: int, now: datetime) -> bool:
    lesson = sent_lesson(enrollment.pk, day)
    return lesson is not None and is_open(lesson, now)
