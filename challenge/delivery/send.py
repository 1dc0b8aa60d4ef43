"""The sender: claim a batch, check again whether each mail may leave, compose, send, record."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic

from django.conf import settings

from challenge.delivery.claim import claim, release, renew_lease, waiting
from challenge.delivery.eligibility import NO_TIME, Eligibility, RevisionCache, is_closed, not_before
from challenge.delivery.recording import SERVER_AWAY, Recorder
from challenge.delivery.results import ResultWriter, Stop, never
from challenge.delivery.smtp.transport import Envelope, Transport
from challenge.delivery.throttle.circuit_breaker import Throttle
from challenge.delivery.throttle.lanes import sleep_until_slot
from challenge.mail.compose import compose, sign
from challenge.mail.dkim_key import UnusableKeyError
from challenge.mail.links import return_path
from challenge.models import Answer, Delivery, Outcome

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
# A batch is about as much as leaves in a second.
FIRST_SIZE = 20
SHORT, LONG = 0.5, 2.0


def drain(
    transport: Transport,
    clock: Clock,
    seconds: float,
    stop: Stop = never,
    after_batch: Callable[["Sender"], None] = lambda sender: None,
) -> bool:
    """Send until nothing is due, the server is away, or time or `stop` ends it. Return whether more may be
    due."""
    end = monotonic() + seconds
    with Sender(transport, clock, stop) as sender:
        while monotonic() < end and not stop():
            if not sender.send_batch() and not sender.nap(end - monotonic()):
                return False
            after_batch(sender)
    return True


def send_batch(transport: Transport, clock: Clock) -> bool:
    with Sender(transport, clock, size=settings.BATCH_SIZE) as sender:
        return sender.send_batch()


class Sender:
    """One connection that sends one batch at a time; each message is recorded before the next one leaves.
    `wait` is the average time in seconds that the server took for a message of the last batch."""

    def __init__(
        self, transport: Transport, clock: Clock, stop: Stop = never, size: int = FIRST_SIZE
    ) -> None:
        self._transport, self._clock, self._stop = transport, clock, stop
        self._results, self._throttle = ResultWriter(stop), Throttle(clock)
        self._found_none = False
        self._cache: RevisionCache = {}
        self._size = min(size, settings.BATCH_SIZE)
        self.wait = 0.0

    def __enter__(self) -> "Sender":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._results.close()

    def send_batch(self) -> bool:
        """Send one batch. Return False when nothing was due, nothing was taken, or `stop` returned True."""
        began = monotonic()
        batch = claim(self._clock(), self._size)
        self._found_none = not batch
        try:
            go_on = bool(batch) and self._work_through(batch)
        finally:
            self._results.wait()
        took = monotonic() - began
        if took < SHORT:
            self._size = min(2 * self._size, settings.BATCH_SIZE)
        elif took > LONG:
            self._size = max(self._size // 2, 1)
        return go_on

    def nap(self, seconds: float) -> bool:
        """Sleep for a moment if mail waits for the slot of a limit within so many seconds."""
        now = self._clock()
        return self._found_none and sleep_until_slot(waiting(now), now, seconds)

    def _work_through(self, batch: list[Delivery]) -> bool:
        eligibility, recorder = Eligibility(batch, self._cache), Recorder(self._results, self._clock)
        waited, then = 0.0, None
        for place, delivery in enumerate(batch):
            envelope, then = then or _envelope(delivery), None
            if self._stop():
                return self._give_back(batch[place:], NO_TIME)
            if not self._throttle.wait(delivery):
                recorder.put_off(delivery, self._clock())
                continue
            now = self._clock()
            if eligibility.is_old(now) and not self._refresh(eligibility, batch[place:], now):
                return True
            then = self._following(batch[place + 1 :], eligibility)
            try:
                answer = self._send(delivery, envelope, then, eligibility, recorder, now)
            except UnusableKeyError as error:
                # The settings are at fault: all mail waits until they are corrected.
                log.error("mail cannot be signed: %s", error)
                return self._give_back(batch[place:], SERVER_AWAY)
            if answer is None:
                continue
            if answer.outcome is Outcome.UNAVAILABLE:
                return self._give_back(batch[place + 1 :], SERVER_AWAY)
            waited += self._transport.waited
            self.wait = waited / (place + 1)
        return True

    def _refresh(self, eligibility: Eligibility, left: list[Delivery], now: datetime) -> bool:
        """Query the state again. Return False when the batch's lease was lost."""
        if not renew_lease(left, now):
            return False
        eligibility.refresh(now)
        self._throttle.refresh()
        return True

    def _send(
        self,
        delivery: Delivery,
        envelope: Envelope,
        then: Envelope | None,
        eligibility: Eligibility,
        recorder: Recorder,
        now: datetime,
    ) -> Answer | None:
        """Compose, sign, send and record one message; None for one that may not leave or could not be
        composed. Raises UnusableKeyError.

        It is composed only when its turn has come, though there would be time before: if composing ends the
        process, this is the first unrecorded message, and rescue knows which one is at fault.
        """
        try:
            if not _may_leave(delivery, eligibility, recorder, now):
                return None
            revision, greeting, asks_for_morning = eligibility.words(delivery)
            note = eligibility.note(delivery)
            composed = compose(
                delivery, revision, now, greeting, note=note, asks_for_morning=asks_for_morning
            )
            message = sign(composed)
        except UnusableKeyError:
            raise
        except Exception as error:
            # An error in this message must not stop the others.
            log.exception("delivery %s could not be composed", delivery.id)
            recorder.not_composed(delivery, error)
            return None
        answer = self._transport.send(*envelope, message, then)
        recorder.answered(delivery, revision, answer, now)
        self._throttle.learn(delivery, answer, self._transport.waited)
        return answer

    def _following(self, left: list[Delivery], eligibility: Eligibility) -> Envelope | None:
        """Return the envelope of the next message, if no known reason stands against it."""
        if left and self._throttle.is_open() and eligibility.reason_against(left[0]) is None:
            return _envelope(left[0])
        return None

    def _give_back(self, rest: list[Delivery], wait: timedelta) -> bool:
        """Return the rest of a batch untried. The result is False: nothing more is sent now."""
        release(rest, self._clock() + wait)
        return False


def _envelope(delivery: Delivery) -> Envelope:
    return Envelope(return_path(delivery.id), delivery.to_address)


def _may_leave(delivery: Delivery, eligibility: Eligibility, recorder: Recorder, now: datetime) -> bool:
    """Return whether a delivery may leave now; if not, write the reason."""
    if against := eligibility.reason_against(delivery):
        recorder.withheld(delivery, *against)
    elif (moment := not_before(delivery, now)) > now or is_closed(delivery, now):
        recorder.put_off(delivery, moment)
    else:
        return True
    return False
