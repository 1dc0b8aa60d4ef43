"""What becomes of a delivery after each thing that can happen to it."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from challenge.bounces.record import is_hard_bounce, record_refusal
from challenge.delivery.backoff import COMPOSE_TRIES, after_deferral, after_failed_compose, tries
from challenge.delivery.claim import attempted, waiting_state
from challenge.delivery.results import Results
from challenge.delivery.smtp.answer import Answer, Phase, Verdict
from challenge.models import Delivery, Revision

log = logging.getLogger(__name__)

State = Delivery.State
SERVER_REST = timedelta(seconds=30)


class Outcome:
    """Writes what came of each delivery of a sender."""

    def __init__(self, results: Results, clock: Callable[[], datetime]) -> None:
        self._results, self._clock = results, clock

    def held_back(self, delivery: Delivery, reason: str) -> None:
        """It must not leave: the runner paused or left, or her address is suppressed."""
        self._results.settle(delivery, state=State.SUPPRESSED, reason=reason)

    def put_off(self, delivery: Delivery, moment: datetime) -> None:
        """It was not tried, and waits."""
        self._results.settle(delivery, state=waiting_state(delivery.attempts), try_at=moment)

    def not_composed(self, delivery: Delivery, error: Exception) -> None:
        """There is something wrong with the message itself; the third time it is set aside."""
        now = self._clock()
        text = f"{type(error).__name__}: {error}"
        attempts = attempted(delivery, now, Answer(Verdict.DEFERRED, Phase.COMPOSE, None, text[:500]))
        failures = tries(attempts, delivery.due_at, Phase.COMPOSE)
        if failures >= COMPOSE_TRIES:
            reason = _("It could not be composed: %(error)s") % {"error": text}
            self._settle(delivery, attempts, state=State.FAILED, reason=reason[:200])
        else:
            self._settle(delivery, attempts, state=State.RETRY, try_at=now + after_failed_compose(failures))

    def answered(self, delivery: Delivery, revision: Revision | None, answer: Answer, left: datetime) -> None:
        """The mail server has said something, or broken off; `left` is when the message went."""
        if answer.verdict is not Verdict.ACCEPTED:
            said = {"verdict": answer.verdict.value, "phase": answer.phase.value, "code": answer.code}
            extra = {"delivery": str(delivery.id), **said}
            log.info("delivery %s: %s in %s, %s", delivery.id, *said.values(), extra=extra)
        now = self._clock()
        attempts = attempted(delivery, now, answer)
        version = revision.pk if revision else None
        match answer.verdict:
            case Verdict.ACCEPTED:
                self._results.sent(delivery, sent_at=left, revision_id=version, attempts=attempts)
            case Verdict.UNCERTAIN if _was_unsure(delivery):
                doubt = {"uncertain": True, "reason": _("The server never confirmed it.")}
                sent = {"state": State.SENT, "sent_at": left, "revision_id": version}
                self._settle(delivery, attempts, **sent, **doubt)
            case Verdict.UNCERTAIN:
                again = now + after_deferral(1)
                self._settle(delivery, attempts, state=State.RETRY, uncertain=True, try_at=again)
            case Verdict.REFUSED:
                self._refused(delivery, attempts, answer, now)
            case Verdict.DEFERRED:
                again = now + after_deferral(tries(attempts, delivery.due_at))
                self._settle(delivery, attempts, state=State.RETRY, try_at=again)
            case Verdict.UNAVAILABLE:
                # The server is away for everybody: no try is counted against this message.
                self._settle(delivery, attempts, state=State.RETRY, try_at=now + SERVER_REST)

    def _refused(self, delivery: Delivery, attempts: list[Any], answer: Answer, now: datetime) -> None:
        reason = _("The mail server refused it: %(code)s %(text)s") % {
            "code": answer.code,
            "text": answer.text,
        }
        # What a dead address refused is not over: it is sent once she can be written to again.
        state = State.SUPPRESSED if is_hard_bounce(answer) else State.FAILED
        with transaction.atomic():
            # First what locks the enrollment: a runner who changes the hour locks it before the delivery.
            record_refusal(delivery, answer, now)
            self._settle(delivery, attempts, state=state, reason=reason[:200])

    def _settle(self, delivery: Delivery, attempts: list[Any], **fields: Any) -> None:
        self._results.settle(delivery, attempts=attempts, **fields)


def _was_unsure(delivery: Delivery) -> bool:
    """Whether the server had the whole message before, and never said what it made of it."""
    return any(
        attempt["outcome"] == Verdict.UNCERTAIN and attempt["phase"] == Phase.ANSWER
        for attempt in delivery.attempts
    )
