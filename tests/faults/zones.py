"""The clock changes of every IANA zone from 2026 to 2030, and zones with the same ones taken together."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

FIRST, LAST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
# No zone changes its clock twice within a week.
STEP = timedelta(days=7)
Rules = tuple[tuple[datetime, timedelta], ...]


@dataclass(frozen=True)
class Clock:
    """One way of keeping time: its zones, and the instants (UTC) at which it is changed."""

    names: list[str]
    changes: list[datetime]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.names[0])


@cache
def clocks() -> list[Clock]:
    """Every zone of this machine, under the first one that has the same offsets at the same instants."""
    found: dict[Rules, list[str]] = {}
    for name in sorted(available_timezones() - {"localtime", "Factory"}):
        found.setdefault(_rules(ZoneInfo(name)), []).append(name)
    return [Clock(names, [at for at, _offset in rules[1:]]) for rules, names in found.items()]


def _rules(zone: ZoneInfo) -> Rules:
    """The offset at first, and each new one with its instant, to the second. A month more at both ends:
    courses that begin or end in these years reach beyond them."""
    at, last = FIRST - timedelta(days=31), LAST + timedelta(days=31)
    rules = [(at, _offset(at, zone))]
    while (at := at + STEP) < last:
        if (offset := _offset(at, zone)) != rules[-1][1]:
            rules.append((_change(at - STEP, at, zone), offset))
    return tuple(rules)


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant between the two, to the second, from which the later offset holds."""
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if _offset(middle, zone) == _offset(after, zone):
            after = middle
        else:
            before = middle
    return after.replace(microsecond=0)


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None
    return offset
