"""Unconfirmed sign-ups: one reminder, and deletion after seven days."""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from challenge import schedule
from challenge.enrollment.request_limits import Origin, may_mail, one_at_a_time, remember
from challenge.models import Delivery, Enrollment, Event, MailRequest, WaitingSignUp
from challenge.models.enrollment import log_event

log = logging.getLogger(__name__)

REMIND_AFTER = timedelta(days=2)
DROP_AFTER = timedelta(days=7)


def remind_unconfirmed(now: datetime, size: int = 200) -> int:
    """Queue the one reminder of pending sign-ups, at the runner's own hour, and count them."""
    with transaction.atomic():
        one_at_a_time()
        pending = list(
            Enrollment.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(state=Enrollment.State.PENDING, created_at__lte=now - REMIND_AFTER)
            .exclude(events__kind=Event.Kind.REMINDED)
            .select_related("runner")
            .order_by("created_at")[:size]
        )
        for enrollment in pending:
            try:
                _remind(enrollment, now)
            except (LookupError, ValueError):  # for example, a time zone that this machine does not know
                log.exception("enrollment %s could not be reminded", enrollment.pk)
    return len(pending)


def _remind(enrollment: Enrollment, now: datetime) -> None:
    log_event(enrollment, Event.Kind.REMINDED, Event.Actor.SYSTEM, now)
    runner = enrollment.runner
    mail = MailRequest.Mail.CONFIRMATION
    if not may_mail(runner.email, mail, now):
        return
    today = schedule.local_date(now, enrollment.zone)
    due_at = schedule.first_due(today, now, enrollment.send_at, enrollment.zone)
    if due_at < now:
        due_at = schedule.next_due(due_at, enrollment.send_at, enrollment.zone)
    # It counts from when it leaves: a form that comes soon after waits a day for its own mail.
    remember(runner.mailbox_hash, Origin(), due_at, mail=mail, mailed=True)
    Delivery.objects.queue(Delivery.Kind.REMINDER, due_at, enrollment)


def delete_unconfirmed(now: datetime) -> int:
    """Delete sign-ups that are unconfirmed after seven days, and the people known only from them. Forms that
    waited as long go too; the others are counted."""
    with transaction.atomic():
        WaitingSignUp.objects.filter(asked_at__lte=now - DROP_AFTER).delete()
        never = [Enrollment.State.PENDING, Enrollment.State.WITHDRAWN]
        old = Enrollment.objects.filter(
            state__in=never, confirmed_at=None, created_at__lte=now - DROP_AFTER
        ).select_for_update(skip_locked=True)
        runners = [enrollment.runner_id for enrollment in old]
        deleted = Enrollment.objects.filter(pk__in=[enrollment.pk for enrollment in old]).delete()[1]
        User.objects.filter(pk__in=runners, enrollments=None, is_staff=False).delete()
    return deleted.get("challenge.Enrollment", 0)
