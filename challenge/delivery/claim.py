"""The lease: claim rows, renew it, record a row's result, release rows.

A lease is a random token. Every write names its token and has no effect once the lease belongs to another
worker, so that a worker that was frozen cannot overwrite another's record.
"""

import logging
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction

from challenge.delivery.restore_guard.guard import is_stopped
from challenge.delivery.throttle.lanes import grants
from challenge.models import Attempt, Delivery, Program, Recall
from challenge.models.conditions import among, is_in
from challenge.models.mail_kinds import Priority

log = logging.getLogger(__name__)

# Every mail needs these fields of its delivery, the enrollment and the runner.
NEEDED = (
    "kind",
    "day",
    "domain",
    "address",
    "due_at",
    "closes_at",
    "uncertain",
    "attempts",
    "recall",
    "recipient",
    "enrollment__link_key",
    "enrollment__program_id",
    "enrollment__state",
    "enrollment__pinned_at",
    "enrollment__screening_day",
    "enrollment__time_zone",
    "enrollment__left_out",
    "enrollment__words_only",
    "enrollment__runner__email",
    "enrollment__runner__first_name",
)
LOST = "delivery %s: the lease was lost, its result is not recorded"


def claim(now: datetime, size: int) -> list[Delivery]:
    """Lease at most `size` deliveries of one lane and priority that may leave now, in the order of sending;
    none while sending is stopped."""
    if is_stopped(now):
        return []
    lease, until = uuid.uuid4(), _until(now)
    with transaction.atomic():
        lane, ids = _chosen(now, size)
        Delivery.objects.filter(among("id", ids)).update(
            state=Delivery.State.SENDING, lease=lease, leased_until=until
        )
    held = in_order(Delivery.objects.filter(among("id", ids), lease=lease))
    batch = list(held.select_related("enrollment__runner", "recipient").only(*NEEDED))
    # The same as prefetch_related, in a third of its time.
    programs = Program.objects.in_bulk({each.enrollment.program_id for each in batch if each.enrollment})
    recalls = Recall.objects.in_bulk({each.recall_id for each in batch if each.recall_id})
    for delivery in batch:
        delivery.lane, delivery.lease, delivery.leased_until = lane, lease, until
        # A deleted program is noticed when its mail is composed, and affects no other mail.
        if delivery.enrollment and (program := programs.get(delivery.enrollment.program_id)):
            delivery.enrollment.program = program
        if recall := recalls.get(delivery.recall_id):
            delivery.recall = recall
    return batch


def waiting(now: datetime) -> models.QuerySet[Delivery]:
    """Select the deliveries whose own times allow them to leave."""
    due = Delivery.objects.filter(is_in(*Delivery.WAITING), try_at__lte=now)
    return due.filter(models.Q(closes_at=None) | models.Q(closes_at__gt=now))


def _chosen(now: datetime, size: int) -> tuple[str, list[uuid.UUID]]:
    """Choose the next lane with waiting mail, and the mail to claim from it. Mail about safety goes before
    all lanes, and no limit delays it."""
    urgent = waiting(now).filter(priority=Priority.SAFETY).select_for_update(skip_locked=True)
    if ids := list(urgent.order_by("try_at").values_list("id", flat=True)[:size]):
        return "", ids
    for grant in grants(now, size):
        free = waiting(now).filter(grant.waiting).select_for_update(skip_locked=True)
        for priority in (Priority.WAITED_FOR, Priority.USUAL):
            found = free.filter(priority=priority).order_by("try_at").values_list("id", flat=True)
            if ids := list(found[: grant.size]):
                return grant.lane, ids
    return "", []


def in_order(deliveries: models.QuerySet[Delivery]) -> models.QuerySet[Delivery]:
    """Sort as a batch is sent: rescue derives from this which message was being sent."""
    return deliveries.order_by("try_at", "id")


def _until(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.LEASE_SECONDS)


def renew_lease(left: list[Delivery], now: datetime) -> bool:
    """Ensure that a batch's lease outlasts one more attempt. Return False when the lease was lost."""
    longest = timedelta(seconds=2 * settings.SMTP_TIMEOUT + 5)
    if left[0].leased_until and left[0].leased_until - now > longest:
        return True
    held = Delivery.objects.filter(is_in(Delivery.State.SENDING), lease=left[0].lease)
    held.update(leased_until=_until(now))
    for delivery in left:
        delivery.leased_until = _until(now)
    return held.filter(id=left[0].id).exists()


def record(delivery: Delivery, **fields: Any) -> bool:
    """Write the result of a leased delivery and end its lease. Return False when the lease was lost."""
    if fields.get("state") in Delivery.OVER:
        fields["address"] = ""
    held = Delivery.objects.filter(id=delivery.id, lease=delivery.lease)
    if held.update(lease=None, leased_until=None, **fields):
        return True
    log.warning(LOST, delivery.id)
    return False


def mark_uncertain(delivery: Delivery, sent_at: datetime) -> None:
    """Mark a message that was sent but not recorded, as its lease was lost: the new holder of the row sends
    it again. A record that was written, and only its answer lost, stays."""
    others = Delivery.objects.filter(id=delivery.id).exclude(state=Delivery.State.SENT, sent_at=sent_at)
    others.update(uncertain=True)


def release(deliveries: Sequence[Delivery], try_at: datetime) -> None:
    """Return untried deliveries to the queue, to be claimed again from `try_at`; two statements at most."""
    for was_tried in (False, True):
        some = [delivery for delivery in deliveries if bool(delivery.attempts) is was_tried]
        if some:
            held = Delivery.objects.filter(
                among("id", [delivery.id for delivery in some]), lease=some[0].lease
            )
            state = waiting_state(some[0].attempts)
            held.update(state=state, try_at=try_at, lease=None, leased_until=None)


def waiting_state(attempts: list[Attempt]) -> Delivery.State:
    return Delivery.State.RETRY if attempts else Delivery.State.QUEUED
