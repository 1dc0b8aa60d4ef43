"""What runners tell of their health, and how the coach sees to it."""

from contextlib import suppress

from challenge.checkins.record import CheckInData, Closed, TooManyChanges, record
from challenge.conversation import answers, notes
from challenge.conversation.messages import TooManyMessages, record_message
from challenge.enrollment.holding import HELD_FROM, Danger, clear, hold
from challenge.models import Enrollment, Escalation, Event, Hold, Message, SafetyLevel
from challenge.safety import escalations
from challenge.safety.answering import answer
from tests.faults.model.runners import Runners, address
from tests.faults.model.simulation import WORDS_ONLY

State = Enrollment.State
HIGH = CheckInData("not_today", pain=8)
# What goes on in words alone, by the rules of this run.
DOWN_A_LEG = CheckInData("partly", pain=2, place=WORDS_ONLY)
# What is ticked, and the titles of the movements that it leaves out.
HIP, DEEP_BEND = (
    "hip_back",
    frozenset({"90/90 breathing", "Supine psoas march", "Child's pose with side reach"}),
)
CARE = (
    "answers_no",
    "answers_ask_first",
    "answers_urgent",
    "answers_left_out",
    "answers_some",
    "checks_in",
    "reports_pain",
    "reports_pain_down_a_leg",
    "writes",
    "writes_red_words",
    "is_held",
    "coach_holds",
    "coach_holds_to_words",
    "coach_clears",
    "coach_acknowledges",
    "coach_resolves",
    "coach_answers",
    "coach_writes_a_note",
    "coach_replaces_the_note",
    "coach_writes_a_memo",
)


