"""Lanes: the domains whose mail goes apart from all other mail at this moment, each with its limit.

Mail to a domain without a limit goes in the common lane. The limit of all mail holds in every lane.
"""

from datetime import datetime
from time import monotonic

from django.conf import settings
from django.db.models import Q

from challenge.models import Limit
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
