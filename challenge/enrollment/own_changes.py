"""Changes that a runner makes on a page of one's own. One mail confirms those of some minutes together."""

from datetime import datetime, time, timedelta

from django.db import transaction

from accounts.models import Consent, User
from challenge import schedule
from challenge.enrollment import consents
from challenge.enrollment.transitions import reschedule
from challenge.enrollment.waiting import queue_links
from challenge.models import AddressChange, Delivery, Enrollment, Event
from challenge.models.enrollment import log_event
from challenge.models.mail_kinds import KINDS, Kind

# A runner who changes one thing mostly changes another.
TOGETHER = timedelta(minutes=5)


def confirm_changes(enrollment: Enrollment, now: datetime) -> None:
    """Queue the mail about what was changed from now on, by daylight, unless one waits already."""
    if enrollment.state not in KINDS[Kind.CHANGED].states:
        return
    told = Delivery.objects.filter(enrollment=enrollment, kind=Kind.CHANGED, state__in=Delivery.WAITING)
    if not told.filter(due_at__lte=now).exists():
        try_at = schedule.daylight(now + TOGETHER, enrollment.zone)
        Delivery.objects.queue(Kind.CHANGED, now, enrollment, try_at=try_at)


@transaction.atomic
def change_hour(run: Enrollment, send_at: time, time_zone: str, now: datetime) -> bool:
    return _confirmed(reschedule(run.pk, send_at, time_zone, Event.Actor.RUNNER, now), run, now)


@transaction.atomic
def agree(run: Enrollment, now: datetime) -> bool:
    """Give the consent to health data, in the wording that the page shows."""
    given = consents.give(run.runner, Consent.Purpose.HEALTH, Consent.Form.OWN_PAGE, now)
    return _confirmed(given, run, now)


@transaction.atomic
def take_back_health(run: Enrollment, now: datetime) -> bool:
    return _confirmed(consents.take_back_health(run.pk, Event.Actor.RUNNER, now), run, now)


def _confirmed(is_changed: bool, run: Enrollment, now: datetime) -> bool:
    if is_changed:
        confirm_changes(run, now)
    return is_changed


def rename(enrollment_id: int, first_name: str, now: datetime) -> bool:
    """Greet a runner by another name from now on. Return False when it is the same."""
    with transaction.atomic():
        enrollment = (
            Enrollment.objects.select_for_update(of=("self",)).select_related("runner").get(pk=enrollment_id)
        )
        named = User.objects.filter(pk=enrollment.runner_id).exclude(first_name=first_name)
        if not named.update(first_name=first_name):
            return False
        log_event(enrollment, Event.Kind.CHANGED, Event.Actor.RUNNER, now, Event.Detail.NAME)
        confirm_changes(enrollment, now)
    return True


def end_old_links(enrollment_id: int, now: datetime) -> None:
    """End every link that was mailed to a runner, and mail fresh ones."""
    with transaction.atomic():
        enrollment = (
            Enrollment.objects.select_for_update(of=("self",))
            .select_related("runner", "program")
            .get(pk=enrollment_id)
        )
        Enrollment.objects.end_links(enrollment.runner)
        AddressChange.objects.end_wishes(enrollment.runner, now)
        log_event(enrollment, Event.Kind.CHANGED, Event.Actor.RUNNER, now, Event.Detail.LINKS)
        queue_links(enrollment, now)
