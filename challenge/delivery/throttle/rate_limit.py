"""The rate limit: slots, one for each mail, that all senders take from one row, so that it holds for all
of them together.

The generic cell rate algorithm (ITU-T I.371): the row keeps when the next slot begins. A mail may leave
from the begin of its slot until TOLERANCE later; a slot that nobody used in time is lost. Slots lie so
far apart that even so no second sees more mails than the limit says.
"""

import math
import threading
from collections import deque
from copy import copy
from datetime import datetime, timedelta
from time import monotonic

from challenge.models import Limit

TOLERANCE = timedelta(milliseconds=100)
# The longest that a sender waits for a slot.
LONGEST_WAIT = timedelta(seconds=2)
# A row that says more than this is of a clock that was wrong.
FAR = timedelta(seconds=60)
# A row is asked for slots so many times a second at most; above it, for several at once.
MOST_REQUESTS = 50
TRIES = 20


def apart(rate: float) -> timedelta:
    """The distance of two slots. With it, at most `rate` mails leave in any second; with a rate below
    1, at most one in 1/rate seconds."""
    seconds = 1 / rate + TOLERANCE.total_seconds() * min(1.0, 1 / rate)
    return timedelta(microseconds=math.ceil(seconds * 1_000_000))


def begin(limit: Limit, now: datetime) -> datetime:
    """The begin of the next slot: just past, for the first after a pause."""
    earliest = now - TOLERANCE / 4
    if limit.rate is None or limit.free_at is None or limit.free_at > now + FAR + 2 * apart(limit.rate):
        return earliest
    return max(limit.free_at, earliest)


def slots_until(limit: Limit, now: datetime, until: datetime) -> int:
    """Count the slots of a rate that are free up to an instant."""
    assert limit.rate is not None
    return max(0, (until - begin(limit, now)) // apart(limit.rate) + 1)


def is_in_time(slot: datetime, now: datetime) -> bool:
    """Return whether a mail that leaves in a moment still leaves within its slot."""
    return now <= slot + TOLERANCE / 2


class _Reserve(threading.local):
    """The slots that a thread has taken of each limit and not used yet; when it took the last, how many."""

    def __init__(self) -> None:
        self.slots: dict[int, deque[datetime]] = {}
        self.taken: dict[int, tuple[float, int]] = {}


_reserve = _Reserve()


def take(limit: Limit, now: datetime) -> datetime | None:
    """Take one slot of a limit: the instant from which a mail may leave, up to TOLERANCE later. None when
    there is none within LONGEST_WAIT, or none left today."""
    if limit.rate is None and not limit.is_warming_up(now):
        return now
    slots = _reserve.slots.setdefault(limit.pk, deque())
    while slots and not is_in_time(slots[0], now):
        slots.popleft()
    if not slots or slots[0] > now + LONGEST_WAIT:
        _reserve.slots[limit.pk] = slots = deque(_taken(limit, now))
    return slots.popleft() if slots else None


def _taken(limit: Limit, now: datetime) -> list[datetime]:
    """Take new slots of a limit, recorded as given away before anybody uses them.

    No lock is held on the way: whoever comes second finds the row changed and reads it again, and a
    sender that is frozen here stops nobody.
    """
    seen = copy(limit)  # other threads of this process work with the same object
    for _ in range(TRIES):
        slots, fields = _next(seen, now)
        if not slots:
            return []
        unchanged = Limit.objects.filter(
            pk=seen.pk, free_at=seen.free_at, counted_on=seen.counted_on, counted=seen.counted
        )
        if unchanged.update(**fields):
            limit.__dict__.update(fields)
            return slots
        current = Limit.objects.filter(pk=limit.pk).first()
        if current is None:
            return [now]  # the coach has taken the limit away
        seen = current
    return []


def _next(limit: Limit, now: datetime) -> tuple[list[datetime], dict[str, object]]:
    """Work out the slots to take next, and the fields of the row once they are given away."""
    count, first, distance = 1, now, timedelta(0)
    fields: dict[str, object] = {}
    if limit.rate is not None:
        count, first, distance = _at_once(limit), begin(limit, now), apart(limit.rate)
        if first > now + LONGEST_WAIT:
            return [], {}
    quota = limit.quota(now)
    if quota is not None:
        gone = limit.counted_today(now)
        # What is taken and not used is lost for the day, so a small number is taken one by one.
        count = min(count, max(1, (quota - gone) // 100), quota - gone)
        fields |= {"counted_on": now.date(), "counted": gone + count}
    if limit.rate is not None:
        fields["free_at"] = first + count * distance
    return [first + number * distance for number in range(count)], fields


def _at_once(limit: Limit) -> int:
    """The number of slots that this thread takes at once: no more than it uses before they are over."""
    assert limit.rate is not None
    at = monotonic()
    before, last = _reserve.taken.get(limit.pk, (at - 1, 1))
    in_time = int(TOLERANCE.total_seconds() * last / max(at - before, 0.0001))
    count = max(1, min(math.ceil(limit.rate / MOST_REQUESTS), in_time))
    _reserve.taken[limit.pk] = at, count
    return count
