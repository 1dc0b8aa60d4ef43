"""Lanes: which domains' mail goes apart from all other mail at this moment, and by what limits.

Mail to a domain without a limit goes in the common lane. The limit of all mail (its domain is "")
holds in every lane.
"""

from datetime import datetime
from time import monotonic

from django.conf import settings
from django.db.models import Q

from challenge.models import Limit

Lanes = dict[str, Limit]
ALL = ""
# While other mail waits, a sender spends at most about a fifth of its time on a slow domain.
SLOW_SHARE = 5
# For so long what was read holds, in seconds: a message of a batch costs no look of its own.
FRESH = 1.0


class _Seen:
    """What this process has read last, and when."""

    def __init__(self) -> None:
        self.lanes: Lanes = {}
        self.at = -FRESH


_seen = _Seen()
_next_turn: dict[str, float] = {}


def read(now: datetime) -> Lanes:
    """The limits in force, by domain, from the database."""
    limits = {limit.domain: limit for limit in Limit.objects.all()}
    if settings.SMTP_PER_SECOND > 0 and ALL not in limits:
        limits[ALL] = Limit.objects.get_or_create(domain=ALL)[0]
    lanes = {domain: limit for domain, limit in limits.items() if limit.is_in_force(now)}
    _seen.lanes, _seen.at = lanes, monotonic()
    return lanes


def known(now: datetime) -> Lanes:
    """The limits in force, as read at most a second ago."""
    return _seen.lanes if monotonic() - _seen.at < FRESH else read(now)


def latest() -> Lanes:
    """The limits in force, as they were when anybody in this process last looked."""
    return _seen.lanes


def own(lanes: Lanes) -> list[Limit]:
    """The limits of the domains that have a lane of their own."""
    return [limit for domain, limit in lanes.items() if domain != ALL]


def common(lanes: Lanes) -> Q:
    """What of the ledger goes in the common lane."""
    apart = [limit.domain for limit in own(lanes)]
    return ~Q(domain__in=apart) if apart else Q()


def has_turn(domain: str) -> bool:
    """Whether this process may write to a slow domain although other mail waits."""
    return monotonic() >= _next_turn.get(domain, 0.0)


def answered_slowly(domain: str, seconds: float) -> None:
    """Put a slow domain's next turn off, by how long its last answer took."""
    _next_turn[domain] = monotonic() + (SLOW_SHARE - 1) * seconds


def forget_idle(domain: str) -> None:
    """Drop a domain's row once it says nothing any more: such rows are the senders' own."""
    Limit.objects.filter(
        domain=domain,
        per_second=None,
        connections=None,
        warm_up_from=None,
        resting_until=None,
        slow_until=None,
    ).delete()
