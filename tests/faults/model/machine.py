"""The rules: what happens, in any order, and who makes no progress although nothing is wrong."""

from datetime import UTC, datetime, time, timedelta
from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from challenge.delivery.claim import claim
from challenge.delivery.plan import plan
from challenge.delivery.rescue import rescue
from challenge.enrollment.pending import delete_unconfirmed, remind_unconfirmed
from challenge.models import Enrollment
from tests.faults.model.actions import ACTIONS, BEFORE_A_LESSON, PAIRS, Actions
from tests.faults.model.care import CARE
from tests.faults.model.oracle import Oracle
from tests.faults.model.server import Behaviour, ScriptedServer
from tests.faults.model.simulation import BEAT, Chore, isolated_run, work_until
from tests.faults.report import Result

State = Enrollment.State
# From here on clocks change in London, Los Angeles, Auckland and at Troll while a course runs.
START = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
# After so many steps two lessons must come within three days.
STEPS_BETWEEN_CHECKS, CALM, LESSONS = 30, timedelta(days=3), 2
LENGTH, TO_THE_END = 21, timedelta(days=24)

names = st.sampled_from(["alice", "bob", "charlie"])
ways_in = st.sampled_from(["confirms", "confirms", "only_confirms", "confirms_without_consent"])
anything = st.sampled_from(ACTIONS) | st.sampled_from(CARE)
walls = st.sampled_from([time(7), time(6, 30), time(12), time(20, 45), time(23, 45), time(0)])
zones = st.sampled_from(
    ["Europe/London", "America/Los_Angeles", "Pacific/Auckland", "Asia/Kolkata", "Antarctica/Troll"]
)
scripts = st.lists(st.sampled_from(Behaviour), min_size=1, max_size=4)
whiles = st.sampled_from([0] * 9 + [40, 780, 1440]).map(lambda count: timedelta(minutes=count))
spans = st.sampled_from([1, 31, 240, 720, 1440, 2880]).map(lambda count: timedelta(minutes=count))


