"""The recorder: it writes the result of each attempt, and when the delivery is tried next."""

import logging
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from challenge.bounces.record import is_hard_bounce, record_refusal
from challenge.delivery.claim import record, waiting_state
from challenge.delivery.results import ResultWriter
from challenge.models import Answer, Attempt, Delivery, Outcome, Phase, Revision
from challenge.models.delivery_reason import Reason as DeliveryReason

log = logging.getLogger(__name__)

State, Reason = Delivery.State, Delivery.Reason
COMPOSE_TRIES = 3
MOST_SENDERS_LOST = 3
MOST_ATTEMPTS = 100
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(minutes=30)
SERVER_AWAY = timedelta(seconds=30)


class Recorder:
    def __init__(self, results: ResultWriter, clock: Callable[[], datetime]) -> None:
        self._results, self._clock = results, clock

    def withheld(self, delivery: Delivery, reason: DeliveryReason, values: dict[str, str]) -> None:
        self._results.write(delivery, state=State.WITHHELD, reason=reason, reason_values=values)

    def put_off(self, delivery: Delivery, moment: datetime) -> None:
        self._results.write(delivery, state=waiting_state(delivery.attempts), try_at=moment)

    def not_composed(self, delivery: Delivery, error: Exception) -> None:
        """Count a failure to compose the message; the third one ends the delivery."""
        now = self._clock()
        text = f"{type(error).__name__}: {error}".replace("\0", "")[:500]  # PostgreSQL keeps no NUL
        attempts = attempted(delivery, now, Answer(Outcome.DEFERRED, Phase.COMPOSE, None, text))
        failures = deferrals(attempts, delivery.due_at, Phase.COMPOSE)
        if failures >= COMPOSE_TRIES:
            why = {"reason": Reason.NOT_COMPOSED, "reason_values": {"error": text[:170]}}
            self._results.write(delivery, attempts=attempts, state=State.FAILED, **why)
        else:
            # Other mail never waits for this one, and a brief fault is retried soon.
            again = now + timedelta(seconds=10 * failures)
            self._results.write(delivery, attempts=attempts, state=State.RETRY, try_at=again)

    def answered(self, delivery: Delivery, revision: Revision | None, answer: Answer, left: datetime) -> None:
        """Write the mail server's answer or the broken connection; `left` is when the message went."""
        if answer.outcome is not Outcome.ACCEPTED:
            said = {"outcome": answer.outcome.value, "phase": answer.phase.value, "code": answer.code}
            extra = {"delivery": str(delivery.id), **said}
            log.info("delivery %s: %s in %s, %s", delivery.id, *said.values(), extra=extra)
        now = self._clock()
        attempts = attempted(delivery, now, answer)
        version = revision.pk if revision else None
        result: dict[str, Any] = {"state": State.RETRY}
        match answer.outcome:
            case Outcome.ACCEPTED:
                self._results.sent(delivery, sent_at=left, revision_id=version, attempts=attempts)
                return
            case Outcome.REFUSED:
                self._refused(delivery, attempts, answer, now)
                return
            case Outcome.UNCERTAIN if _was_unsure(delivery):
                result = {"state": State.SENT, "sent_at": left, "revision_id": version, "uncertain": True}
                result |= {"reason": Reason.UNCONFIRMED, "reason_values": {}, "address": ""}
            case Outcome.UNCERTAIN:
                result |= {"uncertain": True, "try_at": now + after_deferral(1)}
            case Outcome.DEFERRED:
                result["try_at"] = now + after_deferral(deferrals(attempts, delivery.due_at))
            case Outcome.UNAVAILABLE:
                # The server is away for all mail: do not count an attempt against this message.
                result["try_at"] = now + SERVER_AWAY
        self._results.write(delivery, attempts=attempts, address_hash=delivery.address_hash, **result)

    def _refused(self, delivery: Delivery, attempts: list[Attempt], answer: Answer, now: datetime) -> None:
        # Mail refused for a bad address is not over: it is sent once the address works again.
        state = State.WITHHELD if is_hard_bounce(answer) else State.FAILED
        why = {"reason": Reason.REFUSED, "reason_values": {"code": answer.code, "text": answer.text[:150]}}
        with transaction.atomic():
            # Lock the enrollment first: a runner who changes the hour locks it before the delivery.
            record_refusal(delivery, answer, now)
            record(delivery, attempts=attempts, state=state, address_hash=delivery.address_hash, **why)


def attempted(delivery: Delivery, now: datetime, answer: Answer) -> list[Attempt]:
    """Return the attempts with one more. While the server is away only the last of its attempts stays;
    above MOST_ATTEMPTS the oldest deferral is removed."""
    attempt = Attempt(
        at=now.isoformat(timespec="milliseconds"),
        phase=answer.phase.value,
        outcome=answer.outcome.value,
        code=answer.code,
        answer=answer.text,
    )
    before = delivery.attempts
    if before and before[-1]["outcome"] == attempt["outcome"] == Outcome.UNAVAILABLE:
        before = before[:-1]
    attempts = [*before, attempt]
    if len(attempts) > MOST_ATTEMPTS:
        put_off = (place for place, one in enumerate(attempts) if one["outcome"] == Outcome.DEFERRED)
        del attempts[next(put_off, 0)]
    return attempts


def deferrals(attempts: list[Attempt], since: datetime, phase: Phase | None = None) -> int:
    """Count the deferred attempts since an instant (the delivery's due time), in one phase or in any."""
    return sum(
        attempt["outcome"] == Outcome.DEFERRED and datetime.fromisoformat(attempt["at"]) >= since
        for attempt in attempts
        if phase is None or attempt["phase"] == phase
    )


def senders_lost(attempts: list[Attempt], since: datetime) -> int:
    """Count the senders that crashed while they held the message, since an instant."""
    return sum(
        attempt["phase"] == Phase.UNKNOWN and datetime.fromisoformat(attempt["at"]) >= since
        for attempt in attempts
    )


def after_deferral(count: int) -> timedelta:
    """Double the wait after each deferral, up to half an hour, plus or minus a random quarter, so that mails
    deferred together are not retried together."""
    doubled: timedelta = min(FIRST_WAIT * 2 ** min(count - 1, 10), LONGEST_WAIT)
    return doubled * random.uniform(0.75, 1.25)


def after_lost_sender(count: int) -> timedelta:
    """Wait not at all after the first crash; longer each time that the message crashes its sender again."""
    return timedelta(seconds=30) * (count - 1)


def _was_unsure(delivery: Delivery) -> bool:
    """Return whether the server had the whole message before, and never answered."""
    return any(
        attempt["outcome"] == Outcome.UNCERTAIN and attempt["phase"] == Phase.ANSWER
        for attempt in delivery.attempts
    )
