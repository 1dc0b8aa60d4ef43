"""F19: nothing gets out for 48 hours, then all of it works, again and again under a travelled clock.

First the mail server takes nothing while lessons are planned, then nothing runs at all. The runners live all
over the world; clocks change meanwhile in Europe."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

from challenge import schedule
from challenge.models import Delivery, Enrollment
from tests.faults.reconciliation import Reconciliation, arrivals
from tests.faults.report import Fault, Result, Scale
from tests.faults.simulation import SimulatedWorkers, site_mail_server
from tests.faults.zones import runners_worldwide
from tests.support.smtp_script import accept, always

RUNNERS = {Scale.SMALL: 7, Scale.FULL: 455}
# When the outage is over, in UTC: at each time of day somebody sleeps, and somebody's window is open. It all
# takes less than a course: who is through gets no lesson, and the goodbye waits for its day.
OVER = {
    Scale.SMALL: [datetime(2026, 3, 29, 4, tzinfo=UTC)],
    Scale.FULL: [
        datetime(2026, 3, 29, 4, tzinfo=UTC),
        datetime(2026, 4, 3, 13, tzinfo=UTC),
        datetime(2026, 4, 9, 7, 30, tzinfo=UTC),
        datetime(2026, 4, 14, 19, tzinfo=UTC),
    ],
}
OUTAGE, SERVER_DOWN = timedelta(hours=48), timedelta(hours=6)
LEAST_GAP = timedelta(hours=12)
MORNING, EVENING = time(7), time(21)
# A clock change may bring a lesson an hour forward; a late choice holds for two.
EARLIER, LATER = timedelta(hours=1), timedelta(hours=2)
BEAT = timedelta(minutes=1)
BEFORE, AFTER = timedelta(days=1), timedelta(days=3)


def run(scale: Scale, folder: Path) -> Result:
    ends = OVER[scale]
    enrollments = runners_worldwide(RUNNERS[scale], ends[0] - OUTAGE - BEFORE)
    with site_mail_server() as server:
        workers = SimulatedWorkers(ends[0] - OUTAGE - BEFORE, BEAT)
        for over in ends:
            workers.run_until(over - OUTAGE)
            server.script = always("recipient", "451 4.3.0 later")
            workers.run_until(workers.now + SERVER_DOWN)
            server.script = accept
            workers.now = over
        workers.run_until(ends[-1] + AFTER)
        found = Reconciliation(arrivals(server))
    result = found.result(found.arrived.total(), len(ends))
    for enrollment in enrollments:
        result.breaches += [f"runner {enrollment.pk}: {said}" for said in _trouble(enrollment, ends)]
    result.note = f"{len(enrollments)} runners in {len({one.time_zone for one in enrollments})} zones"
    return result


def _trouble(enrollment: Enrollment, ends: list[datetime]) -> Iterator[str]:
    """List what is wrong with the lessons of one runner, a sentence each."""
    lessons = Delivery.objects.filter(enrollment=enrollment, kind=Delivery.Kind.LESSON, sent_at__isnull=False)
    sent = [(lesson.day, lesson.sent_at) for lesson in lessons.order_by("sent_at") if lesson.sent_at]
    zone, wall = enrollment.zone, enrollment.send_at
    if [day for day, _at in sent] != list(range(1, len(sent) + 1)):
        yield f"the days came as {[day for day, _at in sent]}"
    for (_day, before), (day, at) in pairwise(sent):
        if at - before < LEAST_GAP:
            yield f"day {day} came {at - before} after the one before"
    on = defaultdict(list)
    for day, at in sent:
        on[schedule.local_date(at, zone)].append(day)
        if _is_night(at.astimezone(zone), wall):
            yield f"day {day} came in the night, at {at.astimezone(zone)}"
    yield from (f"{len(days)} lessons on {day}" for day, days in on.items() if len(days) > 1)
    for end in ends:
        if missed := [day for day in _days_after(end, enrollment) if day not in on]:
            yield f"no lesson on {missed[0]}"


def _is_night(local: datetime, wall: time) -> bool:
    """Return whether it is neither day nor near the chosen hour; an early hour begins the day."""
    chosen = local.replace(hour=wall.hour, minute=wall.minute)
    return not (min(MORNING, wall) <= local.time() < EVENING or chosen - EARLIER <= local <= chosen + LATER)


def _days_after(end: datetime, enrollment: Enrollment) -> Iterator[date]:
    """Give the local dates on which a lesson must come: those whose window opens after the outage."""
    first = schedule.local_date(end, enrollment.zone) + timedelta(days=1)
    yield from (first + timedelta(days=number) for number in range(2))


F19 = Fault("48 h outage, travelled clock", "one mail for each runner, no burst, none in the night", run)
