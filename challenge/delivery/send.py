"""The sender: claim a batch, ask again whether each may leave, compose, hand over, record."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic

from django.conf import settings

from challenge import schedule
from challenge.delivery.claim import claim, keep, put_back, waiting
from challenge.delivery.compose import compose
from challenge.delivery.dkim_key import UnusableKeyError
from challenge.delivery.grants import nap
from challenge.delivery.greeting import Greetings
from challenge.delivery.limits import Limits
from challenge.delivery.outcome import SERVER_REST, Outcome
from challenge.delivery.results import Results, Stop, never
from challenge.delivery.revisions import Revisions, Whole
from challenge.delivery.signing import sign
from challenge.delivery.standing import Standing
from challenge.delivery.transport import Answer, Transport, Verdict
from challenge.delivery.verp import return_path
from challenge.models import Delivery

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
LATE = timedelta(hours=1)
NO_TIME = timedelta(0)
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


class Outlook:
    """What the messages of a batch depend on: what stands against them and what they say."""

    def __init__(self, batch: list[Delivery], whole: Whole) -> None:
        self.standing, self.revisions = Standing(batch), Revisions(batch, whole)
        self.greetings = Greetings(batch)
        self._looked_at: datetime | None = None

    def is_old(self, now: datetime) -> bool:
        """Whether the last look is a second ago, or the clock has been set back since."""
        return self._looked_at is None or not NO_TIME <= now - self._looked_at < FRESH_FOR

    def look(self, now: datetime) -> None:
        self.standing.look()
        self.revisions.look()
        self._looked_at = now


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
        outlook, outcome = Outlook(batch, self._whole), Outcome(self._results, self._clock)
        waited = 0.0
        for place, delivery in enumerate(batch):
            if self._stop():
                return self._give_back(batch[place:], NO_TIME)
            if not self._limits.wait(delivery):
                outcome.put_off(delivery, self._clock())
                continue
            now = self._clock()
            if outlook.is_old(now) and not self._look_again(outlook, batch[place:], now):
                return True
            try:
                answer = self._send(delivery, outlook, outcome, now)
            except UnusableKeyError as error:
                # Nobody's fault but the settings': all wait until it is mended.
                log.error("mail cannot be signed: %s", error)
                return self._give_back(batch[place:], SERVER_REST)
            if answer and answer.verdict is Verdict.UNAVAILABLE:
                return self._give_back(batch[place + 1 :], SERVER_REST)
            waited += self._transport.waited
            self.wait = waited / (place + 1)
        return True

    def _look_again(self, outlook: Outlook, left: list[Delivery], now: datetime) -> bool:
        """See what has changed. False when the lease of what is left of the batch was lost."""
        self._results.hear()
        if not keep(left, now):
            return False
        outlook.look(now)
        self._limits.look()
        return True

    def _send(self, delivery: Delivery, outlook: Outlook, outcome: Outcome, now: datetime) -> Answer | None:
        """Compose, sign, hand over and record one message; None for one that may not leave or could not
        be composed. Raises UnusableKeyError."""
        try:
            if not _may_leave(delivery, outlook, outcome, now):
                return None
            revision, greeting = outlook.revisions.of(delivery), outlook.greetings.of(delivery)
            message = sign(compose(delivery, revision, now, greeting))
        except UnusableKeyError:
            raise
        except Exception as error:
            # Whatever is wrong with this one must not stop its neighbours.
            log.exception("delivery %s could not be composed", delivery.id)
            outcome.not_composed(delivery, error)
            return None
        recipient = delivery.enrollment.runner.email
        answer = self._transport.hand_over(return_path(delivery.id), recipient, message)
        outcome.answered(delivery, revision, answer, now)
        self._limits.heard(delivery, answer, self._transport.waited)
        return answer

    def _give_back(self, rest: list[Delivery], wait: timedelta) -> bool:
        """Return what is left of a batch, untried. False: nothing more is sent now."""
        self._results.hear()
        put_back(rest, self._clock() + wait)
        return False


def _may_leave(delivery: Delivery, outlook: Outlook, outcome: Outcome, now: datetime) -> bool:
    """Whether a delivery may leave at this moment; what becomes of it otherwise is written."""
    if reason := outlook.standing.against(delivery):
        outcome.held_back(delivery, reason)
    elif (moment := _not_before(delivery, now)) > now or _is_closed(delivery, now):
        # What is closed is the planner's or close()'s next.
        outcome.put_off(delivery, moment)
    else:
        return True
    return False


def _is_closed(delivery: Delivery, now: datetime) -> bool:
    return delivery.closes_at is not None and delivery.closes_at <= now


def _not_before(delivery: Delivery, now: datetime) -> datetime:
    """When a delivery may leave: mail that answers a runner at once, or by daylight when it is late.

    Lessons have windows of their own, which the planner opens.
    """
    if delivery.kind == Delivery.Kind.LESSON or now - delivery.due_at < LATE:
        return now
    return schedule.daylight(now, delivery.enrollment.zone)
