"""The promises, checked against what reached the mail server and what the ledger records.

The oracle knows who may not be written to from the model's own actions, not from the product's states."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import models

from challenge import schedule
from challenge.models import Delivery, Enrollment
from tests.faults.model.alerts import Alerts
from tests.faults.model.erasing import Erasing
from tests.faults.model.forms import Forms
from tests.faults.model.safety import Safety
from tests.faults.model.server import ARRIVES, Behaviour, Handover
from tests.faults.model.thread import Thread
from tests.faults.report import Result

Kind, State = Delivery.Kind, Delivery.State
DOUBTFUL = ("answer", "unknown")
# What a sender holds while its runner moves may still leave with its batch.
IN_HAND = timedelta(seconds=10)
UNDO_FOR = timedelta(days=7)
# What answers somebody who has left, or is not of the course.
AFTER_LEAVING = {Kind.ERASING, Kind.ANSWER}
# Mail that answers a runner does so at once; any other waits for the day.
AT_ONCE = timedelta(hours=1)


@dataclass(frozen=True)
class Lesson:
    """A first sending of a lesson that arrived, and the zone of the runner's clock then."""

    day: int
    at: datetime
    zone: str


def _by_day(delivery: Delivery, enrollment: Enrollment, at: datetime) -> bool:
    """Return whether a delivery may leave at an instant, by the runner's clock."""
    if delivery.kind == Kind.LESSON and delivery.copy == 0:
        return schedule.open_window(at, enrollment.send_at, enrollment.zone) is not None
    if delivery.kind != Kind.LESSON and at - delivery.due_at < AT_ONCE:
        return True
    return time(7) <= at.astimezone(enrollment.zone).time() < time(21)


