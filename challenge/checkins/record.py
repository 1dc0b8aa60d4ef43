"""Record a check-in during the request; challenge.checkins.progress processes it later."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from accounts.models import Consent, give_consents, has_consented
from challenge import schedule
from challenge.models import CheckIn, Delivery, EarlierCheckIn, Enrollment

LATE_DAYS = 3
# A runner who reports at least this much pain is advised to stop and to see a doctor.
PAIN_TO_STOP = 6
# So many earlier answers of a day are kept; then it takes no other.
MOST_CHANGES = 20


class Closed(Exception):
    """The day takes no check-in: it was not sent yet, was sent more than three days ago, or the runner has
    left."""


class TooManyChanges(Exception):
    """The day was changed so often that it takes no other answer."""


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


def takes_check_in(enrollment: Enrollment, day: int, now: datetime) -> bool:
    lesson = sent_lesson(enrollment.pk, day)
    return lesson is not None and is_open(lesson, now)


@contextmanager
def locked(enrollment_id: int) -> Iterator[Enrollment]:
    """Hold an enrollment's row. Raises Closed for a runner who has left."""
    rows = Enrollment.objects.select_for_update(of=("self",)).select_related("runner")
    with transaction.atomic():
        enrollment = rows.get(pk=enrollment_id)
        if enrollment.state == Enrollment.State.WITHDRAWN:
            raise Closed
        yield enrollment


def filled(data: CheckInData) -> dict[str, object]:
    """Return what was filled in; the unit belongs to the distance."""
    fields = {name: value for name, value in asdict(data).items() if value not in (None, "")}
    if "distance" not in fields:
        del fields["unit"]
    return fields


def record(
    enrollment_id: int, day: int, data: CheckInData, now: datetime, *, keep_health: bool = False
) -> CheckIn:
    """Create the check-in of a day, or replace what is filled in of it; the earlier answer is kept. Raises
    Closed and TooManyChanges. Without consent to health data only the status and the distance are saved;
    `keep_health` gives that consent."""
    with locked(enrollment_id) as enrollment:
        if not takes_check_in(enrollment, day, now):
            raise Closed
        if EarlierCheckIn.objects.filter(enrollment=enrollment, day=day).count() >= MOST_CHANGES:
            raise TooManyChanges
        fields = filled(data)
        if keep_health:
            give_consents(enrollment.runner, [Consent.Purpose.HEALTH], Consent.Form.CHECK_IN, now)
        elif not has_consented(enrollment.runner, Consent.Purpose.HEALTH):
            fields = {name: value for name, value in fields.items() if name not in HEALTH_DATA}
        check_in = CheckIn.objects.filter(enrollment=enrollment, day=day).first()
        if check_in is None:
            check_in = CheckIn(enrollment=enrollment, day=day, created_at=now)
        else:
            # An equal answer too: whether there is an earlier one would tell a guesser what is saved.
            EarlierCheckIn.objects.keep(check_in, now)
        for name, value in fields.items():
            setattr(check_in, name, value)
        check_in.updated_at, check_in.processed_at = now, None
        check_in.save()
    return check_in
