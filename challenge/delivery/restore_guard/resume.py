"""Resume sending after a restored backup. The operator sees what would leave now, and may declare mail due
until an instant as sent by the lost database."""

from collections import Counter
from datetime import datetime
from typing import NamedTuple

from django.db import models, transaction

from challenge.delivery.claim import waiting
from challenge.delivery.eligibility import Revisions
from challenge.delivery.plan import plan
from challenge.delivery.restore_guard import database_identity, guard
from challenge.enrollment.erasing import ask_again, erase_again
from challenge.models import Delivery, Enrollment

State = Delivery.State
SIZE = 500


class ResumePreview(NamedTuple):
    """The mails of each kind that were taken as sent, and those that would leave at once; how many people
    were erased again, and how many have a new day to take their wish back."""

    taken: Counter[str]
    leaving: Counter[str]
    erased: int
    asked_again: int


def resume(now: datetime, sent_until: datetime | None, *, really: bool) -> ResumePreview:
    """Let sending resume, with mail due until `sent_until` taken as sent; without `really`, only preview the
    numbers. Nothing is sent before all of it is done."""
    # Renew the file beside an SQLite database first: the row of the new history names it.
    identity = database_identity.renew() if really else database_identity.read()
    with transaction.atomic():
        guard.begin_history(identity, now)
        erased, asked_again = erase_again(), ask_again(now)
        taken = take_as_sent(sent_until) if sent_until else Counter[str]()
        while plan(now):
            pass
        leaving = Counter(waiting(now).values_list("kind", flat=True))
        transaction.set_rollback(not really)
    return ResumePreview(taken, leaving, erased, asked_again)


def take_as_sent(until: datetime) -> Counter[str]:
    """Record all mail due until an instant as sent when it was due, and as uncertain; each course goes on
    with its next lesson. Return the number of each kind."""
    taken = _record(until)
    active = Enrollment.objects.filter(state=Enrollment.State.ACTIVE, next_due_at__lte=until)
    while due_at := active.aggregate(first=models.Min("next_due_at"))["first"]:
        while plan(due_at):
            pass
        taken += _record(until)
    return taken


def _record(until: datetime) -> Counter[str]:
    unsent = Delivery.objects.filter(state__in=[*Delivery.WAITING, State.SENDING], due_at__lte=until)
    kinds = Counter[str]()
    while batch := list(unsent.select_related("enrollment", "recall")[:SIZE]):
        revisions = Revisions(batch, {})
        revisions.refresh()
        for delivery in batch:
            delivery.state, delivery.sent_at, delivery.uncertain = State.SENT, delivery.due_at, True
            delivery.lease = delivery.leased_until = None
            delivery.revision = revisions.of(delivery)
            delivery.reason, delivery.reason_values = Delivery.Reason.TAKEN_AS_SENT, {}
        changed = [
            "state",
            "sent_at",
            "uncertain",
            "lease",
            "leased_until",
            "revision",
            "reason",
            "reason_values",
        ]
        Delivery.objects.bulk_update(batch, changed, batch_size=100)
        kinds.update(delivery.kind for delivery in batch)
    return kinds
