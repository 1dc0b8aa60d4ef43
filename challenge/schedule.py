"""Time: convert a runner's local time to UTC, and find the next lesson window. Pure functions.

Instants are aware datetimes in UTC, `wall` is a naive time of day to the minute, `day` a local date and
`zone` a ZoneInfo. A *window* is the part of one local date in which that date's lesson may leave: from the
runner's chosen time until 21:00, or for a later choice until midnight. A lesson that misses its window waits
for the next one, so no lesson leaves at night and one local date never gets two lessons.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EVENING = time(21, 0)
MORNING = time(7, 0)
LATE_CHOICE = timedelta(hours=2)
LAST_CHANCE = timedelta(minutes=15)
LEAST_GAP = timedelta(hours=12)


@dataclass(frozen=True)
class Window:
    """The time in which one local date's lesson may leave: opens <= now < closes, both in UTC."""

    day: date
    opens: datetime
    closes: datetime

    def holds(self, now: datetime) -> bool:
        return self.opens <= now < self.closes


def to_utc(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """Return the instant of a local time on a local date. A local time that a clock change skips moves to the
    next valid minute; one that happens twice means its first occurrence (PEP 495, fold=0)."""
    local = datetime.combine(day, wall, zone)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return instant
    return _transition(local.replace(fold=1).astimezone(UTC), instant, zone)


def _transition(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant, to the second, at which the offset of `after` is in force."""
    offset = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after.replace(microsecond=0)


def local_date(now: datetime, zone: ZoneInfo) -> date:
    return now.astimezone(zone).date()


def window(day: date, wall: time, zone: ZoneInfo) -> Window:
    """Return the window of one local date. It is empty (opens == closes) if a zone skipped that date.

    It opens at the latest a quarter of an hour before the date ends: where a clock change removes the last
    hour of a date (Greenland), the next valid minute would be tomorrow's.
    """
    starts, ends = to_utc(day, time(0), zone), end_of_day(day, zone)
    opens = max(starts, min(to_utc(day, wall, zone), ends - LAST_CHANCE))
    closes = max(to_utc(day, EVENING, zone), opens + LATE_CHOICE)
    return Window(day, opens, min(closes, ends))


def open_window(now: datetime, wall: time, zone: ZoneInfo) -> Window | None:
    today = window(local_date(now, zone), wall, zone)
    return today if today.holds(now) else None


def first_due(starts_on: date, now: datetime, wall: time, zone: ZoneInfo) -> datetime:
    """Return when a course that starts on a local date sends next, seen from `now`.

    It is never before `starts_on`. A window that is open now counts from its opening, so that a runner who
    chooses an hour of today that has just begun does not wait until tomorrow.
    """
    day = max(starts_on, local_date(now, zone))
    while (candidate := window(day, wall, zone)).closes <= now or candidate.opens == candidate.closes:
        day += timedelta(days=1)
    return candidate.opens


def next_due(last: datetime, wall: time, zone: ZoneInfo) -> datetime:
    """Return when the lesson after the one of instant `last` is due.

    It falls on a later local date than `last`, and at least twelve hours after it: a runner who moves the
    hour or the zone gets the next lesson late in the next window, or, if that is too soon, in the one after.
    """
    day = local_date(last, zone)
    while True:
        day += timedelta(days=1)
        candidate = window(day, wall, zone)
        due = max(candidate.opens, last + LEAST_GAP)
        if due < candidate.closes:
            return due


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    return to_utc(day + timedelta(days=1), time(0), zone)


def evening(now: datetime, zone: ZoneInfo) -> datetime:
    """Return 21:00 of the local date of an instant."""
    return to_utc(local_date(now, zone), EVENING, zone)


def daylight(now: datetime, zone: ZoneInfo) -> datetime:
    """Return `now`, or at night (21:00 to 07:00) the next 07:00: for late mail of other kinds."""
    local = now.astimezone(zone)
    if MORNING <= local.time() < EVENING:
        return now
    day = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
    return to_utc(day, MORNING, zone)


def due_from(now: datetime, last: datetime | None, starts_on: date, wall: time, zone: ZoneInfo) -> datetime:
    """Return when the next lesson is due, calculated anew from `now`: after a confirmation, a pause, or a
    change of hour or zone. `last` is the instant of the last lesson that left, None before the first."""
    if last is None:
        return first_due(starts_on, now, wall, zone)
    due = next_due(last, wall, zone)
    return due if due >= now else first_due(local_date(now, zone), now, wall, zone)
