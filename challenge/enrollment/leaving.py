"""Leave a program, whichever run of it a link came from, and go back to it within seven days.

Leaving ends every run of the runner in the program by its state alone. The keys of the links stay, so that
an undo revives what was mailed. The runner's row is locked first, as in bounces.record: an undo and a new
sign-up must not both open a run.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Consent, User, give_consents, restore_consents, withdraw_consent
from challenge import schedule
from challenge.enrollment.holding import come_back
from challenge.enrollment.transitions import SOON, confirm_by_mail, withhold, would_go_on
from challenge.models import Delivery, Enrollment, Event, Suppression
from challenge.models.delivery_reason import Reason as DeliveryReason
from challenge.models.enrollment import log_event
from challenge.models.mail_kinds import Kind

State, Reason = Enrollment.State, Delivery.Reason
# What the course still owes after an undo; the planner brings the lessons back.
OWED = (Kind.WELCOME, Kind.CORRECTION, Kind.SUMMARY, Kind.GOODBYE, Kind.ANSWER)


def runs_of(enrollment: Enrollment) -> QuerySet[Enrollment]:
    """Select every run of the same runner in the same program, the newest first."""
    runs = Enrollment.objects.filter(runner=enrollment.runner_id, program=enrollment.program_id)
    return runs.select_related("runner", "program").order_by("-pk")


def current_run(enrollment: Enrollment) -> Enrollment:
    """Return the run that the link of an earlier one leads to: the open one, else the newest that was not
    left, else the newest."""
    runs = list(runs_of(enrollment))
    kept = [run for run in runs if run.state != State.WITHDRAWN]
    opened = [run for run in kept if run.state in Enrollment.OPEN_STATES]
    return [*opened, *kept, *runs, enrollment][0]


@contextmanager
def _locked_runs(enrollment_id: int) -> Iterator[list[Enrollment]]:
    enrollment = Enrollment.objects.get(pk=enrollment_id)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=enrollment.runner_id)
        yield list(runs_of(enrollment).order_by("pk").select_for_update(of=("self",)))


def leave(enrollment_id: int, actor: Event.Actor, now: datetime, *, mails: bool = False) -> bool:
    """End every run of a runner in the program of an enrollment. Nothing more is sent but an
    answer that is on its way and, if `mails`, one mail that says so; the consents end with the runner's last
    program. Only what the runner did can be undone."""
    with _locked_runs(enrollment_id) as runs:
        ended = [run for run in runs if run.state != State.WITHDRAWN]
        for run in ended:
            run.left_from = run.state if actor == Event.Actor.RUNNER else ""
            run.left_at, run.state, run.next_due_at = now, State.WITHDRAWN, None
            run.save(update_fields=["left_from", "left_at", "state", "next_due_at"])
            _withhold_all(run)
            log_event(run, Event.Kind.WITHDRAWN, actor, now)
        if not ended:
            return False
        for run in runs:
            _withhold_farewell(run, now)
        runner = ended[0].runner
        if not Enrollment.objects.filter(runner=runner, state__in=Enrollment.OPEN_STATES).exists():
            for purpose in Consent.Purpose:
                withdraw_consent(runner, purpose, now)
        confirmed = [run for run in ended if run.confirmed_at]
        if mails and confirmed:
            confirm_by_mail(confirmed[-1], Kind.LEFT, now)
    return True


def _withhold_all(run: Enrollment) -> None:
    """Withhold what is queued, but the newest answer."""
    answers = Delivery.objects.filter(enrollment=run, kind=Kind.ANSWER, state__in=Delivery.WAITING)
    others = Delivery.objects.filter(enrollment=run)
    if newest := answers.order_by("-due_at", "-pk").first():
        others = others.exclude(pk=newest.pk)
    withhold(run, Reason.LEFT, pk__in=others.values("pk"))


def undo_until(enrollment: Enrollment, now: datetime) -> datetime | None:
    """Return until when the leaving of a program can be undone; None when it cannot."""
    left = _left_last(list(runs_of(enrollment)), now)
    return left[0].undo_ends_at if left else None


def undo_leaving(enrollment_id: int, now: datetime) -> bool:
    """Lead a runner back to where the last leaving was, with the consents that ended then and were not
    taken back since."""
    with _locked_runs(enrollment_id) as runs:
        left = _left_last(runs, now)
        for run in left:
            assert run.left_at is not None
            restore_consents(run.runner, run.left_at, now, without=_taken_back(run))
            if run.confirmed_at:
                give_consents(run.runner, [Consent.Purpose.MAIL], Consent.Form.UNDO, now)
            _go_back(run, now)
    return bool(left)


def _taken_back(run: Enrollment) -> QuerySet[Event, str]:
    """Select the purposes of the consents that a runner took back after leaving."""
    events = Event.objects.filter(enrollment__runner=run.runner, kind=Event.Kind.CONSENT_TAKEN_BACK)
    return events.filter(at__gte=run.left_at).values_list("detail", flat=True)


def _left_last(runs: Sequence[Enrollment], now: datetime) -> list[Enrollment]:
    """Return the runs that an undo leads back to: those of the runner's last leaving, within seven days,
    while no other run goes on and the address is not suppressed."""
    left = [run for run in runs if run.left_at]
    last = max((run.undo_ends_at for run in left), default=now)
    if now >= last or any(run.state != State.WITHDRAWN for run in runs):
        return []
    if Suppression.objects.filter(address_hash=runs[0].runner.address_hash).exists():
        return []
    return [run for run in left if run.undo_ends_at == last and run.left_from]


def _go_back(run: Enrollment, now: datetime) -> None:
    run.state, run.left_from, run.left_at = run.left_from, "", None
    if run.state == State.ACTIVE:
        run.next_due_at = would_go_on(run, now)
    come_back(run)
    run.save(update_fields=["state", "left_from", "left_at", "next_due_at", "words_only"])
    log_event(run, Event.Kind.RETURNED, Event.Actor.RUNNER, now)
    _withhold_farewell(run, now)
    queue_again(run, Reason.LEFT, now)
    if run.next_due_at and run.next_due_at > schedule.daylight(now, run.zone) + SOON:
        confirm_by_mail(run, Kind.RESUMED, now)


def _withhold_farewell(run: Enrollment, now: datetime) -> None:
    """Withhold the mail about an earlier leaving. One that a sender holds closes: it may be a dead one."""
    withhold(run, Reason.BEGUN_AGAIN, kind=Kind.LEFT)
    held = Delivery.objects.filter(enrollment=run, kind=Kind.LEFT, state=Delivery.State.SENDING)
    held.update(closes_at=now)


def queue_again(run: Enrollment, reason: DeliveryReason, now: datetime) -> None:
    """Put back what was withheld for a reason that is over, and the course still owes."""
    held = Delivery.objects.filter(enrollment=run, state=Delivery.State.WITHHELD, reason=reason)
    for delivery in held.filter(kind__in=OWED, closes_at__gt=now):
        delivery.state = Delivery.State.RETRY if delivery.attempts else Delivery.State.QUEUED
        delivery.reason, delivery.reason_values = "", {}
        delivery.try_at = max(delivery.try_at, schedule.daylight(now, run.zone))
        delivery.save(update_fields=["state", "reason", "reason_values", "try_at"])
