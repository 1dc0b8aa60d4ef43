"""F12: two mails that cannot be composed: one raises an error, the other ends its process at once."""

from pathlib import Path
from time import time

from django.utils import timezone

from accounts.models import User
from challenge.models import Delivery, Program
from challenge.models.attempt import Phase
from tests.faults.report import Fault, Result, Scale
from tests.faults.send_loop import ENDS, RAISES
from tests.support.crowd import crowd
from tests.support.workers import Group, Mailroom, mailroom, wait_until

NEIGHBOURS = {Scale.SMALL: 20, Scale.FULL: 1000}
SENDERS = {Scale.SMALL: 1, Scale.FULL: 2}
MOST_LATE, TRIES = 60, 3
State = Delivery.State


def run(scale: Scale, folder: Path) -> Result:
    """Keep the waits and the lease that the product ships with at full size; small, move time on as soon as
    a sender has died."""
    neighbours = NEIGHBOURS[scale]
    enrollments = crowd(Program.objects.get(), neighbours + 2)
    for enrollment, name in zip(enrollments[:: neighbours + 1], (ENDS, RAISES), strict=True):
        User.objects.filter(pk=enrollment.runner_id).update(first_name=name)
    hurry = scale is Scale.SMALL
    pause = "0.2" if hurry else "10"
    with mailroom(folder, seconds=0, LEASE_SECONDS="45", SMTP_TIMEOUT="15", BATCH_SIZE="50") as room:
        watch = SenderWatch(
            [
                room.start("-m", "tests.faults.send_loop", "--poison", "--pause", pause)
                for _ in range(SENDERS[scale])
            ],
            hurry,
        )
        wait_until(watch.nothing_waits, 90 if hurry else 600, "all is sent or set aside", step=0.05)
        result = Result(neighbours + 2, 2, stall=last_arrival(room) - watch.began)
        arrived = room.arrived()
    poisoned = {name: Delivery.objects.get(enrollment__runner__first_name=name) for name in (ENDS, RAISES)}
    sound = Delivery.objects.exclude(pk__in=[row.pk for row in poisoned.values()])
    result.lost = sum(arrived[delivery.message_id] == 0 for delivery in sound)
    result.doubled = arrived.total() - len(arrived)
    result.uncertain = Delivery.objects.filter(uncertain=True).count()
    result.note = f"{watch.deaths} senders died; the last neighbour was {result.stall:.0f} s late"
    result.breaches = breaches(result, poisoned, watch.deaths)
    return result


class SenderWatch:
    """Starts senders again as they die. `began` is when the first mail was claimed (seconds since 1970)."""

    def __init__(self, senders: list[Group], hurry: bool) -> None:
        self._senders, self._hurry = senders, hurry
        self.began = 0.0
        self.deaths = 0

    def nothing_waits(self) -> bool:
        states = set(Delivery.objects.values_list("state", flat=True))
        if not self.began and states - {State.QUEUED}:
            self.began = time()
        for sender in self._senders:
            if sender.ended():
                self.deaths += 1
                if self._hurry:
                    Delivery.objects.filter(state=State.SENDING).update(leased_until=timezone.now())
                sender.start()
        if self._hurry:
            Delivery.objects.filter(state=State.RETRY).update(try_at=timezone.now())
        return bool(states) and states <= {State.SENT, State.FAILED}


def last_arrival(room: Mailroom) -> float:
    return max(float(line.split()[0]) for line in room.log.read_text().splitlines())


def breaches(result: Result, poisoned: dict[str, Delivery], deaths: int) -> list[str]:
    said = []
    if result.lost or result.doubled:
        said.append(f"of the neighbours {result.lost} were lost and {result.doubled} doubled")
    if result.uncertain > 1:
        said.append(f"{result.uncertain} are marked uncertain, but one can be")
    if result.stall is None or result.stall > MOST_LATE:
        said.append(f"a neighbour was {result.stall:.0f} s late")
    if deaths != TRIES:
        said.append(f"{deaths} senders died, not {TRIES}")
    for name, phase in ((ENDS, Phase.UNKNOWN), (RAISES, Phase.COMPOSE)):
        row = poisoned[name]
        phases = [attempt["phase"] for attempt in row.attempts]
        if (row.state, phases) != (State.FAILED, [phase] * TRIES):
            said.append(f"{name} is {row.state} after {phases}")
    return said


F12 = Fault(
    "Poison row: raises; ends its process", "set aside after 3 tries; neighbours at most 60 s late", run
)
