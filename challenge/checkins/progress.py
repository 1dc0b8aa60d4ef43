"""An enrollment's progress, calculated from all its check-ins."""

from datetime import datetime, timedelta

from django.db import transaction

from challenge.models import CheckIn, Enrollment, Progress

Status = CheckIn.Status
SWEEP_AFTER = timedelta(minutes=1)


def recalculate(enrollment_id: int, now: datetime) -> bool:
    """Calculate an enrollment's progress anew. Return False when it was up to date."""
    with transaction.atomic():
        if not Enrollment.objects.select_for_update().filter(pk=enrollment_id).exists():
            return False
        check_ins = list(CheckIn.objects.filter(enrollment=enrollment_id))
        if all(check_in.processed_at for check_in in check_ins):
            return False
        statuses = {check_in.day: check_in.status for check_in in check_ins if check_in.status}
        counts = {str(status): list(statuses.values()).count(status) for status in Status.values}
        last = max(check_in.updated_at for check_in in check_ins)
        Progress.objects.update_or_create(
            enrollment_id=enrollment_id,
            defaults={**counts, "streak": streak(statuses), "last_check_in_at": last},
        )
        CheckIn.objects.filter(pk__in=[check_in.pk for check_in in check_ins]).update(processed_at=now)
    return True


def streak(statuses: dict[int, str]) -> int:
    """Count the consecutive program days, up to the last one reported, that were done or partly done. It
    counts program days, not dates, so that a pause or an outage never lowers it."""
    day, length = max(statuses, default=0), 0
    while statuses.get(day) in (Status.DONE, Status.PARTLY):
        day, length = day - 1, length + 1
    return length


def sweep(now: datetime, size: int = 200) -> int:
    """Process the check-ins that no task has processed. Return the number of their enrollments."""
    waiting = CheckIn.objects.filter(processed_at=None, updated_at__lte=now - SWEEP_AFTER)
    enrollment_ids = set(waiting.order_by("updated_at").values_list("enrollment_id", flat=True)[:size])
    return sum(recalculate(enrollment_id, now) for enrollment_id in enrollment_ids)
