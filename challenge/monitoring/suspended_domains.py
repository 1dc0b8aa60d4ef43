"""Alarms for the suspensions of domains, or of all mail, by delivery/throttle/circuit_breaker."""

from datetime import datetime

from challenge.models import Alarm, Limit
from challenge.models.limit import ALL
from challenge.monitoring.wording import AlarmText

PREFIX = "rest:"


def suspensions(now: datetime) -> dict[str, AlarmText]:
    """Word each current suspension, by the kind of its alarm."""
    limits = Limit.objects.filter(suspended_until__gt=now)
    return {_kind(limit.domain): _text(limit) for limit in limits if limit.is_suspended(now)}


def not_recovered() -> set[str]:
    """Return the kinds without an accepted mail since the last suspension, whether that is over or not."""
    return {_kind(limit.domain) for limit in Limit.objects.filter(suspensions__gt=0).only("domain")}


def is_over(kind: str) -> AlarmText:
    return AlarmText(Alarm.Code.SUSPENSION_OVER, {"domain": kind.removeprefix(PREFIX) or ALL})


def _kind(domain: str) -> str:
    return PREFIX + domain.removeprefix(ALL)


def _text(limit: Limit) -> AlarmText:
    assert limit.suspended_until is not None
    why = {"reason": limit.reason, "reason_values": limit.reason_values}
    values = {"domain": limit.domain, "until": limit.suspended_until.isoformat(), **why}
    return AlarmText(Alarm.Code.SUSPENSION, values)
