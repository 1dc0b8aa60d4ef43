"""The throttle of one sender: it says when the next mail may go, and learns from the answers."""

from collections.abc import Callable
from datetime import datetime
from time import sleep

from challenge.delivery.throttle import circuit_breaker, rate_limit
from challenge.delivery.throttle.lanes import last_read, recent
from challenge.models import Delivery, Limit
from challenge.models.attempt import Answer
from challenge.models.limit import ALL

# So often a sender may come too late for its slot; then it leaves the mail to another.
TRIES = 5


class Throttle:
    """The limits as one sender knows them."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock

    def refresh(self) -> None:
        """Read the limits if that is a while ago. Without limits, the one thing that costs a statement."""
        recent(self._clock())

    def is_open(self) -> bool:
        """Return whether nothing is limited, so that it is known now what goes next."""
        return not last_read()

    def wait(self, delivery: Delivery) -> bool:
        """Wait until a claimed delivery may be sent: two seconds at most for each limit. Return False
        when it may not go so soon, and is to be released."""
        if self.is_open():
            return True
        lanes = recent(self._clock())
        limit = lanes.get(delivery.domain)
        # A domain that has got a lane of its own since the claim waits there.
        if limit is not None and (delivery.lane != delivery.domain or not self._wait_for_slot(limit)):
            return False
        return ALL not in lanes or self._wait_for_slot(lanes[ALL])

    def _wait_for_slot(self, limit: Limit) -> bool:
        if limit.is_suspended(self._clock()):
            return False
        for _ in range(TRIES):
            slot = rate_limit.take(limit, self._clock())
            if slot is None:
                return False
            sleep(max(0.0, (slot - self._clock()).total_seconds()))
            if rate_limit.is_in_time(slot, self._clock()):
                return True
        return False

    def learn(self, delivery: Delivery, answer: Answer, seconds: float) -> None:
        """Learn from the answer to a delivery, for which the server took so many seconds."""
        circuit_breaker.learn(delivery, answer, seconds, self._clock())
