"""A runner who has had a course, and signs up for it again."""

from datetime import datetime

from challenge.models import Enrollment

State = Enrollment.State


def asks_again(run: Enrollment, now: datetime) -> Enrollment:
    """Complete a run that goes on, and return a new one that is to be confirmed."""
    open_runs = Enrollment.objects.filter(pk=run.pk, state__in=Enrollment.OPEN_STATES)
    open_runs.update(state=State.COMPLETED, next_due_at=None)
    return Enrollment.objects.create(
        runner=run.runner,
        program=run.program,
        state=State.PENDING,
        starts_on=now.date(),
        send_at=run.send_at,
        time_zone=run.time_zone,
        created_at=now,
    )