class Care(Runners):
    """Each method does one thing for the runner of a name, if it is possible."""

    def answers_no(self, name: str) -> None:
        self._answers(name)

    def answers_ask_first(self, name: str) -> None:
        self._answers(name, "pregnant", stops=True)

    def answers_urgent(self, name: str) -> None:
        self._answers(name, "fever", stops=True)

    def answers_left_out(self, name: str) -> None:
        """Tick what leaves movements out; without consent to keep which, it stops all."""
        self._answers(name, HIP, leaves_out=DEEP_BEND)

    def answers_some(self, name: str) -> None:
        """Say "one of these", and not which."""
        self._answers(name, "some", stops=True)

    def _answers(
        self, name: str, *codes: str, stops: bool = False, leaves_out: frozenset[str] = frozenset()
    ) -> None:
        enrollment = self._newest(name)
        if enrollment is None or enrollment.state in (State.PENDING, State.WITHDRAWN):
            return
        answer(enrollment.pk, codes, self._server.now)
        self._oracle.safety.screened.add(enrollment.pk)
        if stops or (leaves_out and address(name) in self._oracle.safety.without_consent):
            self._told_of_danger(enrollment.pk)
        elif leaves_out:
            self._oracle.safety.left_out[enrollment.pk] = leaves_out

    def checks_in(self, name: str) -> None:
        self._checks_in(name, CheckInData("done", pain=1))

    def reports_pain(self, name: str) -> None:
        if run := self._checks_in(name, HIGH):
            self._told_of_danger(run)

    def reports_pain_down_a_leg(self, name: str) -> None:
        if run := self._checks_in(name, DOWN_A_LEG):
            self._told_of_danger(run, words_only=True)

    def _checks_in(self, name: str, data: CheckInData) -> int | None:
        """Return the run whose last lesson was answered."""
        if (enrollment := self._newest(name)) and (day := self._oracle.last_day(enrollment)):
            with suppress(Closed, TooManyChanges):
                record(enrollment.pk, day, data, self._server.now)
                return enrollment.pk
        return None

    def writes(self, name: str) -> None:
        self._writes(name, "Which shoes are best?")

    def writes_red_words(self, name: str) -> None:
        if run := self._writes(name, "I am numb between the legs."):
            self._told_of_danger(run)

    def _writes(self, name: str, words: str) -> int | None:
        """Write on the page of the last lesson's day. What is not kept is heeded all the same."""
        enrollment = self._newest(name)
        if enrollment is None or not (day := self._oracle.last_day(enrollment)):
            return None
        with suppress(TooManyMessages):
            record_message(enrollment.pk, day, f"{words} {self._text('Message')}", self._server.now)
        return enrollment.pk

    def is_held(self, name: str) -> None:
        """Hold in a way that leaves the queue as it is, so that only the sender can notice."""
        enrollment = self._newest(name)
        if enrollment and enrollment.state == State.ACTIVE:
            Enrollment.objects.filter(pk=enrollment.pk).update(state=State.HELD, next_due_at=None)
            self._oracle.safety.halted.add(enrollment.pk)

    def coach_holds(self, name: str) -> None:
        self._coach_holds(name, words_only=False)

    def coach_holds_to_words(self, name: str) -> None:
        self._coach_holds(name, words_only=True)

    def _coach_holds(self, name: str, *, words_only: bool) -> None:
        enrollment = self._newest(name)
        if enrollment and enrollment.state in HELD_FROM:
            danger = Danger(Hold.Reason.COACH, SafetyLevel.TODAY, Hold.Source.COACH, words_only=words_only)
            hold(enrollment.pk, danger, Event.Actor.COACH, self._server.now)
            self._told_of_danger(enrollment.pk, words_only=words_only)

    def _told_of_danger(self, run: int, *, words_only: bool = False) -> None:
        self._oracle.safety.stop(run, words_only=words_only)
        self._oracle.safety.check_holds()
        self._oracle.alerts.opened(self._server.now)

    def coach_clears(self, name: str) -> None:
        safety = self._oracle.safety
        for run in self._runs(name):
            was_over = Enrollment.objects.get(pk=run).state not in HELD_FROM
            if clear(run, self._coach, "seen by a physio", self._server.now):
                assert safety.is_limited(run), "a hold was lifted that nothing has opened"
                safety.lift(run)
                self._check_lifted(name, run, was_over=was_over)
            assert not safety.is_limited(run), "a hold was not lifted"
        safety.check_holds()

    def _check_lifted(self, name: str, run: int, *, was_over: bool) -> None:
        """Check that the course goes on from where it was. A bounce meanwhile has paused it."""
        if was_over or address(name) in self._oracle.bounced:
            return
        expected = State.PAUSED if run in self._oracle.paused else State.ACTIVE
        if run not in self._oracle.safety.screened:
            expected = State.SCREENING
        state = Enrollment.objects.get(pk=run).state
        assert state == expected, f"a lifted hold led to {state}, not to {expected}"

    def coach_acknowledges(self, name: str) -> None:
        for escalation in self._escalations(name):
            if escalations.acknowledge(escalation.pk, self._coach, self._server.now):
                self._oracle.alerts.heeded[escalation.pk] = self._server.now
            assert not escalations.acknowledge(escalation.pk, self._colleague, self._server.now)

    def coach_resolves(self, name: str) -> None:
        for escalation in self._escalations(name):
            assert escalations.resolve(escalation.pk, self._coach, self._server.now)
            self._oracle.alerts.resolved.add(escalation.pk)
        self._oracle.safety.check_holds()

    def _escalations(self, name: str) -> list[Escalation]:
        rows = Escalation.objects.unresolved().filter(enrollment__runner__email=address(name))
        return list(rows.order_by("pk"))

    def coach_answers(self, name: str) -> None:
        """Answer the oldest message, twice; and a colleague, who has not seen that, once more."""
        waiting = Message.objects.filter(enrollment__runner__email=address(name), direction="in")
        asked = waiting.filter(state__in=[Message.State.NEW, Message.State.READ]).order_by("pk").first()
        if asked is None:
            return
        text, now = self._text("Answer"), self._server.now
        try:
            said = answers.answer(asked.pk, self._coach, text, now)
        except answers.AnsweredAfterLeaving:
            assert asked.enrollment_id in self._oracle.left, "no answer, though the runner has not left"
            return
        self._oracle.thread.answered(text, asked.enrollment_id)
        assert answers.answer(asked.pk, self._coach, text, now) == said, "a form sent twice answers twice"
        with suppress(answers.AnsweredMeanwhile, answers.AnsweredAfterLeaving):
            answers.answer(asked.pk, self._colleague, self._text("Answer"), now)
            raise AssertionError("a message was answered by two")

    def coach_writes_a_note(self, name: str) -> None:
        self._notes(name, replaces=False)

    def coach_replaces_the_note(self, name: str) -> None:
        self._notes(name, replaces=True)

    def _notes(self, name: str, *, replaces: bool) -> None:
        if enrollment := self._newest(name):
            text = self._text("Note")
            with suppress(notes.NoLessonLeft):
                note = notes.note(enrollment.pk, self._coach, text, self._server.now, replaces=replaces)
                self._oracle.thread.noted(text, enrollment.pk, note.day, replaces=replaces)

    def coach_writes_a_memo(self, name: str) -> None:
        if enrollment := self._newest(name):
            notes.memo(enrollment.pk, self._coach, self._text("Memo"), self._server.now)
