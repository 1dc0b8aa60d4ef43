"""F1, F2, F13, F14 and F20: workers are killed, doubled, frozen and stopped while mail flows."""

import random
from functools import partial
from pathlib import Path
from signal import SIGCONT, SIGSTOP, SIGTERM
from time import monotonic

from challenge.models import Program
from challenge.runtime.redis import serve
from tests.faults.reconciliation import all_sent, reconcile
from tests.faults.report import Fault, Result, Scale
from tests.support.crowd import crowd
from tests.support.workers import Group, Mailroom, await_ready, is_ready, mailroom, prompting, wait_until

SEED = 20261121
# Mails and kills.
KILLS = {Scale.SMALL: (120, 2), Scale.FULL: (10_000, 20)}
KILLS_ON_SQLITE = {Scale.SMALL: (120, 2), Scale.FULL: (5000, 10)}
SCHEDULED = {Scale.SMALL: 100, Scale.FULL: 5000}
SCHEDULERS = 3
FREEZES = {Scale.SMALL: 1, Scale.FULL: 8}
FREEZE_MAILS = 40
REFUSED = "the lease was lost"
STOPS = {Scale.SMALL: (120, 2), Scale.FULL: (6000, 20)}
# One message of 10 ms is in hand; the tasks of a pool are over well before a drain's 20 s.
LONGEST_STOP = 15.0


def moments(mails: int, count: int) -> list[int]:
    """Return after how many mails to strike; the seed is fixed, the exact instant is chance."""
    return sorted(random.Random(SEED).sample(range(mails // 20, mails * 17 // 20), count))


def kill_workers(sizes: dict[Scale, tuple[int, int]], scale: Scale, folder: Path) -> Result:
    """The server takes 10 ms for each mail, so that nearly every kill hits one on the wire."""
    mails, kills = sizes[scale]
    crowd(Program.objects.get(), mails)
    with serve(folder / "redis") as redis_url, mailroom(folder, redis_url, seconds=0.01) as room:
        workers = [room.worker(), room.worker()]
        await_ready(*workers)
        with prompting(redis_url):
            for number, moment in enumerate(moments(mails, kills)):
                room.wait_for_mail(moment, 120)
                worker = workers[number % 2]
                wait_until(lambda: is_ready(worker), 60, "the worker to be killed is up")  # noqa: B023
                worker.kill()
                worker.start()
            wait_until(lambda: all_sent(mails), 300, f"all are sent, seed {SEED}", 0.2)
        return reconcile(room, mails, kills, room.longest_gap(), kills=kills)


def run_schedulers(scale: Scale, folder: Path) -> Result:
    """Run three beats, three workers and three loops of `send_due` for the same runners."""
    mails, program = SCHEDULED[scale], Program.objects.get()
    with serve(folder / "redis") as redis_url, mailroom(folder, redis_url, seconds=0.005) as room:
        await_ready(*[room.worker() for _ in range(SCHEDULERS)])
        for _ in range(SCHEDULERS):
            room.beat()
            room.send_due("--loop")
        for tenth in range(10):  # so that all of them have begun before the last are due
            crowd(program, mails // 10, first=tenth * mails // 10)
            room.wait_for_mail(tenth * mails // 10, 120)
        room.wait_for_mail(mails, 300)
        return reconcile(room, mails, SCHEDULERS, None)


def freeze_workers(scale: Scale, folder: Path) -> Result:
    """Freeze a worker in its batch until the lease has run out, then let it go on."""
    times, program = FREEZES[scale], Program.objects.get()
    with serve(folder / "redis") as redis_url, mailroom(folder, redis_url, seconds=0.2) as room:
        frozen = room.worker()
        await_ready(frozen)
        with prompting(redis_url):
            for number in range(times):
                crowd(program, FREEZE_MAILS, first=number * FREEZE_MAILS)
                freeze(room, frozen, number)
        result = reconcile(room, times * FREEZE_MAILS, times, room.longest_gap(), kills=times)
        result.note = f"{frozen.count(REFUSED)} stale writes refused"
    return result


def freeze(room: Mailroom, frozen: Group, number: int) -> None:
    """Freeze once: another worker sends the frozen one's mails, and late records are refused."""
    room.wait_for_mail(room.arrived().total() + 3)
    frozen.signal(SIGSTOP)
    other = room.worker()
    sent = (number + 1) * FREEZE_MAILS
    wait_until(lambda: all_sent(sent), 120, "another sends what the frozen one held", 0.2)
    frozen.signal(SIGCONT)
    wait_until(lambda: frozen.said(REFUSED, number + 1), 30, "the stale result is refused")
    other.close()


def stop_workers(scale: Scale, folder: Path) -> Result:
    """Ask workers to end under load, as an update does it, and start them again."""
    mails, stops = STOPS[scale]
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
        result = reconcile(room, mails, stops, room.longest_gap(), longest=60)
    result.note = f"slowest stop {slowest:.1f} s"
    if slowest > LONGEST_STOP:
        result.breaches.append(f"a stop took {slowest:.1f} s")
    return result


def stop(worker: Group, number: int) -> float:
    """Stop a worker by a signal to its first process, as Docker does, or to all of them, as systemd does, and
    start it again. Return how many seconds it took to end."""
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


ONE_FOR_EACH_KILL = "0 lost, at most one doubled for each kill, every doubtful one marked uncertain"
F1 = Fault("Worker death: kill -9 of 2 workers under load", ONE_FOR_EACH_KILL, partial(kill_workers, KILLS))
F2 = Fault("Worker death on SQLite", ONE_FOR_EACH_KILL, partial(kill_workers, KILLS_ON_SQLITE))
F13 = Fault("Three schedulers: beats, workers and loops without a broker", "0 doubled", run_schedulers)
F14 = Fault(
    "Frozen worker: SIGSTOP past its lease, then SIGCONT",
    "at most what it had on the wire is doubled; its stale writes are refused",
    freeze_workers,
)
F20 = Fault("Deploys: SIGTERM of 2 workers under load", "0 lost, 0 doubled, none doubtful", stop_workers)
