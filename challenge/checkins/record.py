"""Record a check-in during the request; challenge.checkins.progress processes it later."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from accounts.models import Consent, give_consents, has_consented
from challenge import schedule
from challenge.models import CheckIn, Delivery, Enrollment

LATE_DAYS = 3
# A runner who reports at least this much pain is advised to stop and to see a doctor.
PAIN_TO_STOP = 6


class Closed(Exception):
    """The day takes no check-in: it was not sent yet, was sent more than three days ago, or the runner has
    left."""


@dataclass(frozen=True)
class CheckInData:
    """A day as its runner reports it. Tightness and pain are 0 to 10; distance is in `unit`."""

    status: str
    tightness: int | None = None
    pain: int | None = None
    pain_where: str = ""
    distance: Decimal | None = None
    unit: str = CheckIn.Unit.KILOMETRES
    note: str = ""


HEALTH_DATA: dict[str, object] = {"tightness": None, "pain": None, "pain_where": "", "note": ""}


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


def record(
    enrollment_id: int, day: int, data: CheckInData, now: datetime, *, keep_health: bool = False
) -> CheckIn:
    """Create or change the check-in of a day. Raises Closed. Without consent to health data only the status
    and the distance are saved; `keep_health` gives that consent."""
    with transaction.atomic():
        enrollment = (
            Enrollment.objects.select_for_update(of=("self",)).select_related("runner").get(pk=enrollment_id)
        )
        lesson = sent_lesson(enrollment_id, day)
        has_left = enrollment.state == Enrollment.State.WITHDRAWN
        if lesson is None or has_left or not is_open(lesson, now):
            raise Closed
        fields = asdict(data)
        if keep_health:
            give_consents(enrollment.runner, [Consent.Purpose.HEALTH], Consent.Form.CHECK_IN, now)
        elif not has_consented(enrollment.runner, Consent.Purpose.HEALTH):
            fields |= HEALTH_DATA
        check_in, _ = CheckIn.objects.update_or_create(
            enrollment=enrollment,
            day=day,
            defaults={**fields, "updated_at": now, "processed_at": None},
            create_defaults={**fields, "created_at": now, "updated_at": now},
        )
    return check_in
