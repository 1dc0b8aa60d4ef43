"""Corrections: everybody who was sent a recalled stretch gets one mail about the recall."""

import logging
from datetime import datetime, timedelta

from django.db.models import Max, Q, QuerySet

from challenge import schedule
from challenge.models import Delivery, Enrollment, Outcome, Recall, Revision

log = logging.getLogger(__name__)

# A lesson that was being sent while its stretch was recalled is recorded soon after.
LOOK_BACK = timedelta(days=2)
# A crashed sender is noticed when its lease has ended.
NOTICED_WITHIN = timedelta(minutes=2)
BATCH = 500
Kind, State = Delivery.Kind, Enrollment.State


def correct(now: datetime) -> int:
    """Queue the corrections that are missing, and count them. A second run adds none."""
    recent = Recall.objects.filter(recalled_at__gte=now - LOOK_BACK).select_related("stretch")
    return sum(queue_corrections(recall, now) for recall in recent)


def queue_corrections(recall: Recall, now: datetime) -> int:
    """Queue the correction of one recall for everybody who was, or may have been, sent the stretch."""
    count = 0
    while batch := list(were_sent(recall)[:BATCH]):
        corrections = [_correction(recall, enrollment, now) for enrollment in batch]
        Delivery.objects.queue_many(corrections)
        count += len(batch)
    return count


def _correction(recall: Recall, enrollment: Enrollment, now: datetime) -> Delivery:
    try:
        try_at = schedule.daylight(now, enrollment.zone)
    except (LookupError, ValueError):
        # This machine does not know the runner's zone: the warning does not wait for daylight.
        log.exception("enrollment %s has a time zone that is not known here", enrollment.pk)
        try_at = now
    return Delivery.objects.prepare(
        Kind.CORRECTION, now, enrollment, copy=recall.pk, recall=recall, try_at=try_at
    )


def were_sent(recall: Recall) -> QuerySet[Enrollment]:
    """Select who was, or may have been, sent the stretch and has no correction yet: the newest confirmed
    enrollment of each runner who has not left, even if the lesson went to an older one."""
    showed = Revision.objects.filter(stretches=recall.stretch_id, published_at__lte=recall.recalled_at)
    sent = Delivery.objects.filter(kind=Kind.LESSON, sent_at__isnull=False, revision__in=showed)
    corrected = Delivery.objects.filter(kind=Kind.CORRECTION, recall=recall.pk)
    here = Enrollment.objects.filter(program=recall.stretch.program_id)
    here = here.exclude(state__in=[State.PENDING, State.WITHDRAWN])
    newest = here.values("runner").annotate(newest=Max("pk")).order_by().values("newest")
    return (
        here.filter(
            Q(runner__in=sent.values("enrollment__runner")) | Q(runner__in=_in_doubt(recall, showed)),
            pk__in=newest,
        )
        .exclude(runner__in=corrected.values("enrollment__runner"))
        .select_related("runner")
        .order_by("pk")
    )


def _in_doubt(recall: Recall, showed: QuerySet[Revision]) -> list[int]:
    """Return the runners whose lesson may have left before the recall, in an unknown revision."""
    lessons = Delivery.objects.filter(
        kind=Kind.LESSON,
        uncertain=True,
        due_at__lte=recall.recalled_at,
        enrollment__program=recall.stretch.program_id,
        day__in=showed.values("day__number"),
    )
    until = (recall.recalled_at + NOTICED_WITHIN).isoformat()
    return [
        lesson.required_enrollment.runner_id
        for lesson in lessons.select_related("enrollment")
        if any(a["outcome"] == Outcome.UNCERTAIN and a["at"] <= until for a in lesson.attempts)
    ]
