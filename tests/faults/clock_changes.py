"""F16: the clock is changed while a course runs, in every zone, at every hour of sending.

The planner's own `turn` decides, on rows that are not saved. A lesson's due time follows from the one before
alone: one run of lessons, from three weeks before a change to three weeks after, covers the courses that
begin on each of its dates; a first lesson is asked for on each of them too. Zones with the same changes are
checked once, under one of their names. A clock without changes runs one course."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from challenge import schedule
from challenge.delivery.plan import take_turn
from challenge.models import Delivery, Enrollment
from tests.faults.report import Fault, Result, Scale
from tests.faults.zones import FIRST, Clock, clocks, from_wall

LENGTH = 21
DAY = timedelta(days=1)
MOST = timedelta(minutes=60)
QUARTERS = [time(hour, minute) for hour in range(24) for minute in (0, 15, 30, 45)]
# Where clocks are changed, on both sides of midnight, and in the middle of the day.
FEW = [time(0), time(2, 30), time(7), time(23, 45)]


def run(scale: Scale, folder: Path) -> Result:
    walls, changes = (QUARTERS, None) if scale is Scale.FULL else (FEW, 3)
    result = Result(mails=0, injected=0)
    for clock in clocks():
        for first, days in _stretches(clock, changes):
            for wall in walls:
                result.mails += days
                result.breaches += [
                    f"{clock.names[0]}, {said}" for said in off(clock.zone, wall, first, days)
                ]
        result.injected += len(clock.changes[:changes]) * len(clock.names)
    result.lost = len(result.breaches)
    zones = sum(len(clock.names) for clock in clocks())
    result.note = f"{zones} zones, {len(clocks())} ways to keep time; {len(walls)} times of day"
    return result


def _stretches(clock: Clock, most: int | None) -> Iterator[tuple[date, int]]:
    """The first local dates and the lengths, in days, of the runs of lessons around a clock's changes."""
    if not clock.changes:
        yield FIRST.date(), LENGTH
    for change in clock.changes[:most]:
        yield schedule.local_date(change, clock.zone) - LENGTH * DAY, 2 * LENGTH + 1


def off(zone: ZoneInfo, wall: time, first: date, days: int) -> Iterator[str]:
    """List what is wrong with the lessons of so many local dates, a sentence each."""
    enrollment = Enrollment(send_at=wall, time_zone=zone.key, starts_on=first)
    last = None
    for number in range(days):
        day = first + number * DAY
        begins = schedule.first_due(day, _noon_before(day, zone), wall, zone)
        enrollment.next_due_at = enrollment.next_due_at or begins
        now = enrollment.next_due_at
        enrollment.next_due_at, window = take_turn(enrollment, last, now)
        if window is None:
            yield f"{wall:%H:%M}, {day}: no lesson may leave when it is due"
            return
        if (window.opens, schedule.local_date(now, zone)) != (begins, day):
            yield f"{wall:%H:%M}, {day}: sent at {now:%d %B %H:%M} UTC, not at {begins:%H:%M}"
        if (missed := from_wall(now, day, wall, zone)) > MOST:
            yield f"{wall:%H:%M}, {day}: {missed} off"
        last = Delivery(
            kind=Delivery.Kind.LESSON, state=Delivery.State.SENT, due_at=window.opens, sent_at=now
        )


def _noon_before(day: date, zone: ZoneInfo) -> datetime:
    return schedule.to_utc(day - DAY, time(12), zone)


F16 = Fault(
    "Clock changes: every IANA zone, 2026 to 2030, every hour of sending",
    "21 sends, one for each local date, at most 60 min off the chosen wall time",
    run,
)
