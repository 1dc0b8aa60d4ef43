"""The rules: what happens, in any order, and who stands still though nothing is wrong."""

from datetime import UTC, datetime, time, timedelta
from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from challenge.delivery.claim import claim
from challenge.delivery.plan import plan
from challenge.delivery.rescue import rescue
from challenge.enrollment.pending import drop, remind
from challenge.models import Enrollment
from tests.faults.model import clockwork
from tests.faults.model.oracle import Truth
from tests.faults.model.people import ACTS, People
from tests.faults.model.server import Act, Server
from tests.faults.model.stage import stage
from tests.faults.outcome import Outcome

State = Enrollment.State
# From here on clocks change in London, Los Angeles, Auckland and at Troll while a course runs.
START = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
# After so many steps the model looks whether within three days two lessons come.
RESTLESS, REST, LESSONS = 30, timedelta(days=3), 2
LENGTH, TO_THE_END = 21, timedelta(days=24)

people = st.sampled_from(["alice", "bob", "charlie"])
walls = st.sampled_from([time(7), time(6, 30), time(12), time(20, 45), time(23, 45), time(0)])
zones = st.sampled_from(
    ["Europe/London", "America/Los_Angeles", "Pacific/Auckland", "Asia/Kolkata", "Antarctica/Troll"]
)
scripts = st.lists(st.sampled_from(Act), min_size=1, max_size=4)
whiles = st.sampled_from([0] * 9 + [40, 780, 1440]).map(lambda count: timedelta(minutes=count))
spans = st.sampled_from([1, 31, 240, 720, 1440, 2880]).map(lambda count: timedelta(minutes=count))


class Town(RuleBasedStateMachine):
    """Three runners, who are gone at the end. What comes of all runs is added up in `outcome`."""

    outcome = Outcome(mails=0, injected=0)

    def __init__(self) -> None:
        super().__init__()
        self._stage = stage(START)
        self._stage.__enter__()
        self.truth = Truth()
        self.server = Server(START, self.truth.hear, self.truth.answer, self._thaw)
        self.people = People(self.server, self.truth)
        self.restless = 0
        self.is_long = False

    def teardown(self) -> None:
        self.truth.count_into(self.outcome)
        self._stage.__exit__(None, None, None)

    def _thaw(self) -> None:
        """While one worker is frozen, another takes over."""
        rescue(self.server.now)
        self.server.send_due()

    @initialize(wall=walls, zone=zones, long=st.integers(0, 24))
    def somebody_is_there(self, wall: time, zone: str, long: int) -> None:
        self._join("alice")
        self.people.changes_hour("alice", wall, zone)
        self.is_long = long == 1

    @rule(name=people, what=st.sampled_from(ACTS), then=whiles)
    def somebody(self, name: str, what: str, then: timedelta) -> None:
        self.people.act(name, what)
        self._go_on(then)

    @rule(name=people, then=whiles)
    def somebody_joins(self, name: str, then: timedelta) -> None:
        self._join(name)
        self._go_on(then)

    def _join(self, name: str) -> None:
        self.people.signs_up(name)
        self.server.send_due()
        self.people.confirms(name)

    @rule(name=people, wall=walls, zone=zones, then=whiles)
    def changes_hour(self, name: str, wall: time, zone: str, then: timedelta) -> None:
        self.people.changes_hour(name, wall, zone)
        self._go_on(then)

    @rule(script=scripts, then=whiles)
    def server_will(self, script: list[Act], then: timedelta) -> None:
        self.server.script.extend(script)
        self._go_on(then)

    @rule(name=people, what=st.sampled_from(ACTS), then=whiles)
    def meanwhile(self, name: str, what: str, then: timedelta) -> None:
        """Somebody does something while the next message is on the wire."""
        self.server.meanwhile = partial(self.people.act, name, what)
        self._go_on(then)

    @rule(what=st.sampled_from(["plan", "send", "rescue", "die"]))
    def works(self, what: str) -> None:
        """One part of the system does its work; or a worker dies as soon as it has claimed a batch."""
        if what == "plan":
            plan(self.server.now)
        elif what == "send":
            self.server.send_due()
        elif what == "rescue":
            rescue(self.server.now)
        else:
            claim(self.server.now, 50)
        self.truth.add_up()

    @rule(span=spans)
    def nothing_works(self, span: timedelta) -> None:
        self.server.now += span

    @rule(span=spans)
    def time_passes(self, span: timedelta) -> None:
        self._go_on(span)

    @precondition(lambda self: self.restless >= RESTLESS)
    @rule()
    def all_is_well(self) -> None:
        self.restless = 0
        self._rest(REST, LESSONS)

    @precondition(lambda self: self.is_long)
    @rule()
    def all_is_well_to_the_end(self) -> None:
        self._rest(TO_THE_END, LENGTH)

    def _go_on(self, span: timedelta) -> None:
        """Everything works for a while."""
        self.restless += 1
        if not span:
            return
        today = self.server.now.date()
        clockwork.work_until(self.server, self.server.now + span)
        self.truth.add_up()
        if self.server.now.date() > today:
            remind(self.server.now)
            if drop(self.server.now):
                self.truth.forget_erased()

    def _rest(self, span: timedelta, count: int) -> None:
        """Where nothing is wrong, nobody stands still."""
        self.server.script.clear()
        self.server.meanwhile = None
        active = Enrollment.objects.filter(state=State.ACTIVE)
        here = active.exclude(runner__email__in=self.truth.suppressed)
        before = {enrollment.pk: self.truth.last_day(enrollment) for enrollment in here}
        self._go_on(span)
        for enrollment in active.filter(pk__in=before):
            day = self.truth.last_day(enrollment)
            assert day >= before[enrollment.pk] + count, f"stands still at day {day}"
