"""Confirm a sign-up: from then on the runner's consents count and the course is due."""

from datetime import datetime
from enum import StrEnum

from django.db import transaction

from accounts.models import confirm_consents
from challenge import schedule
from challenge.enrollment.request_limits import answered
from challenge.models import Delivery, Enrollment, Event
from challenge.models.enrollment import log_event


class ConfirmResult(StrEnum):
    CONFIRMED = "confirmed"
    ALREADY = "already"
    GONE = "gone"


def confirm(enrollment_id: int, now: datetime) -> ConfirmResult:
    """Confirm a pending enrollment; clicked twice it stays confirmed."""
    with transaction.atomic():
        enrollment = (
            Enrollment.objects.select_for_update(of=("self",))
            .select_related("runner", "program")
            .filter(pk=enrollment_id)
            .first()
        )
        if enrollment is None or enrollment.state == Enrollment.State.WITHDRAWN:
            return ConfirmResult.GONE
        if enrollment.state != Enrollment.State.PENDING:
            return ConfirmResult.ALREADY
        enrollment.state = Enrollment.State.ACTIVE
        enrollment.confirmed_at = now
        enrollment.next_due_at = schedule.first_due(
            enrollment.starts_on, now, enrollment.send_at, enrollment.zone
        )
        enrollment.save(update_fields=["state", "confirmed_at", "next_due_at"])
        confirm_consents(enrollment.runner, now)
        answered(enrollment.runner.mailbox_hash)
        log_event(enrollment, Event.Kind.CONFIRMED, Event.Actor.RUNNER, now)
        Delivery.objects.queue(Delivery.Kind.WELCOME, now, enrollment)
    return ConfirmResult.CONFIRMED
