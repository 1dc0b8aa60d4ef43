"""How long to wait before the next try."""

import random
from datetime import datetime, timedelta

from challenge.models import Attempt
from challenge.models.attempt import Outcome, Phase

COMPOSE_TRIES = 3
MOST_FALLS = 3
FIRST = timedelta(minutes=1)
LONGEST = timedelta(minutes=30)


def tries(attempts: list[Attempt], since: datetime, phase: Phase | None = None) -> int:
    """How many attempts failed since an instant (the delivery's due time), in one phase or in any."""
    return sum(
        attempt["outcome"] == Outcome.DEFERRED and datetime.fromisoformat(attempt["at"]) >= since
        for attempt in attempts
        if phase is None or attempt["phase"] == phase
    )


def falls(attempts: list[Attempt], since: datetime) -> int:
    """How often the sender stopped without a word while it held the message, since an instant."""
    return sum(
        attempt["phase"] == Phase.UNKNOWN and datetime.fromisoformat(attempt["at"]) >= since
        for attempt in attempts
    )


def after_deferral(count: int) -> timedelta:
    """Twice as long after each deferral, at most half an hour, a quarter more or less at random so
    that messages that were deferred together do not come back together."""
    doubled: timedelta = min(FIRST * 2 ** min(count - 1, 10), LONGEST)
    return doubled * random.uniform(0.75, 1.25)


def after_fall(count: int) -> timedelta:
    """None after the first; a message that takes its sender down again comes back later each time."""
    return timedelta(seconds=30) * (count - 1)


def after_failed_compose(count: int) -> timedelta:
    """Ten seconds for each failure: a neighbour is never held up, and a slip heals quickly."""
    return timedelta(seconds=10 * count)
