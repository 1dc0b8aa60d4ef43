"""The rate limit: all senders take slots, one for each mail, from one row, so it applies to all of them
together.

The generic cell rate algorithm (ITU-T I.371): the row stores when the next slot begins. A mail may leave from
the beginning of its slot until TOLERANCE later; an unused slot is lost. Slots are far enough apart that no
second ever sees more mails than the limit.
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
# A row with a time further ahead was written by a wrong clock.
FAR = timedelta(seconds=60)
# The row is asked for slots at most this often a second; at higher rates, for several at once.
MOST_REQUESTS = 50
TRIES = 20


def apart(rate: float) -> timedelta:
    """Return the distance of two slots: at most `rate` mails in any second; below 1, one in 1/rate
    seconds."""
    seconds = 1 / rate + TOLERANCE.total_seconds() * min(1.0, 1 / rate)
    return timedelta(microseconds=math.ceil(seconds * 1_000_000))


def begin(limit: Limit, now: datetime) -> datetime:
    """Return the beginning of the next slot: just past, for the first one after a pause."""
    earliest = now - TOLERANCE / 4
    if limit.rate is None or limit.free_at is None or limit.free_at > now + FAR + 2 * apart(limit.rate):
        return earliest
    return max(limit.free_at, earliest)


def slots_until(limit: Limit, now: datetime, until: datetime) -> int:
    assert limit.rate is not None
    return max(0, (until - begin(limit, now)) // apart(limit.rate) + 1)


def is_in_time(slot: datetime, now: datetime) -> bool:
    """Return whether a mail that leaves in a moment still leaves within its slot."""
    return now <= slot + TOLERANCE / 2


class _Reserve(threading.local):
    """The unused slots of each limit that a thread has taken; when it took the last, and how many."""

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
    """Take new slots of a limit and record them as taken before anybody uses them. There is no lock: the
    second process finds the row changed and reads it again, and a frozen sender stops nobody."""
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
            return [now]  # the coach has removed the limit
        seen = current
    return []


def _next(limit: Limit, now: datetime) -> tuple[list[datetime], dict[str, object]]:
    """Calculate the slots to take next, and the new fields of the row."""
    count, first, distance = 1, now, timedelta(0)
    fields: dict[str, object] = {}
    if limit.rate is not None:
        count, first, distance = _at_once(limit), begin(limit, now), apart(limit.rate)
        if first > now + LONGEST_WAIT:
            return [], {}
    quota = limit.quota(now)
    if quota is not None:
        used = limit.counted_today(now)
        # Unused slots are lost for the day, so a small rest is taken one by one.
        count = min(count, max(1, (quota - used) // 100), quota - used)
        fields |= {"counted_on": now.date(), "counted": used + count}
    if limit.rate is not None:
        fields["free_at"] = first + count * distance
    return [first + number * distance for number in range(count)], fields


def _at_once(limit: Limit) -> int:
    """Return the number of slots to take at once: no more than the thread uses before they end."""
    assert limit.rate is not None
    at = monotonic()
    before, last = _reserve.taken.get(limit.pk, (at - 1, 1))
    in_time = int(TOLERANCE.total_seconds() * last / max(at - before, 0.0001))
    count = max(1, min(math.ceil(limit.rate / MOST_REQUESTS), in_time))
    _reserve.taken[limit.pk] = at, count
    return count
