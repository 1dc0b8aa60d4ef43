"""Rescue stuck deliveries: requeue those whose lease has ended, and close those that did not leave in
time."""

from datetime import datetime
from itertools import groupby

from django.db import transaction

from challenge.delivery.claim import in_order, waiting_state
from challenge.delivery.recording import MOST_SENDERS_LOST, after_lost_sender, attempted, senders_lost
from challenge.models import Answer, Delivery, Outcome, OwnAnswer, Phase
from challenge.models.conditions import is_in


def rescue_and_close(now: datetime) -> int:
    close(now)
    return rescue(now)


def rescue(now: datetime) -> int:
    """Requeue every delivery whose lease has ended, and count them.

    A sender works through its batch in one order and records each result before the next, so only the first
    one left can have been sent: it is marked uncertain and its attempt counts; the others were never tried.
    """
    with transaction.atomic():
        lost = list(
            in_order(
                Delivery.objects.select_for_update(skip_locked=True).filter(
                    is_in(Delivery.State.SENDING), leased_until__lte=now
                )
            )
        )
        lost.sort(key=lambda delivery: str(delivery.lease))
        for _token, batch in groupby(lost, key=lambda delivery: delivery.lease):
            for place, delivery in enumerate(batch):
                _put_back(delivery, doubtful=place == 0, now=now)
    return len(lost)


def close(now: datetime) -> int:
    """Close the deliveries that did not leave in time, and count them. Not the first sendings of lessons: the
    planner opens their next window."""
    late = Delivery.objects.filter(is_in(*Delivery.WAITING), closes_at__lte=now)
    late = late.exclude(kind=Delivery.Kind.LESSON, copy=0)
    return late.update(state=Delivery.State.FAILED, reason=Delivery.Reason.TOO_LATE, reason_values={})


def _put_back(delivery: Delivery, *, doubtful: bool, now: datetime) -> None:
    if doubtful:
        _doubt(delivery, now)
    else:
        delivery.state = waiting_state(delivery.attempts)
    delivery.lease, delivery.leased_until = None, None
    changed = ["attempts", "uncertain", "try_at", "state", "reason", "reason_values", "lease", "leased_until"]
    delivery.save(update_fields=changed)


def _doubt(delivery: Delivery, now: datetime) -> None:
    """Count the attempt that nobody recorded. From now on the message goes after its neighbours; after a
    sender has crashed with it each time, it is set aside."""
    answer = Answer(Outcome.UNCERTAIN, Phase.UNKNOWN, None, OwnAnswer.SENDER_STOPPED)
    delivery.attempts, delivery.uncertain = attempted(delivery, now, answer), True
    count = senders_lost(delivery.attempts, delivery.due_at)
    delivery.state, delivery.try_at = Delivery.State.RETRY, now + after_lost_sender(count)
    if count >= MOST_SENDERS_LOST:
        delivery.state = Delivery.State.FAILED
        delivery.reason, delivery.reason_values = Delivery.Reason.SENDER_STOPPED, {}
