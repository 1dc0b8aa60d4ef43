"""Lanes: which mail a sender may claim next.

Mail to a domain with a limit goes in a lane of its own, all other mail in the common lane; the limit of all
mail holds in every lane. A batch belongs to one lane, and lanes take turns: what a lane may not send yet
stays in the ledger, so that one slow or limited domain holds nobody else up. Without limits all of it costs
one statement on an empty table for each batch.
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
# The seconds for which what was read holds: a message of a batch costs no statement of its own.
FRESH = 1.0


class _LastRead:
    """The limits as this process has read them last, and when (time.monotonic)."""

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
    """The limits in force, as read at most a second ago."""
    return _last_read.lanes if monotonic() - _last_read.at < FRESH else read(now)


def last_read() -> Lanes:
    """The limits in force, as any thread of this process has read them last."""
    return _last_read.lanes


def own(lanes: Lanes) -> list[Limit]:
    """The limits of the domains that have a lane of their own."""
    return [limit for domain, limit in lanes.items() if domain != ALL]


def common(lanes: Lanes) -> Q:
    """The condition of the deliveries that go in the common lane."""
    apart = [limit.domain for limit in own(lanes)]
    return ~Q(domain__in=apart) if apart else Q()


def has_turn(domain: str) -> bool:
    """Return whether this process may write to a slow domain although other mail waits."""
    return monotonic() >= _next_turn.get(domain, 0.0)


def delay_turn(domain: str, seconds: float) -> None:
    """Delay a slow domain's next turn in proportion to the seconds that its last answer took."""
    _next_turn[domain] = monotonic() + (SLOW_SHARE - 1) * seconds


def forget_idle(domain: str) -> None:
    """Delete a domain's row once it says nothing any more: such rows are the senders' own."""
    Limit.objects.filter(
        domain=domain,
        per_second=None,
        connections=None,
        warm_up_from=None,
        suspended_until=None,
        slow_until=None,
    ).delete()


# How far ahead a claim looks for slots of a limited domain when nothing else waits.
AHEAD = timedelta(seconds=1)
# A lane that was suspended is tried with so few.
AFTER_SUSPENSION = 3
SHORTEST_SLEEP, LONGEST_SLEEP = 0.1, 1.0

_turns = itertools.count()


@dataclass(frozen=True)
class Grant:
    """Leave to claim: up to `size` of the deliveries that wait and are `waiting`, for `lane` ("" is the
    common one)."""

    lane: str
    waiting: Q
    size: int


def grants(now: datetime, size: int) -> Iterator[Grant]:
    """Yield what one more sender may claim, in the order of turn: it takes the first for which mail waits.

    Call it in the transaction of the claim, which holds the rows of limited connections until it ends.
    """
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
            nothing.add(grant.lane)  # it asks for more: nothing waited there
    for limit in limited:
        if limit.domain not in nothing:
            yield from _granted(limit, now, AHEAD, size)


def _rotated(lanes: list[Limit | None]) -> list[Limit | None]:
    first = next(_turns) % len(lanes)
    return lanes[first:] + lanes[:first]


def _granted(limit: Limit, now: datetime, ahead: timedelta, size: int) -> list[Grant]:
    """Return a limited domain's grant, if it may have one; without `ahead` only what needs no waiting."""
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
    """Return whether fewer senders than `connections` are at work. Until its claim is written, no other
    sender gets an answer; a domain that another sender asks about has none to give."""
    row = Limit.objects.select_for_update(skip_locked=limit.domain != ALL).filter(pk=limit.pk)
    return bool(row) and held.values("lease").distinct().count() < connections


def sleep_until_slot(waiting: QuerySet[Delivery], now: datetime, seconds: float) -> bool:
    """Sleep for a moment when mail waits for nothing but the next slot of a rate; `waiting` is all that
    waits. Return False when there is none within so many seconds: then there is no use in staying."""
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
