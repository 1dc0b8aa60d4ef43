"""F14: a worker is frozen in the middle of its batch until its lease has run out, and then goes on."""

from pathlib import Path
from signal import SIGCONT, SIGSTOP

from challenge.models import Program
from challenge.runtime.redis import serve
from tests.faults.kills import all_sent, judge
from tests.faults.outcome import Outcome, Scale
from tests.support.crowd import crowd
from tests.support.workers import Group, Mailroom, await_ready, mailroom, prompting, wait_until

TITLE = "Frozen worker: SIGSTOP past its lease, then SIGCONT"
BOUND = "at most what it had on the wire is doubled; its stale writes are refused"
TIMES = {Scale.SMALL: 1, Scale.FULL: 8}
MAILS = 40
REFUSED = "the lease was lost"


def run(scale: Scale, folder: Path) -> Outcome:
    times, program = TIMES[scale], Program.objects.get()
    with serve(folder / "redis") as redis_url, mailroom(folder, redis_url, seconds=0.2) as room:
        frozen = room.worker()
        await_ready(frozen)
        with prompting(redis_url):
            for number in range(times):
                crowd(program, MAILS, first=number * MAILS)
                freeze(room, frozen, number)
        outcome = judge(room, times * MAILS, times)
        refused = frozen.count(REFUSED)
    outcome.note = f"{refused} stale writes refused"
    return outcome


def freeze(room: Mailroom, frozen: Group, number: int) -> None:
    """Once: another worker sends what the frozen one held, and what that records late is refused."""
    room.wait_for_mail(room.arrived().total() + 3)
    frozen.signal(SIGSTOP)
    other = room.worker()
    wait_until(lambda: all_sent((number + 1) * MAILS), 120, "another sends what the frozen one held", 0.2)
    frozen.signal(SIGCONT)
    wait_until(lambda: frozen.said(REFUSED, number + 1), 30, "the stale result is refused")
    other.close()
