"""Runners who move to other hours and zones while their course runs, as hypothesis draws them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle, pairwise
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from challenge import schedule
from challenge.delivery.plan import is_behind, take_turn
from challenge.models import Delivery, Enrollment
from tests.faults.zones import clocks

LENGTH = 21
# A course that does not end within so many events stands still.
EVENTS = 1000
MINUTE = timedelta(minutes=1)
State = Delivery.State


@dataclass(frozen=True)
class Move:
    at: datetime
    wall: time
    zone: str


@dataclass(frozen=True)
class Journey:
    """One runner's course: the first choice, when it was confirmed, and the moves in order. Each
    lesson leaves one of `waits`, in turn, after it was planned."""

    confirmed_at: datetime
    wall: time
    zone: str
    moves: list[Move]
    waits: list[timedelta]

    @property
    def starts_on(self) -> date:
        return schedule.local_date(self.confirmed_at, ZoneInfo(self.zone))


@dataclass(frozen=True)
class Sent:
    """A lesson that left: its program day, the instant, and the zone of the runner's clock then."""

    day: int
    at: datetime
    zone: str


_walls = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
_zones = st.deferred(lambda: st.sampled_from([name for clock in clocks() for name in clock.names]))
_waits = st.sampled_from([0, 0, 0, 1, 45, 300]).map(lambda minutes: minutes * MINUTE)


@st.composite
def journeys(draw: st.DrawFn) -> Journey:
    """Courses of 2026 to 2030, around clock changes too, with up to 24 moves in their first 26 days."""
    days = draw(st.integers(0, 5 * 365))
    confirmed_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days, minutes=draw(st.integers(0, 1439)))
    wall, zone = draw(_walls), draw(_zones)
    drawn = draw(st.lists(st.tuples(st.integers(0, 26 * 1440), _walls, _zones), max_size=24))
    moves, before = list[Move](), (wall, zone)
    for minutes, other_wall, other_zone in sorted(drawn):
        if (other_wall, other_zone) != before:
            before = (other_wall, other_zone)
            moves.append(Move(confirmed_at + minutes * MINUTE, *before))
    waits = draw(
        st.lists(_waits, max_size=4)
    )  # the last is 0: a runner who always waits too long gets nothing
    return Journey(confirmed_at, wall, zone, moves, [*waits, 0 * MINUTE])


def course(journey: Journey) -> list[Sent]:
    """Work out the lessons of a journey, by the planner's own `turn` on rows that are not saved."""
    enrollment = Enrollment(send_at=journey.wall, time_zone=journey.zone, starts_on=journey.starts_on)
    _go_on(enrollment, None, journey.confirmed_at)
    moves, waits, sent = list(journey.moves), cycle(journey.waits), list[Sent]()
    last: Delivery | None = None
    for _event in range(EVENTS):
        now = enrollment.next_due_at
        assert now is not None
        if moves and moves[0].at <= now:
            _move(enrollment, moves.pop(0), sent)
            continue
        enrollment.next_due_at, window = take_turn(enrollment, last, now)
        if window is None:
            continue
        day = 1 if last is None else last.day + (not is_behind(last))
        last = Delivery(day=day, state=State.QUEUED, due_at=window.opens)
        leaves = now + next(waits)
        if moves and moves[0].at <= leaves:
            last.state = State.WITHHELD
        elif leaves < window.closes:
            last.state, last.sent_at = State.SENT, leaves
            sent.append(Sent(day, leaves, enrollment.time_zone))
        if len(sent) == LENGTH:
            break
    return sent


def _move(enrollment: Enrollment, move: Move, sent: list[Sent]) -> None:
    enrollment.send_at, enrollment.time_zone = move.wall, move.zone
    _go_on(enrollment, sent[-1].at if sent else None, move.at)


def _go_on(enrollment: Enrollment, last: datetime | None, now: datetime) -> None:
    """Do what enrollment.transitions.would_go_on does from the rows."""
    enrollment.next_due_at = schedule.due_from(
        now, last, enrollment.starts_on, enrollment.send_at, enrollment.zone
    )


def trouble(sent: list[Sent]) -> str:
    """Return what is wrong with a course, in a sentence; empty if nothing is."""
    if (days := [lesson.day for lesson in sent]) != list(range(1, LENGTH + 1)):
        return f"sent {days}"
    for before, lesson in pairwise(sent):
        zone = ZoneInfo(lesson.zone)
        if lesson.at - before.at < schedule.LEAST_GAP:
            return f"day {lesson.day} left {lesson.at - before.at} after the day before"
        if schedule.local_date(lesson.at, zone) <= schedule.local_date(before.at, zone):
            return f"day {lesson.day} left on the local date of the day before"
    return ""
