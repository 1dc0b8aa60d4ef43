"""Corrections: whoever was sent a stretch that was recalled is told so, once for each recall."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from challenge import schedule
from challenge.models import Delivery, Enrollment, Recall, Revision

# A lesson that was on the wire while its stretch was recalled is recorded soon after.
LOOK_BACK = timedelta(days=2)
GIVE_UP = timedelta(days=7)
Kind = Delivery.Kind


def correct(now: datetime) -> int:
    """Queue the corrections that are missing. Returns how many; running it again adds none."""
    recent = Recall.objects.filter(recalled_at__gte=now - LOOK_BACK).select_related("stretch")
    return sum(queue_corrections(recall, now) for recall in recent)


def queue_corrections(recall: Recall, now: datetime) -> int:
    """Queue the correction of one recall for everybody who was, or may have been, sent the stretch."""
    corrections = [
        Delivery(
            enrollment=enrollment,
            kind=Kind.CORRECTION,
            copy=recall.number,
            recall=recall,
            due_at=now,
            try_at=schedule.daylight(now, enrollment.zone),
            closes_at=now + GIVE_UP,
        )
        for enrollment in were_sent(recall)
    ]
    Delivery.objects.bulk_create(corrections, ignore_conflicts=True)
    return len(corrections)


def were_sent(recall: Recall) -> list[Enrollment]:
    """Whoever was, or may have been, sent the stretch, has not left and was not told yet."""
    showed = Revision.objects.filter(stretches=recall.stretch_id, published_at__lte=recall.recalled_at)
    # Of what a sender lost hold of nobody knows the revision: it may have been one of these.
    doubtful = Q(uncertain=True, due_at__lte=recall.recalled_at, day__in=showed.values("day__number"))
    lessons = Delivery.objects.filter(
        Q(sent_at__isnull=False, revision__in=showed) | doubtful,
        enrollment=OuterRef("pk"),
        kind=Kind.LESSON,
    )
    told = Delivery.objects.filter(enrollment=OuterRef("pk"), kind=Kind.CORRECTION, copy=recall.number)
    found = Enrollment.objects.filter(Exists(lessons), ~Exists(told), program=recall.stretch.program_id)
    return list(found.exclude(state=Enrollment.State.WITHDRAWN))