class SystemMachine(RuleBasedStateMachine):
    """Three runners, who are erased at the end. The counts of all runs are added up in `result`."""

    result = Result(mails=0, injected=0)

    def __init__(self) -> None:
        super().__init__()
        self._run = isolated_run(START)
        self._run.__enter__()
        self.oracle = Oracle()
        heard = self.oracle.alerts.begin_batch, self.oracle.on_message, self.oracle.on_answer
        self.server = ScriptedServer(START, *heard, self._take_over)
        self.actions = Actions(self.server, self.oracle)
        self.steps_since_check = 0
        self.is_long = False

    def teardown(self) -> None:
        self.oracle.count_into(self.result)
        self._run.__exit__(None, None, None)

    def _take_over(self) -> None:
        """Work while another worker is frozen."""
        rescue(self.server.now)
        self.server.send_due()

    @initialize(wall=walls, zone=zones, days=st.integers(0, 3), long=st.integers(0, 24))
    def somebody_is_there(self, wall: time, zone: str, days: int, long: int) -> None:
        self._join("alice")
        self.actions.changes_hour("alice", wall, zone)
        self._go_on(timedelta(days))
        self.is_long = long == 1

    @rule(name=names, what=st.sampled_from(ACTIONS), then=whiles)
    def somebody(self, name: str, what: str, then: timedelta) -> None:
        self.actions.act(name, what)
        self._go_on(then)

    @rule(name=names, what=st.sampled_from(CARE), then=whiles)
    def somebody_is_cared_for(self, name: str, what: str, then: timedelta) -> None:
        self.actions.act(name, what)
        self._go_on(then)

    @rule(name=names, how=ways_in, then=whiles)
    def somebody_joins(self, name: str, how: str, then: timedelta) -> None:
        self._join(name, how)
        self._go_on(then)

    def _join(self, name: str, how: str = "confirms") -> None:
        self.actions.signs_up(name)
        self.server.send_due()
        self.actions.act(name, how)

    @rule(name=names, wall=walls, zone=zones, then=whiles)
    def changes_hour(self, name: str, wall: time, zone: str, then: timedelta) -> None:
        self.actions.changes_hour(name, wall, zone)
        self._go_on(then)

    @rule(name=names, pair=st.sampled_from(PAIRS), span=spans, then=whiles)
    def one_follows_another(self, name: str, pair: tuple[str, str], span: timedelta, then: timedelta) -> None:
        """Do one thing, and later what answers it, which may be too late."""
        for what, wait in zip(pair, (span, then), strict=True):
            self.actions.act(name, what)
            self._go_on(wait)

    @rule(script=scripts, then=whiles)
    def server_will(self, script: list[Behaviour], then: timedelta) -> None:
        self.server.script.extend(script)
        self._go_on(then)

    @rule(what=st.sampled_from(BEFORE_A_LESSON), then=whiles)
    def before_a_lesson(self, what: str, then: timedelta) -> None:
        """Let the runner of the next lesson, or the coach, act when it is queued and has not left."""
        next_one = Enrollment.objects.filter(next_due_at__lt=self.server.now + CALM).order_by("next_due_at")
        if first := next_one.select_related("runner").first():
            assert first.next_due_at is not None
            self._go_on(max(first.next_due_at - self.server.now - BEAT, BEAT))
            self.server.now += 2 * BEAT
            plan(self.server.now)
            self.actions.act(first.runner.email.partition("@")[0], what)
        self._go_on(then or BEAT)

    @rule(name=names, what=anything, then=whiles)
    def meanwhile(self, name: str, what: str, then: timedelta) -> None:
        """Let a runner or the coach act while the next message is on the wire."""
        self.server.meanwhile = partial(self.actions.act, name, what)
        self._go_on(then)

    @rule(what=st.sampled_from(["plan", "send", "rescue", "erase", "answer", "escalate", "die"]))
    def works(self, what: str) -> None:
        """Let one part of the system do its work; or kill a worker that has just claimed a batch."""
        if what == "plan":
            plan(self.server.now)
        elif what == "send":
            self.server.send_due()
        elif what == "rescue":
            rescue(self.server.now)
        elif what == "erase":
            self.oracle.erasing.do(self.server.now)
        elif what == "answer":
            self.oracle.forms.do(self.server.now)
        elif what == "escalate":
            self.oracle.alerts.do(self.server.now)
        else:
            claim(self.server.now, 50)
        self.oracle.add_up()

    @rule(span=spans)
    def nothing_works(self, span: timedelta) -> None:
        self.server.now += span

    @rule(span=spans)
    def time_passes(self, span: timedelta) -> None:
        self._go_on(span)

    @precondition(lambda self: self.steps_since_check >= STEPS_BETWEEN_CHECKS)
    @rule()
    def all_is_well(self) -> None:
        self.steps_since_check = 0
        self._check_progress(CALM, LESSONS)

    @precondition(lambda self: self.is_long)
    @rule()
    def all_is_well_to_the_end(self) -> None:
        self._check_progress(TO_THE_END, LENGTH)

    def _go_on(self, span: timedelta) -> None:
        self.steps_since_check += 1
        if not span:
            return
        today = self.server.now.date()
        chores: list[Chore] = [self.oracle.erasing, self.oracle.forms, self.oracle.alerts]
        work_until(self.server, self.server.now + span, chores)
        self.oracle.add_up()
        if self.server.now.date() > today:
            remind_unconfirmed(self.server.now)
            if delete_unconfirmed(self.server.now):
                self.oracle.forget_erased()

    def _check_progress(self, span: timedelta, count: int) -> None:
        """Check that every runner makes progress where nothing is wrong."""
        self.server.script.clear()
        self.server.meanwhile = None
        active = Enrollment.objects.filter(state=State.ACTIVE)
        gone = [*self.oracle.suppressed, *self.oracle.erasing.asked]
        here = active.exclude(runner__email__in=gone)
        before = {enrollment.pk: self.oracle.last_day(enrollment) for enrollment in here}
        self._go_on(span)
        for enrollment in active.filter(pk__in=before):
            day = self.oracle.last_day(enrollment)
            assert day >= before[enrollment.pk] + count, f"stands still at day {day}"
        self.oracle.forms.check_answered(self.server.now)
        self.oracle.alerts.check_told(self.oracle.suppressed)
        self.oracle.thread.check_answered()
