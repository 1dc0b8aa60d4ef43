"""The sender: claim a batch, ask again whether each may leave, compose, hand over, record."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from challenge import schedule
from challenge.delivery.backoff import COMPOSE_TRIES, after_deferral, after_failed_compose, tries
from challenge.delivery.bounces import is_hard_bounce, stop_writing
from challenge.delivery.claim import attempted, claim, keep, put_back, settle
from challenge.delivery.compose import compose
from challenge.delivery.greeting import Greetings
from challenge.delivery.revisions import Revisions
from challenge.delivery.standing import Standing
from challenge.delivery.transport import Answer, Phase, Transport, Verdict
from challenge.models import Delivery, Revision

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
State = Delivery.State
SERVER_REST = timedelta(seconds=30)
LATE = timedelta(hours=1)


def drain(transport: Transport, clock: Clock, seconds: float) -> bool:
    """Send until nothing is due, the server is away, or the time is up. True when more may be due."""
    end = clock() + timedelta(seconds=seconds)
    while clock() < end:
        if not send_batch(transport, clock):
            return False
    return True


def send_batch(transport: Transport, clock: Clock) -> bool:
    """Send one batch. False when nothing was due or the server took nothing."""
    batch = claim(clock(), settings.BATCH_SIZE)
    standing = Standing(batch)
    revisions, greetings = Revisions(batch), Greetings(batch)
    for place, delivery in enumerate(batch):
        now = clock()
        if not keep(batch[place:], now):
            break
        if reason := standing.against(delivery, now):
            settle(delivery, state=State.SUPPRESSED, reason=reason)
        elif delivery.closes_at and delivery.closes_at <= now:
            put_back([delivery], now)  # the planner or close() has it next
        elif not _send_one(transport, delivery, revisions.of(delivery, now), greetings.of(delivery), clock):
            put_back(batch[place + 1 :], clock() + SERVER_REST)
            return False
    return bool(batch)


def _not_before(delivery: Delivery, now: datetime) -> datetime:
    """When a delivery may leave: mail that answers a runner at once, or by daylight when it is late.

    Lessons have windows of their own, which the planner opens.
    """
    if delivery.kind == Delivery.Kind.LESSON or now - delivery.due_at < LATE:
        return now
    return schedule.daylight(now, delivery.enrollment.zone)


def _send_one(
    transport: Transport, delivery: Delivery, revision: Revision | None, greeting: str, clock: Clock
) -> bool:
    """Compose, hand over and record one delivery. False when the server is away."""
    try:
        now = clock()
        if (morning := _not_before(delivery, now)) > now:
            put_back([delivery], morning)
            return True
        message = compose(delivery, revision, now, greeting)
    except Exception as error:
        # Whatever is wrong with this one must not stop its neighbours.
        log.exception("delivery %s could not be composed", delivery.id)
        _record_poison(delivery, error, clock())
        return True
    left = clock()
    sender = settings.MAIL_FROM_ADDRESS
    answer = transport.hand_over(sender, delivery.enrollment.runner.email, message)
    log.info("delivery %s: %s in %s, %s", delivery.id, answer.verdict, answer.phase, answer.code)
    _record(delivery, revision, answer, left, clock())
    return answer.verdict is not Verdict.UNAVAILABLE


def _record_poison(delivery: Delivery, error: Exception, now: datetime) -> None:
    text = f"{type(error).__name__}: {error}"
    attempts = attempted(delivery, now, Answer(Verdict.DEFERRED, Phase.COMPOSE, None, text[:500]))
    failures = tries(attempts, delivery.due_at, Phase.COMPOSE)
    if failures >= COMPOSE_TRIES:
        reason = _("It could not be composed: %(error)s") % {"error": text}
        settle(delivery, state=State.FAILED, attempts=attempts, reason=reason[:200])
    else:
        settle(delivery, state=State.RETRY, attempts=attempts, try_at=now + after_failed_compose(failures))


def _record(
    delivery: Delivery, revision: Revision | None, answer: Answer, left: datetime, now: datetime
) -> None:
    attempts = attempted(delivery, now, answer)
    unsure_before = any(
        attempt["outcome"] == Verdict.UNCERTAIN and attempt["phase"] == Phase.ANSWER
        for attempt in delivery.attempts
    )
    sent = {"state": State.SENT, "sent_at": left, "revision": revision, "reason": "", "attempts": attempts}
    match answer.verdict:
        case Verdict.ACCEPTED:
            settle(delivery, **sent)
        case Verdict.UNCERTAIN if unsure_before:
            settle(delivery, **{**sent, "uncertain": True, "reason": _("The server never confirmed it.")})
        case Verdict.UNCERTAIN:
            wait = after_deferral(1)
            settle(delivery, state=State.RETRY, attempts=attempts, uncertain=True, try_at=now + wait)
        case Verdict.REFUSED:
            # What a dead address refused is not over: it is sent once she can be written to again.
            bounced = is_hard_bounce(answer)
            state = State.SUPPRESSED if bounced else State.FAILED
            with transaction.atomic():
                settle(delivery, state=state, attempts=attempts, reason=_refusal(answer))
                if bounced:
                    stop_writing(delivery.enrollment, answer, now)
        case Verdict.DEFERRED:
            wait = after_deferral(tries(attempts, delivery.due_at))
            settle(delivery, state=State.RETRY, attempts=attempts, try_at=now + wait)
        case Verdict.UNAVAILABLE:
            # The server is away for everybody: no try is counted against this message.
            settle(delivery, state=State.RETRY, attempts=attempts, try_at=now + SERVER_REST)


def _refusal(answer: Answer) -> str:
    return (_("The mail server refused it: %(code)s %(text)s") % {"code": answer.code, "text": answer.text})[
        :200
    ]
