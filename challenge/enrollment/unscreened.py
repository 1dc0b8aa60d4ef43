"""Runners who have not answered the ten questions: who is asked, one reminder, and asking anew."""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from challenge import schedule
from challenge.enrollment.transitions import withhold
from challenge.models import Delivery, Enrollment, Hold
from challenge.models.mail_kinds import Kind

log = logging.getLogger(__name__)

State = Enrollment.State
REMIND_AFTER = timedelta(days=1)


def remind_unscreened(now: datetime, size: int = 200) -> int:
    """Queue the one reminder of runners who have confirmed and not answered, by daylight, and count them."""
    with transaction.atomic():
        waiting = list(
            Enrollment.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(state=State.SCREENING, screening_asked_at=None, confirmed_at__lte=now - REMIND_AFTER)
            .select_related("runner")
            .order_by("confirmed_at")[:size]
        )
        for enrollment in waiting:
            try:
                try_at = schedule.daylight(now, enrollment.zone)
            except (LookupError, ValueError):  # for example, a time zone that this machine does not know
                log.exception("enrollment %s could not be reminded", enrollment.pk)
                try_at = now
            Delivery.objects.queue(Kind.SCREENING, now, enrollment, try_at=try_at)
        asked = Enrollment.objects.filter(pk__in=[enrollment.pk for enrollment in waiting])
        asked.update(screening_asked_at=now)
    return len(waiting)


def ask_anew(user: User) -> None:
    """Ask again whose list of left-out movements is about to be erased: no lesson may leave without it. The
    caller holds the rows of the runner and of the runs."""
    for run in user.enrollments.exclude(left_out=[]).exclude(state=State.COMPLETED):
        run.screenings.all().delete()
        run.screening_asked_at = None
        if run.state == State.WITHDRAWN:
            run.left_from = run.left_from and State.SCREENING
        elif run.state == State.HELD:
            Hold.objects.filter(enrollment=run, cleared_at=None).update(held_from=State.SCREENING)
        else:
            run.state, run.next_due_at = State.SCREENING, None
            withhold(run, Delivery.Reason.HELD, kind=Kind.LESSON)
        run.save(update_fields=["state", "left_from", "next_due_at", "screening_asked_at"])