class Oracle:
    """Checks each message as it arrives, and the ledger when asked. Raises AssertionError."""

    def __init__(self) -> None:
        # The runs that their runners have left, and when.
        self.left: dict[int, datetime] = {}
        # How many mails may still say to an address that its runner has left, and which ones did.
        self._farewells: Counter[str] = Counter()
        self._said: set[str] = set()
        self.paused: dict[int, datetime] = {}
        # The addresses that the server knows nobody of now, and those of which it ever said so.
        self.suppressed: set[str] = set()
        self.bounced: set[str] = set()
        self.lessons: dict[int, list[Lesson]] = defaultdict(list)
        self.asked: set[int] = set()
        self.asked_for_page: set[str] = set()
        self.moved: dict[int, datetime] = {}
        self.behaviours: Counter[Behaviour] = Counter()
        self._times: Counter[str] = Counter()
        self._recorded: set[str] = set()
        self.erasing, self.forms = Erasing(self.forget_erased), Forms()
        self.safety, self.alerts, self.thread = Safety(), Alerts(), Thread()

    def on_message(self, handover: Handover) -> None:
        self.behaviours[handover.behaviour] += 1
        delivery = (
            Delivery.objects.select_related("enrollment__runner").filter(pk=handover.delivery_id).first()
        )
        assert delivery, "mail to somebody who was erased"
        assert handover.recipient not in self.suppressed, f"{delivery} to a suppressed address"
        arrives = handover.behaviour in ARRIVES
        if delivery.enrollment is None:
            self.alerts.check(delivery, handover, arrives=arrives)
        else:
            self._check(delivery, delivery.enrollment, handover)
        if arrives:
            self._times[handover.delivery_id] += 1
            if handover.behaviour is Behaviour.KEEP:
                self._recorded.add(handover.delivery_id)

    def _check(self, delivery: Delivery, enrollment: Enrollment, handover: Handover) -> None:
        """Check a message to a runner."""
        assert handover.recipient == enrollment.runner.email
        self.alerts.check_other(delivery)
        self.erasing.check(delivery, handover.recipient)
        self.forms.check(delivery, handover)
        has_left, text = enrollment.pk in self.left, handover.text
        self.safety.check(delivery, enrollment, text)
        self.thread.check(delivery, text, has_left=has_left, arrives=handover.behaviour in ARRIVES)
        if delivery.kind == Kind.OWN_PAGE:
            assert handover.recipient in self.asked_for_page, f"{delivery} that nobody asked for"
        elif delivery.kind == Kind.LEFT or (has_left and delivery.kind not in AFTER_LEAVING):
            self._check_farewell(delivery, enrollment)
        if delivery.kind == Kind.LESSON:
            assert enrollment.pk not in self.paused, f"{delivery} in a pause"
        if handover.at - self.moved.get(enrollment.pk, datetime.min.replace(tzinfo=UTC)) > IN_HAND:
            assert _by_day(delivery, enrollment, handover.at), f"{delivery} at night"
        if handover.behaviour not in ARRIVES:
            return
        if delivery.kind in (Kind.CONFIRMATION, Kind.REMINDER):
            self.asked.add(enrollment.pk)
        if delivery.kind == Kind.LESSON and delivery.copy == 0:
            self._follow(enrollment, Lesson(delivery.day, handover.at, enrollment.time_zone))

    def confirm(self, enrollment: Enrollment, runs: list[int], *, health: bool) -> None:
        """Learn that a runner of these runs has confirmed one."""
        address = enrollment.runner.email
        self.forms.confirmed(enrollment)
        self.safety.begin_anew(enrollment.pk, runs)
        without = self.safety.without_consent
        without.discard(address) if health else without.add(address)
        self.safety.check_holds()

    def _check_farewell(self, delivery: Delivery, enrollment: Enrollment) -> None:
        """Check that after leaving nothing comes but one mail that says so, and after one click not even
        that. A mail that may have arrived comes twice. The link to the own page comes when asked for."""
        assert delivery.kind == Kind.LEFT, f"{delivery} after leaving"
        assert enrollment.pk in self.left, f"{delivery} to somebody who has not left"
        if str(delivery.pk) not in self._said:
            self._said.add(str(delivery.pk))
            self._farewells[enrollment.runner.email] -= 1
        assert self._farewells[enrollment.runner.email] >= 0, f"{delivery} twice, or after one click"

    def leave(self, address: str, runs: list[int], now: datetime, *, mails: bool) -> None:
        """Learn that a runner has left these runs."""
        self.left |= dict.fromkeys(runs, now)
        self.thread.leave(runs)
        self._farewells[address] = int(mails)

    def may_come_back(self, runs: list[int], now: datetime) -> list[int]:
        """Return those of all runs of a runner that an undo leads back to: the ones of the last leaving, for
        seven days, while no other goes on."""
        if not all(run in self.left for run in runs):
            return []
        last = max(self.left[run] for run in runs)
        return [run for run in runs if self.left[run] == last] if now - last < UNDO_FOR else []

    def come_back(self, address: str, runs: list[int]) -> None:
        for run in runs:
            del self.left[run]
        self._farewells[address] = 0

    def on_answer(self, handover: Handover) -> None:
        """Learn how the server answered a message; whatever happened meanwhile was before. Nothing is learned
        of the address of somebody who was erased in between."""
        is_kept = Delivery.objects.filter(pk=handover.delivery_id).exists()
        if handover.behaviour is Behaviour.NOBODY and is_kept:
            self.suppressed.add(handover.recipient)
            self.bounced.add(handover.recipient)

    def _follow(self, enrollment: Enrollment, lesson: Lesson) -> None:
        """Check that a lesson arrives after the ones before it."""
        before = self.lessons[enrollment.pk][-1:]
        self.lessons[enrollment.pk].append(lesson)
        last = before[0].day if before else 0
        skipped = set(range(last + 1, lesson.day))
        assert not skipped or skipped <= self._over(enrollment), f"day {lesson.day} before {skipped}"
        assert lesson.day >= last, f"day {lesson.day} after day {last}"
        if not before or lesson.day == last:
            return
        gap = lesson.at - before[0].at
        assert gap >= schedule.LEAST_GAP, f"day {lesson.day} came {gap} after day {last}"
        zone = ZoneInfo(lesson.zone)
        dates = [schedule.local_date(one.at, zone) for one in (before[0], lesson)]
        assert dates[0] < dates[1], f"days {last} and {lesson.day} on {dates[1]}"

    def _over(self, enrollment: Enrollment) -> set[int]:
        """Return the days that are over without having arrived: the server refused them for good, or it
        received them twice as a whole without an answer."""
        lessons = Delivery.objects.filter(enrollment=enrollment, kind=Kind.LESSON, copy=0)
        in_doubt = models.Q(state=State.SENT, uncertain=True)
        return set(lessons.filter(models.Q(state=State.FAILED) | in_doubt).values_list("day", flat=True))

    def count_into(self, result: Result) -> None:
        """Add this run's mails and faults to a row of the table."""
        result.mails += self.behaviours.total()
        result.injected += self.behaviours.total() - self.behaviours[Behaviour.KEEP]
        result.doubled += self._times.total() - len(self._times)
        result.uncertain += Delivery.objects.filter(uncertain=True).count()

    def last_day(self, enrollment: Enrollment) -> int:
        """Return the day of the last lesson that arrived, or 0."""
        lessons = self.lessons[enrollment.pk]
        return lessons[-1].day if lessons else 0

    def forget_erased(self) -> None:
        """Forget what is no longer in the ledger."""
        there = {str(key) for key in Delivery.objects.values_list("pk", flat=True)}
        self._recorded &= there
        self._times = Counter({key: count for key, count in self._times.items() if key in there})

    def add_up(self) -> None:
        """Check that every message that was taken and recorded is sent in the ledger, every sent row was
        taken, and what may have arrived twice says so."""
        rows = {str(delivery.pk): delivery for delivery in Delivery.objects.all()}
        for key in self._recorded:
            assert rows[key].state == State.SENT, f"{rows[key]} was taken and is {rows[key].state}"
        for key, delivery in rows.items():
            times = self._times[key]
            failed = [attempt for attempt in delivery.attempts if attempt["phase"] == "compose"]
            assert not failed, f"{delivery} could not be composed: {failed[0]['answer']}"
            doubts = sum(
                attempt["outcome"] == "uncertain" and attempt["phase"] in DOUBTFUL
                for attempt in delivery.attempts
            )
            if delivery.state == State.SENT:
                assert times or doubts > 1, f"{delivery} is sent and never arrived"
            assert times < 2 or delivery.uncertain, f"{delivery} came {times} times and is not marked"
            held = delivery.state == State.SENDING
            assert times <= 1 + doubts + held, f"{delivery} came {times} times with {doubts} doubts"
            assert not times or delivery.state in (State.SENT, State.SENDING) or delivery.uncertain, (
                f"{delivery} arrived and is {delivery.state}"
            )
