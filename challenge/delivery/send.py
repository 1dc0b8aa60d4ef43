"""The sender: claim a batch, ask again whether each may leave, compose, hand over, record."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic

from django.conf import settings

from challenge import schedule
from challenge.delivery.claim import claim, keep, put_back, waiting
from challenge.delivery.compose import compose
from challenge.delivery.grants import nap
from challenge.delivery.greeting import Greetings
from challenge.delivery.limits import Limits
from challenge.delivery.outcome import SERVER_REST, Outcome
from challenge.delivery.results import Results, Stop, never
from challenge.delivery.revisions import Revisions, Whole
from challenge.delivery.standing import Standing
from challenge.delivery.transport import Transport, Verdict
from challenge.models import Delivery

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
LATE = timedelta(hours=1)
# What stands against a delivery, and what it says, are never older than this.
FRESH_FOR = timedelta(seconds=1)
# A batch is about as much as goes out in a second.
FIRST_SIZE = 20
SHORT, LONG = 0.5, 2.0


def drain(
    transport: Transport,
    clock: Clock,
    seconds: float,
    stop: Stop = never,
    after_batch: Callable[["Sender"], None] = lambda sender: None,
) -> bool:
    """Send until nothing is due, the server is away, the time is up, or somebody asks to stop. True
    when more may be due."""
    sender = Sender(transport, clock, stop)
    end = monotonic() + seconds
    while monotonic() < end and not stop():
        if not sender.send_batch() and not sender.nap(end - monotonic()):
            return False
        after_batch(sender)
    return True


def send_batch(transport: Transport, clock: Clock) -> bool:
    """Send one batch. False when nothing was due or the server took nothing."""
    return Sender(transport, clock, size=settings.BATCH_SIZE).send_batch()


class Sender:
    """One connection, and one batch at a time: each message is recorded before the next one leaves.

    `wait` says how many seconds the server took for each message of the last batch, on average.
    """

    def __init__(
        self, transport: Transport, clock: Clock, stop: Stop = never, size: int = FIRST_SIZE
    ) -> None:
        self._transport, self._clock, self._stop = transport, clock, stop
        self._results = Results(stop)
        self._limits = Limits(clock, self._results.hear)
        self._found_none = False
        self._whole: Whole = {}
        self._size = min(size, settings.BATCH_SIZE)
        self.wait = 0.0

    def send_batch(self) -> bool:
        """Send one batch. False when nothing was due, the server took nothing, or `stop` said so."""
        began = monotonic()
        batch = claim(self._clock(), self._size)
        self._found_none = not batch
        with self._results:
            go_on = bool(batch) and self._work_through(batch)
        took = monotonic() - began
        if took < SHORT:
            self._size = min(2 * self._size, settings.BATCH_SIZE)
        elif took > LONG:
            self._size = max(self._size // 2, 1)
        return go_on

    def nap(self, seconds: float) -> bool:
        """Sleep for a moment if what the last look left waits for a limit that lets it go within so many
        seconds."""
        now = self._clock()
        return self._found_none and nap(waiting(now), now, seconds)

    def _work_through(self, batch: list[Delivery]) -> bool:
        standing, revisions, greetings = Standing(batch), Revisions(batch, self._whole), Greetings(batch)
        outcome = Outcome(self._results, self._clock)
        looked_at: datetime | None = None
        waited = 0.0
        for place, delivery in enumerate(batch):
            now = self._clock()
            if self._stop():
                self._results.hear()
                put_back(batch[place:], now)
                return False
            if not self._limits.wait(delivery):
                outcome.put_off(delivery, now)
                continue
            now = self._clock()
            if looked_at is None or not timedelta(0) <= now - looked_at < FRESH_FOR:
                self._results.hear()
                if not keep(batch[place:], now):
                    return True
                standing.look()
                revisions.look()
                self._limits.look()
                looked_at = now
            if reason := standing.against(delivery):
                outcome.held_back(delivery, reason)
                continue
            if (moment := _not_before(delivery, now)) > now or _is_closed(delivery, now):
                # What is closed is the planner's or close()'s next.
                outcome.put_off(delivery, moment)
                continue
            try:
                revision = revisions.of(delivery)
                message = compose(delivery, revision, now, greetings.of(delivery))
            except Exception as error:
                # Whatever is wrong with this one must not stop its neighbours.
                log.exception("delivery %s could not be composed", delivery.id)
                outcome.not_composed(delivery, error)
                continue
            address = delivery.enrollment.runner.email
            answer = self._transport.hand_over(settings.MAIL_FROM_ADDRESS, address, message)
            waited += self._transport.waited
            self.wait = waited / (place + 1)
            outcome.answered(delivery, revision, answer, now)
            self._limits.heard(delivery, answer, self._transport.waited)
            if answer.verdict is Verdict.UNAVAILABLE:
                self._results.hear()
                put_back(batch[place + 1 :], self._clock() + SERVER_REST)
                return False
        return True


def _is_closed(delivery: Delivery, now: datetime) -> bool:
    return delivery.closes_at is not None and delivery.closes_at <= now


def _not_before(delivery: Delivery, now: datetime) -> datetime:
    """When a delivery may leave: mail that answers a runner at once, or by daylight when it is late.

    Lessons have windows of their own, which the planner opens.
    """
    if delivery.kind == Delivery.Kind.LESSON or now - delivery.due_at < LATE:
        return now
    return schedule.daylight(now, delivery.enrollment.zone)
