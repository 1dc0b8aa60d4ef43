"""P7 and P8: a hundred thousand lessons that are due at one instant, through beat and two Celery workers.

The whole way: enrollments become due, beat asks for a look, the planner makes ledger rows, workers send.
The instant lies half way between two looks of beat. Late is a mail by the time from the instant at which
it was due to the arrival of its last byte at the sink.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import quantiles
from time import monotonic, sleep

import psutil
from django.utils import timezone
from redis import Redis

from bench import queued_lessons, sinks
from bench.celery_workers import CeleryWorkers, waiting
from bench.rates import CELERY
from bench.results import Row, per_second
from bench.run import BenchmarkRun, check_all_sent
from challenge.celery import app
from challenge.models import Enrollment
from challenge.tasks import plan

SETTLED = 1000  # mails of each worker, after which its memory shall not grow
LONGEST = 1500


def measure(run: BenchmarkRun) -> None:
    """Make the lessons due, and look at the processes each second."""
    mails = run.scale.burst_mails
    arrivals = run.services.folder / "burst.log"
    arrivals.touch()
    with sinks.our_own(log=arrivals) as port, CeleryWorkers(run, port) as workers:
        queued_lessons.enroll(mails)
        rate = _rate(run, workers)
        queued_lessons.queue(mails, day=queued_lessons.DAY - 1, sent_at=timezone.now() - timedelta(days=1))
        seen = ProcessWatch(arrivals, arrivals.read_bytes().count(b"\n"))
        wait = app.conf.beat_schedule["plan"]["schedule"] / 2 if run.scale.with_beat else 1
        due = timezone.now() + timedelta(seconds=wait)
        Enrollment.objects.filter(id__in=Enrollment.objects.order_by("id")[:mails]).update(next_due_at=due)
        queued_lessons.settle_down(Enrollment)
        if run.scale.with_beat:
            workers.start("beat", "--schedule", str(run.services.folder / "beat"))
        else:
            sleep(max((due - timezone.now()).total_seconds(), 0))
            plan.delay()
        _watch(run, workers, seen, mails)
    _judge(run, seen.late(due.timestamp()), rate)
    _judge_memory(run, seen)


@dataclass
class ProcessWatch:
    """The memory of the processes and of Redis while they sent, in bytes, and the arrivals."""

    log: Path
    before: int  # lines of the log that are none of these arrivals
    settled: dict[int, int] = field(default_factory=dict)
    largest: dict[int, int] = field(default_factory=dict)
    redis: list[int] = field(default_factory=list)
    queue: list[int] = field(default_factory=list)

    def count(self) -> int:
        return self.log.read_bytes().count(b"\n") - self.before

    def late(self, due: float) -> list[float]:
        """Return by how many seconds each mail was late, in the order of arrival."""
        return [float(line.split()[0]) - due for line in self.log.read_text().splitlines()[self.before :]]


def _rate(run: BenchmarkRun, workers: CeleryWorkers) -> float:
    """Return mails a second through the workers: as measured before, or in one run now."""
    if CELERY in run.found.rates:
        workers.await_ready()
        return run.found.rates[CELERY].median
    return workers.send(min(5000, run.scale.burst_mails))


def _watch(run: BenchmarkRun, workers: CeleryWorkers, seen: ProcessWatch, mails: int) -> None:
    processes = [psutil.Process(group.pid) for group in workers.groups[: workers.count]]
    end, told = monotonic() + LONGEST, 0
    with Redis(unix_socket_path=str(run.services.redis_socket)) as redis:
        while (count := seen.count()) < mails or waiting():
            if monotonic() > end:
                raise RuntimeError(f"after {LONGEST} s {count:,} of {mails:,} mails have arrived")
            seen.redis.append(redis.info("memory")["used_memory"])
            seen.queue.append(redis.llen("celery"))
            for process in processes:
                for each in (process, *process.children()):
                    _look_at(each, seen, count >= SETTLED * workers.count)
            if count >= told + mails / 10:
                told = count
                run.progress(f"{count:,} of {mails:,} have arrived")
            sleep(1 if run.scale.with_beat else 0.1)
    check_all_sent(2 * mails)


def _look_at(process: psutil.Process, seen: ProcessWatch, is_settled: bool) -> None:
    size = process.memory_info().rss
    if is_settled:
        seen.settled.setdefault(process.pid, size)
        seen.largest[process.pid] = max(size, seen.largest.get(process.pid, 0))


def _judge(run: BenchmarkRun, late: list[float], rate: float) -> None:
    last, whole = quantiles(late, n=100)[-1], len(late) / rate
    we, beside = f"99 of 100 within {last:.1f} s", f"{len(late):,} at {per_second(rate)}: {whole:.1f} s"
    what = f"Lateness with {len(late):,} due at one instant"
    run.found.rows.append(Row("P7", what, we, beside, last / whole, "<=", 1.2))


def _judge_memory(run: BenchmarkRun, seen: ProcessWatch) -> None:
    grown = {pid: seen.largest[pid] / size for pid, size in seen.settled.items()}
    if grown:
        pid = max(grown, key=lambda pid: grown[pid])
        we, beside = f"{seen.largest[pid] / 2**20:.1f} MB", f"{seen.settled[pid] / 2**20:.1f} MB"
        what = "Memory of a worker's process, at most (of all of them, the one that grew most)"
        run.found.rows.append(
            Row("P8", what, we, f"after {SETTLED:,} mails: {beside}", grown[pid], "<=", 1.1)
        )
    ratio = max(seen.redis) / seen.redis[0]
    we = f"{max(seen.redis) / 2**20:.2f} MB, {max(seen.queue)} tasks waiting"
    beside = f"at the beginning {seen.redis[0] / 2**20:.2f} MB"
    run.found.rows.append(Row("P8", "Memory of Redis, at most", we, beside, ratio, "<=", 1.5))
