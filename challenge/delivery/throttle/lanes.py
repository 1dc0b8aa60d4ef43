"""Lanes: the mail that a sender may claim next.

Mail to a domain with a limit goes in its own lane, all other mail in the common lane; the limit of all mail
applies in every lane. A batch belongs to one lane, and lanes take turns: mail that its lane may not send yet
stays in the ledger, so that a slow or limited domain delays no other mail. Without limits this costs one
statement on an empty table for each batch.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic, sleep

from django.conf import settings
from django.db.models import Q, QuerySet

from challenge.delivery.throttle import rate_limit
from challenge.models import Delivery, Limit
from challenge.models.conditions import is_in
from challenge.models.limit import ALL

Lanes = dict[str, Limit]
# While other mail waits, a sender spends at most about a fifth of its time on a slow domain.
SLOW_SHARE = 5
# Read limits are valid for this many seconds, so that single messages need no statement.
FRESH = 1.0


class _LastRead:
    """The limits as this process has last read them, and when (time.monotonic)."""

    def __init__(self) -> None:
        self.lanes: Lanes = {}
        self.at = -FRESH


_last_read = _LastRead()
_next_turn: dict[str, float] = {}


def read(now: datetime) -> Lanes:
    """Read the limits in force from the database, by domain."""
    limits = {limit.domain: limit for limit in Limit.objects.all()}
    if settings.SMTP_PER_SECOND > 0 and ALL not in limits:
        limits[ALL] = Limit.objects.get_or_create(domain=ALL)[0]
    lanes = {domain: limit for domain, limit in limits.items() if limit.is_in_force(now)}
    _last_read.lanes, _last_read.at = lanes, monotonic()
    return lanes


def recent(now: datetime) -> Lanes:
    """Return the limits in force, read at most a second ago."""
    return _last_read.lanes if monotonic() - _last_read.at < FRESH else read(now)


def last_read() -> Lanes:
    """Return the limits that any thread of this process has last read."""
    return _last_read.lanes


def own(lanes: Lanes) -> list[Limit]:
    """Return the limits of the domains with a lane of their own."""
    return [limit for domain, limit in lanes.items() if domain != ALL]


def common(lanes: Lanes) -> Q:
    apart = [limit.domain for limit in own(lanes)]
    return ~Q(domain__in=apart) if apart else Q()


def has_turn(domain: str) -> bool:
    """Return whether this process may send to a slow domain although other mail waits."""
    return monotonic() >= _next_turn.get(domain, 0.0)


def delay_turn(domain: str, seconds: float) -> None:
    """Delay a slow domain's next turn in proportion to the seconds of its last answer."""
    _next_turn[domain] = monotonic() + (SLOW_SHARE - 1) * seconds


def forget_idle(domain: str) -> None:
    """Delete a row that the senders made for a domain, once it holds no information."""
    Limit.objects.filter(
        domain=domain,
        per_second=None,
        connections=None,
        warm_up_from=None,
        suspended_until=None,
        slow_until=None,
    ).delete()


# A claim looks this far ahead for slots of a limited domain when no other mail waits.
AHEAD = timedelta(seconds=1)
# The number of mails that try a lane after a suspension.
AFTER_SUSPENSION = 3
SHORTEST_SLEEP, LONGEST_SLEEP = 0.1, 1.0

_turns = itertools.count()


@dataclass(frozen=True)
class Grant:
    """Permission to claim up to `size` of the `waiting` deliveries for `lane` ("" is the common one)."""

    lane: str
    waiting: Q
    size: int


def grants(now: datetime, size: int) -> Iterator[Grant]:
    """Yield what one more sender may claim, in turn; the sender takes the first with waiting mail. Call it in
    the transaction of the claim, which locks the rows of limited connections until it ends."""
    lanes = read(now)
    if ALL in lanes:
        size = _room(lanes[ALL], now, rate_limit.LONGEST_WAIT, size)
    if size < 1:
        return
    everything = [Grant("", common(lanes), size)]
    limited = [limit for limit in own(lanes) if not limit.is_suspended(now)]
    nothing = set()
    for limit in _rotated([None, *limited]):
        found = everything if limit is None else _granted(limit, now, timedelta(0), size)
        for grant in found:
            yield grant
            nothing.add(grant.lane)  # the caller asks for more: nothing waited there
    for limit in limited:
        if limit.domain not in nothing:
            yield from _granted(limit, now, AHEAD, size)


def _rotated(lanes: list[Limit | None]) -> list[Limit | None]:
    first = next(_turns) % len(lanes)
    return lanes[first:] + lanes[:first]


def _granted(limit: Limit, now: datetime, ahead: timedelta, size: int) -> list[Grant]:
    """Return a limited domain's grant, if there is one; without `ahead` only what may leave at once."""
    if limit.is_slow(now):
        if not ahead and not has_turn(limit.domain):
            return []
        size = 1
    size = _room(limit, now, ahead, size)
    return [Grant(limit.domain, Q(domain=limit.domain), size)] if size > 0 else []


def _room(limit: Limit, now: datetime, ahead: timedelta, size: int) -> int:
    """Return how many of `size` mails a limit lets one more sender claim."""
    if limit.is_suspended(now):
        return 0
    if limit.suspensions:
        size = min(size, AFTER_SUSPENSION)
    quota = limit.quota(now)
    if quota is not None:
        size = min(size, quota - limit.counted_today(now))
    held = Delivery.objects.filter(is_in(Delivery.State.SENDING), leased_until__gt=now)
    if limit.domain != ALL:
        held = held.filter(domain=limit.domain)
    if size > 0 and limit.rate is not None:
        size = min(size, rate_limit.slots_until(limit, now, now + ahead) - held.count())
    connections = 1 if limit.is_slow(now) else limit.connections
    if size > 0 and connections and not _has_connection(limit, held, connections):
        return 0
    return size


def _has_connection(limit: Limit, held: QuerySet[Delivery], connections: int) -> bool:
    """Return whether fewer senders than `connections` are at work. No other sender gets an answer before the
    claim is written; a domain that another sender asks about has no connection to give."""
    row = Limit.objects.select_for_update(skip_locked=limit.domain != ALL).filter(pk=limit.pk)
    return bool(row) and held.values("lease").distinct().count() < connections


def sleep_until_slot(waiting: QuerySet[Delivery], now: datetime, seconds: float) -> bool:
    """Sleep for a moment when mail waits only for the next slot of a rate; `waiting` is all waiting mail.
    Return False when there is no slot within so many seconds."""
    lanes = recent(now)
    still = [limit for limit in lanes.values() if limit.is_suspended(now) or limit.is_used_up(now)]
    paced = [limit for limit in lanes.values() if limit.rate is not None and limit not in still]
    if ALL in lanes and lanes[ALL] in still:
        return False
    for limit in sorted(paced, key=lambda limit: rate_limit.begin(limit, now)):
        elsewhere = Q(domain__in=[other.domain for other in (*still, *paced)])
        if waiting.filter(~elsewhere if limit.domain == ALL else Q(domain=limit.domain)).exists():
            left = (rate_limit.begin(limit, now) - AHEAD - now).total_seconds()
            if left < seconds:
                sleep(min(max(left, SHORTEST_SLEEP), LONGEST_SLEEP))
            return left < seconds
    return False
