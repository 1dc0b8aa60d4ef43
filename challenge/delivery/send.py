"""The sender: claim a batch, ask again whether each may leave, compose, hand over, record."""

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
    end = monotonic() + seconds
    with Sender(transport, clock, stop) as sender:
        while monotonic() < end and not stop():
            if not sender.send_batch() and not sender.nap(end - monotonic()):
                return False
            after_batch(sender)
    return True


def send_batch(transport: Transport, clock: Clock) -> bool:
    """Send one batch. False when nothing was due or the server took nothing."""
    with Sender(transport, clock, size=settings.BATCH_SIZE) as sender:
        return sender.send_batch()


class Sender:
    """One connection, and one batch at a time: each message is recorded before the next one leaves.

    `wait` says how many seconds the server took for each message of the last batch, on average.
    """

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
        """Send one batch. False when nothing was due, the server took nothing, or `stop` said so."""
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
        """Sleep for a moment if what the last look left waits for a limit that lets it go within so many
        seconds."""
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
                # Nobody's fault but the settings': all wait until it is mended.
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
        """See what has changed. False when the lease of what is left of the batch was lost."""
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
        """Compose, sign, hand over and record one message; None for one that may not leave or could not
        be composed. Raises UnusableKeyError.

        Composed when its turn has come and not before, though the server would leave the time: if that
        ends the process, it is the first unrecorded one, and rescue knows whom to blame.
        """
        try:
            if not _may_leave(delivery, eligibility, recorder, now):
                return None
            revision, greeting = eligibility.words(delivery)
            message = sign(compose(delivery, revision, now, greeting))
        except UnusableKeyError:
            raise
        except Exception as error:
            # Whatever is wrong with this one must not stop its neighbours.
            log.exception("delivery %s could not be composed", delivery.id)
            recorder.not_composed(delivery, error)
            return None
        answer = self._transport.send(*envelope, message, then)
        recorder.answered(delivery, revision, answer, now)
        self._throttle.learn(delivery, answer, self._transport.waited)
        return answer

    def _following(self, left: list[Delivery], eligibility: Eligibility) -> Envelope | None:
        """The envelope of what is to leave next, if nothing that is known by now stands against that."""
        if left and self._throttle.is_open() and eligibility.reason_against(left[0]) is None:
            return _envelope(left[0])
        return None

    def _give_back(self, rest: list[Delivery], wait: timedelta) -> bool:
        """Return what is left of a batch, untried. False: nothing more is sent now."""
        release(rest, self._clock() + wait)
        return False


def _envelope(delivery: Delivery) -> Envelope:
    return Envelope(return_path(delivery.id), delivery.to_address)


def _may_leave(delivery: Delivery, eligibility: Eligibility, recorder: Recorder, now: datetime) -> bool:
    """Return whether a delivery may leave at this moment; what becomes of it otherwise is written."""
    if against := eligibility.reason_against(delivery):
        recorder.withheld(delivery, *against)
    elif (moment := not_before(delivery, now)) > now or is_closed(delivery, now):
        recorder.put_off(delivery, moment)
    else:
        return True
    return False
