"""Confirm a sign-up: from then on the runner's consents count. The course begins with the answers to the
questions before it (safety.answering)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from accounts.models import Consent, User, give_consents, withdraw_consent
from challenge.enrollment import waiting
from challenge.enrollment.consents import take_back
from challenge.enrollment.holding import take_over
from challenge.enrollment.request_limits import answered
from challenge.enrollment.wish import Wish
from challenge.models import Delivery, Enrollment, Event
from challenge.models.enrollment import log_event


class ConfirmResult(StrEnum):
    CONFIRMED = "confirmed"
    ALREADY = "already"
    CHANGED = "changed"
    GONE = "gone"


@dataclass(frozen=True)
class Confirmation:
    """What the owner of an address confirms: a wish, perhaps changed on the form, and the consent to keep
    health data. `shown` is the digest of the wish that the form was made from."""

    wish: Wish
    shown: str
    health: bool = False

    @classmethod
    def unchanged(cls, enrollment: Enrollment, *, health: bool = False) -> "Confirmation":
        wish = Wish.of(enrollment)
        return cls(wish, wish.digest, health)


def confirm(enrollment_id: int, form: Confirmation, now: datetime) -> ConfirmResult:
    """Confirm a pending enrollment; clicked twice it stays confirmed. Nothing is confirmed if the wish is no
    longer the one that the form showed."""
    found = Enrollment.objects.filter(pk=enrollment_id).first()
    if found is None:
        return ConfirmResult.GONE
    with transaction.atomic():
        runner = User.objects.select_for_update(no_key=True).filter(pk=found.runner_id).first()
        runs = Enrollment.objects.select_for_update(of=("self",)).select_related("program", "cohort")
        runs = runs.filter(runner=found.runner_id).order_by("pk")
        enrollment = next((run for run in runs if run.pk == enrollment_id), None)
        if runner is None or enrollment is None or enrollment.state == Enrollment.State.WITHDRAWN:
            return ConfirmResult.GONE
        if enrollment.state != Enrollment.State.PENDING:
            return ConfirmResult.ALREADY
        enrollment.runner = runner
        if Wish.of(enrollment).digest != form.shown:
            return ConfirmResult.CHANGED
        _begin(enrollment, form, now)
    return ConfirmResult.CONFIRMED


def _begin(enrollment: Enrollment, form: Confirmation, now: datetime) -> None:
    runner, wish = enrollment.runner, form.wish
    runner.first_name = wish.first_name
    runner.save(update_fields=["first_name"])
    enrollment.starts_on, enrollment.send_at, enrollment.time_zone = wish[1:4]
    enrollment.state, enrollment.confirmed_at = Enrollment.State.SCREENING, now
    enrollment.save()
    _decide_consents(runner, now, health=form.health)
    answered(runner.mailbox_hash)
    waiting.confirmed(enrollment)
    log_event(enrollment, Event.Kind.CONFIRMED, Event.Actor.RUNNER, now)
    Delivery.objects.queue(Delivery.Kind.WELCOME, now, enrollment)
    take_over(enrollment, now)


def _decide_consents(runner: User, now: datetime, *, health: bool) -> None:
    """Let the newest form decide: a consent to keep health data that it does not give is taken back."""
    Consent.objects.filter(user=runner, purpose=Consent.Purpose.HEALTH, given_at=None).delete()
    if health:
        withdraw_consent(runner, Consent.Purpose.HEALTH, now)
    else:
        take_back(runner, Consent.Purpose.HEALTH, Event.Actor.RUNNER, now)
    purposes = [Consent.Purpose.MAIL, *([Consent.Purpose.HEALTH] if health else [])]
    give_consents(runner, purposes, Consent.Form.CONFIRM, now)
