"""The limits in the hands of one sender: when its next mail may go, and what the answers teach."""

from collections.abc import Callable
from datetime import datetime
from time import sleep

from challenge.delivery.throttle import circuit_breaker, rate_limit
from challenge.delivery.throttle.lanes import ALL, known, latest
from challenge.models import Delivery, Limit
from challenge.models.attempt import Answer

# So often a sender may come too late for its slot; then somebody else has the mail.
TRIES = 5


class Limits:
    """The limits as one sender knows them."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock

    def look(self) -> None:
        """Take note of what has changed. Without limits, the one thing that costs a statement."""
        known(self._clock())

    def are_none(self) -> bool:
        """Whether nothing is limited, so that it is known now what goes next."""
        return not latest()

    def wait(self, delivery: Delivery) -> bool:
        """Wait until a claimed delivery may be handed over: two seconds at most for each limit. False
        when it may not go so soon, and is to be put back."""
        if self.are_none():
            return True
        lanes = known(self._clock())
        limit = lanes.get(delivery.domain)
        # A domain that has got a lane of its own since the claim waits there.
        if limit is not None and (delivery.lane != delivery.domain or not self._come(limit)):
            return False
        return ALL not in lanes or self._come(lanes[ALL])

    def _come(self, limit: Limit) -> bool:
        """Wait for a slot of a limit."""
        if limit.is_resting(self._clock()):
            return False
        for _ in range(TRIES):
            slot = rate_limit.take(limit, self._clock())
            if slot is None:
                return False
            sleep(max(0.0, (slot - self._clock()).total_seconds()))
            if rate_limit.is_in_time(slot, self._clock()):
                return True
        return False

    def heard(self, delivery: Delivery, answer: Answer, seconds: float) -> None:
        """Learn from the answer to a delivery, for which the server took so many seconds."""
        circuit_breaker.heard(delivery, answer, seconds, self._clock())
