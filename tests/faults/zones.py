"""The clock changes of every IANA zone from 2026 to 2030, and runners all over the world."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import cycle
from zoneinfo import ZoneInfo, available_timezones

from challenge import schedule
from challenge.models import Enrollment, Program
from tests.support.crowd import unsaved_enrollments

FIRST, LAST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
# No zone changes its clock twice within a week.
STEP = timedelta(days=7)
Rules = tuple[tuple[datetime, timedelta], ...]
# Early, in the day, late, and so late that the window ends with the date.
HOURS = (time(7), time(6, 30), time(12, 15), time(18), time(21, 30), time(23, 45), time(2, 30))


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
    """List every zone of this machine, under the first one that has the same offsets at the same instants."""
    found: dict[Rules, list[str]] = {}
    for name in sorted(available_timezones() - {"localtime", "Factory"}):
        found.setdefault(_rules(ZoneInfo(name)), []).append(name)
    return [Clock(names, [at for at, _offset in rules[1:]]) for rules, names in found.items()]


def _rules(zone: ZoneInfo) -> Rules:
    """Return the offset at first, and each new one with its instant, to the second. A month more at both
    ends: courses that begin or end in these years reach beyond them."""
    at, last = FIRST - timedelta(days=31), LAST + timedelta(days=31)
    rules = [(at, _offset(at, zone))]
    while (at := at + STEP) < last:
        if (offset := _offset(at, zone)) != rules[-1][1]:
            rules.append((_change(at - STEP, at, zone), offset))
    return tuple(rules)


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant between the two, to the second, from which the later offset holds."""
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


def runners_worldwide(count: int, now: datetime) -> list[Enrollment]:
    """Make so many active runners at the start of the course, each with another hour and another clock while
    there are any."""
    names = [clock.names[0] for clock in clocks()]
    zones, hours = cycle(names[:: max(1, len(names) // count)]), cycle(HOURS)
    enrollments = unsaved_enrollments(Program.objects.get(), range(count), now)
    for one in enrollments:
        one.send_at, one.time_zone = next(hours), next(zones)
        one.next_due_at = schedule.first_due(one.starts_on, now, one.send_at, one.zone)
    return Enrollment.objects.bulk_create(enrollments)


def from_wall(instant: datetime, day: date, wall: time, zone: ZoneInfo) -> timedelta:
    """Return how far an instant lies from a wall time: from the nearer of the two readings that the wall
    time has around a clock change (PEP 495)."""
    readings = (datetime.combine(day, wall.replace(fold=fold), zone).astimezone(UTC) for fold in (0, 1))
    return min(abs(instant - reading) for reading in readings)
