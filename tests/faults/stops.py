"""F20: workers are asked to end under load, as an update does it, and started again."""

from pathlib import Path
from signal import SIGTERM
from time import monotonic

from challenge.models import Program
from challenge.runtime.redis import serve
from tests.faults.kills import moments
from tests.faults.outcome import Outcome, Scale
from tests.faults.redis_kills import judge
from tests.support.crowd import crowd
from tests.support.workers import Group, await_ready, is_ready, mailroom, prompting, wait_until

TITLE = "Deploys: SIGTERM of 2 workers under load"
BOUND = "0 lost, 0 doubled, none doubtful"
SIZES = {Scale.SMALL: (120, 2), Scale.FULL: (6000, 20)}
# With one message of 10 ms in hand; the tasks of a pool are over well before a drain's 20 s.
MOST_SECONDS = 15.0


def run(scale: Scale, folder: Path) -> Outcome:
    mails, stops = SIZES[scale]
    slowest = 0.0
    crowd(Program.objects.get(), mails)
    with serve(folder / "redis") as redis_url, mailroom(folder, redis_url, seconds=0.01) as room:
        workers = [room.worker(), room.worker()]
        await_ready(*workers)
        with prompting(redis_url):
            for number, moment in enumerate(moments(mails, stops)):
                room.wait_for_mail(moment, 120)
                slowest = max(slowest, stop(workers[number % 2], number))
            room.wait_for_mail(mails, 300)
        outcome = judge(room, mails, stops, room.longest_gap())
    outcome.note = f"slowest stop {slowest:.1f} s"
    if slowest > MOST_SECONDS:
        outcome.breaches.append(f"a stop took {slowest:.1f} s")
    return outcome


def stop(worker: Group, number: int) -> float:
    """One stop of a worker that is up, and its start: to its first process, as Docker does it, or to all
    of them, as systemd does. Returns how many seconds it took to end."""
    wait_until(lambda: is_ready(worker), 60, "the worker to be stopped is up")
    began = monotonic()
    if number // 2 % 2:
        worker.signal(SIGTERM)
    else:
        worker.ask_to_end()
    worker.exit_code(60)
    took = monotonic() - began
    worker.start()
    return took
