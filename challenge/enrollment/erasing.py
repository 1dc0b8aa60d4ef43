"""Erase a runner: asked for by the runner, done a day later, and taken back until then.

While it is asked for (`User.erase_at`), the course sends nothing; what answers the runner still leaves
(delivery.eligibility). The runner's row is locked first, as in bounces.record.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from challenge import schedule
from challenge.enrollment import erased_list
from challenge.enrollment.leaving import queue_again
from challenge.enrollment.traces import delete_all
from challenge.enrollment.transitions import SOON, confirm_by_mail, withhold, would_go_on
from challenge.models import Delivery, Enrollment, Event, RestoreStop
from challenge.models.enrollment import log_event
from challenge.models.mail_kinds import Kind

log = logging.getLogger(__name__)

WAIT = timedelta(hours=24)


def request_erasing(user_id: int, now: datetime) -> datetime:
    """Hold the course back, say so by one mail, and return when the runner will be erased. A second request
    changes nothing."""
    with transaction.atomic():
        user = _locked(user_id)
        if user.erase_at:
            return user.erase_at
        user.erase_at = now + WAIT
        user.save(update_fields=["erase_at"])
        if newest := _newest(user):
            Delivery.objects.queue(Kind.ERASING, now, newest, closes_at=user.erase_at)
            log_event(newest, Event.Kind.ERASE_ASKED, Event.Actor.RUNNER, now)
    return user.erase_at


def keep(user_id: int, now: datetime) -> bool:
    """Take a request to erase back: each course goes on where it was."""
    with transaction.atomic():
        user = _locked(user_id)
        if user.erase_at is None:
            return False
        user.erase_at = None
        user.save(update_fields=["erase_at"])
        for run in user.enrollments.select_for_update(of=("self",)).select_related("runner", "program"):
            _go_on(run, now)
        if newest := _newest(user):
            log_event(newest, Event.Kind.KEPT, Event.Actor.RUNNER, now)
    return True


def _go_on(run: Enrollment, now: datetime) -> None:
    withhold(run, Delivery.Reason.KEPT, kind=Kind.ERASING)
    queue_again(run, Delivery.Reason.ERASING, now)
    if run.state != Enrollment.State.ACTIVE:
        return
    run.next_due_at = would_go_on(run, now)
    run.save(update_fields=["next_due_at"])
    if run.next_due_at > schedule.daylight(now, run.zone) + SOON:
        confirm_by_mail(run, Kind.RESUMED, now)


def erase(user_id: int, now: datetime) -> dict[str, int]:
    """Erase a runner at once. Return how many rows of each table went; none for somebody unknown."""
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
        return _erase(user, now) if user else {}


def erase_due(now: datetime) -> int:
    """Erase the runners whose day is over, and count them; nobody while a restored backup holds sending
    back, for it may not know who has taken the request back."""
    if RestoreStop.current():
        return 0
    erased = 0
    for user_id in User.objects.filter(erase_at__lte=now).values_list("pk", flat=True):
        try:
            with transaction.atomic():
                user = User.objects.select_for_update(no_key=True).filter(pk=user_id, erase_at__lte=now)
                erased += any(bool(_erase(each, now)) for each in user)
        except Exception:  # one runner's trouble must not keep another's data
            log.exception("runner %s could not be erased", user_id)
    return erased


def _erase(user: User, now: datetime) -> dict[str, int]:
    if not user.is_staff:
        # First: who is on the list and still here is erased the next time.
        erased_list.append(user, now)
    return delete_all(user)


def erase_again() -> int:
    """Erase the people whom a backup has brought back, and count them."""
    return sum(bool(delete_all(user)) for user in erased_list.came_back())


def ask_again(now: datetime) -> int:
    """Begin the day of each request anew, with a mail: a restored backup does not know who has taken it
    back. Return how many there are."""
    waiting = list(User.objects.filter(erase_at__isnull=False).values_list("pk", flat=True))
    User.objects.filter(pk__in=waiting).update(erase_at=None)
    for user_id in waiting:
        request_erasing(user_id, now)
    return len(waiting)


def _locked(user_id: int) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=user_id)


def _newest(user: User) -> Enrollment | None:
    """Return the newest run that mail about the runner may name: anybody may have sent the form of a pending
    one."""
    runs = user.enrollments.exclude(state=Enrollment.State.PENDING).select_related("runner", "program")
    return runs.order_by("-pk").first()
