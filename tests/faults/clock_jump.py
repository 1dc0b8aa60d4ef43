"""F15: the machine's clock jumps by an hour or a day, back and forth, all through a course: between two
rounds of the workers, and within a batch, while a message is on the wire."""

import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

from challenge.models import Delivery, Enrollment
from tests.faults.reconciliation import Reconciliation, arrivals
from tests.faults.report import Fault, Result, Scale
from tests.faults.simulation import SimulatedWorkers, site_mail_server
from tests.faults.zones import runners_worldwide

RUNNERS = {Scale.SMALL: 3, Scale.FULL: 120}
JUMPS = [timedelta(hours=1), timedelta(hours=-1), timedelta(days=1), timedelta(days=-1)]
START = datetime(2026, 3, 20, 8, tzinfo=UTC)
# A jump comes this often at most; one of three while a message is on the wire.
LEAST, MOST = 3, 24
ROUNDS = 400
SEED = 15
BEAT = timedelta(minutes=1)
# The goodbye follows a week after the course.
REST = timedelta(days=10)
LENGTH = 21


def run(scale: Scale, folder: Path) -> Result:
    enrollments = runners_worldwide(RUNNERS[scale], START)
    workers = JumpingWorkers(START)
    with site_mail_server(workers.jump_on_the_wire) as server:
        workers.run_the_course()
        found = Reconciliation(arrivals(server))
        order = [message.message_id for message in server.accepted]
    result = found.result(found.arrived.total(), workers.jumps)
    result.breaches += out_of_order(enrollments, order)
    result.note = f"{len(enrollments)} courses, {workers.in_flight} jumps with a message on the wire"
    return result


class JumpingWorkers(SimulatedWorkers):
    def __init__(self, now: datetime) -> None:
        super().__init__(now, BEAT)
        self._chance = random.Random(SEED)
        self._is_armed = False
        self.jumps = self.in_flight = 0

    def jump_on_the_wire(self, phase: str, recipient: str) -> None:
        if phase == "answer" and self._is_armed:
            self._is_armed = False
            self.in_flight += 1
            self._jump()

    def run_the_course(self) -> None:
        for _round in range(ROUNDS):
            self.run_until(self.now + timedelta(hours=self._chance.randint(LEAST, MOST)))
            if not Enrollment.objects.filter(state=Enrollment.State.ACTIVE).exists():
                break
            if self._chance.randrange(3):
                self._jump()
            else:
                self._is_armed = True
        self.run_until(self.now + REST)

    def _jump(self) -> None:
        self.jumps += 1
        self.now += self._chance.choice(JUMPS)


def out_of_order(enrollments: list[Enrollment], order: list[str]) -> list[str]:
    """Name the runners whose 21 lessons did not arrive one after the other, a sentence each."""
    lessons = Delivery.objects.filter(kind=Delivery.Kind.LESSON)
    known = {lesson.message_id: (lesson.enrollment_id, lesson.day) for lesson in lessons}
    days = defaultdict(list)
    for message_id in order:
        if message_id in known:
            enrollment, day = known[message_id]
            days[enrollment].append(day)
    all_of_them = list(range(1, LENGTH + 1))
    return [f"runner {one.pk} got {days[one.pk]}" for one in enrollments if days[one.pk] != all_of_them]


F15 = Fault("Clock jump, an hour or a day, back and forth", "0 lost, 0 doubled", run)
