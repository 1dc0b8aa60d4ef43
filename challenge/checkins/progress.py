"""What a check-in leads to: the enrollment's progress, worked out anew from all its check-ins."""

from datetime import datetime, timedelta

from django.db import transaction

from challenge.models import CheckIn, Enrollment, Progress

Status = CheckIn.Status
SWEEP_AFTER = timedelta(minutes=1)


def work_out(enrollment_id: int, now: datetime) -> bool:
    """Bring an enrollment's progress up to date. False when there was nothing to work out."""
    with transaction.atomic():
        if not Enrollment.objects.select_for_update().filter(pk=enrollment_id).exists():
            return False
        check_ins = list(CheckIn.objects.filter(enrollment=enrollment_id))
        if all(check_in.worked_out_at for check_in in check_ins):
            return False
        statuses = {check_in.day: check_in.status for check_in in check_ins}
        counts = {str(status): list(statuses.values()).count(status) for status in Status.values}
        last = max(check_in.updated_at for check_in in check_ins)
        Progress.objects.update_or_create(
            enrollment_id=enrollment_id,
            defaults={**counts, "streak": streak(statuses), "last_check_in_at": last},
        )
        CheckIn.objects.filter(pk__in=[check_in.pk for check_in in check_ins]).update(worked_out_at=now)
    return True


def streak(statuses: dict[int, str]) -> int:
    """How many program days in a row, up to the last one reported, were done or partly done.

    It counts program days, not dates, so that a pause or an outage never lowers it.
    """
    day, length = max(statuses, default=0), 0
    while statuses.get(day) in (Status.DONE, Status.PARTLY):
        day, length = day - 1, length + 1
    return length


def sweep(now: datetime, size: int = 200) -> int:
    """Work out the check-ins that no task came for. Returns how many enrollments had some."""
    waiting = CheckIn.objects.filter(worked_out_at=None, updated_at__lte=now - SWEEP_AFTER)
    enrollment_ids = set(waiting.order_by("updated_at").values_list("enrollment_id", flat=True)[:size])
    return sum(work_out(enrollment_id, now) for enrollment_id in enrollment_ids)
