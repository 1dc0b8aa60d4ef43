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
from bench.stage import Stage, check_all_sent
from challenge.celery import app
from challenge.models import Enrollment
from challenge.tasks import plan

KEYS = ("P7", "P8")
WORKERS = 2
SETTLED = 1000  # mails of each worker, after which its memory shall not grow
LONGEST = 1500


def run(stage: Stage) -> None:
    """Let the morning come, and look at the processes each second."""
    mails = stage.scale.morning_mails
    arrivals = stage.ground.folder / "morning.log"
    with sinks.own(log=arrivals) as port, CeleryWorkers(stage, port, WORKERS) as workers:
        queued_lessons.enroll(mails)
        rate = _rate(stage, workers)
        queued_lessons.queue(mails, day=queued_lessons.DAY - 1, sent_at=timezone.now() - timedelta(days=1))
        seen = Seen(arrivals, arrivals.stat().st_size if arrivals.exists() else 0)
        wait = app.conf.beat_schedule["plan"]["schedule"] / 2 if stage.scale.with_beat else 1
        due = timezone.now() + timedelta(seconds=wait)
        Enrollment.objects.filter(id__in=Enrollment.objects.order_by("id")[:mails]).update(next_due_at=due)
        queued_lessons.settle_down(Enrollment)
        if stage.scale.with_beat:
            workers.start("beat", "--schedule", str(stage.ground.folder / "beat"))
        else:
            sleep(max((due - timezone.now()).total_seconds(), 0))
            plan.delay()
        _watch(stage, workers, seen, mails)
    _judge(stage, seen.late(due.timestamp()), rate)
    _judge_memory(stage, seen)


@dataclass
class Seen:
    """What was seen of the processes while they sent: bytes, by process, and of Redis."""

    arrivals: Path
    offset: int
    settled: dict[int, int] = field(default_factory=dict)
    largest: dict[int, int] = field(default_factory=dict)
    redis: list[int] = field(default_factory=list)
    queue: list[int] = field(default_factory=list)
    arrived: int = 0
    read_to: int = field(init=False)

    def __post_init__(self) -> None:
        self.read_to = self.offset

    def count(self) -> int:
        """How many mails have arrived."""
        if self.arrivals.exists():
            with self.arrivals.open("rb") as lines:
                lines.seek(self.read_to)
                new = lines.read()
            self.read_to += len(new)
            self.arrived += new.count(b"\n")
        return self.arrived

    def late(self, due: float) -> list[float]:
        """By how many seconds each mail was late, in the order of arrival."""
        with self.arrivals.open() as lines:
            lines.seek(self.offset)
            return [float(line.split()[0]) - due for line in lines]


def _rate(stage: Stage, workers: CeleryWorkers) -> float:
    """Mails a second through the workers: as measured before, or in one run now."""
    if CELERY in stage.found.rates:
        workers.await_ready()
        return stage.found.rates[CELERY].median
    return workers.send(min(5000, stage.scale.morning_mails))


def _watch(stage: Stage, workers: CeleryWorkers, seen: Seen, mails: int) -> None:
    processes = [psutil.Process(process.pid) for process in workers.processes[:WORKERS]]
    end, told = monotonic() + LONGEST, 0
    with Redis(unix_socket_path=str(stage.ground.redis_socket)) as redis:
        while (count := seen.count()) < mails or waiting():
            if monotonic() > end:
                raise RuntimeError(f"after {LONGEST} s {count:,} of {mails:,} mails have arrived")
            seen.redis.append(redis.info("memory")["used_memory"])
            seen.queue.append(redis.llen("celery"))
            for process in processes:
                for each in (process, *process.children()):
                    _look_at(each, seen, count)
            if count >= told + mails / 10:
                told = count
                stage.say(f"{count:,} of {mails:,} have arrived")
            sleep(1 if stage.scale.with_beat else 0.1)
    check_all_sent(2 * mails)


def _look_at(process: psutil.Process, seen: Seen, count: int) -> None:
    size = process.memory_info().rss
    if count >= SETTLED * WORKERS:
        seen.settled.setdefault(process.pid, size)
        seen.largest[process.pid] = max(size, seen.largest.get(process.pid, 0))


def _judge(stage: Stage, late: list[float], rate: float) -> None:
    last, whole = quantiles(late, n=100)[-1], len(late) / rate
    we, beside = f"99 of 100 within {last:.1f} s", f"{len(late):,} at {per_second(rate)}: {whole:.1f} s"
    what = f"Lateness with {len(late):,} due at one instant"
    stage.found.rows.append(Row("P7", what, we, beside, last / whole, "<=", 1.2))


def _judge_memory(stage: Stage, seen: Seen) -> None:
    grown = {pid: seen.largest[pid] / size for pid, size in seen.settled.items()}
    if grown:
        pid = max(grown, key=lambda pid: grown[pid])
        we, beside = f"{seen.largest[pid] / 2**20:.1f} MB", f"{seen.settled[pid] / 2**20:.1f} MB"
        what = "Memory of a worker's process, at most (of all of them, the one that grew most)"
        stage.found.rows.append(
            Row("P8", what, we, f"after {SETTLED:,} mails: {beside}", grown[pid], "<=", 1.1)
        )
    ratio = max(seen.redis) / seen.redis[0]
    we = f"{max(seen.redis) / 2**20:.2f} MB, {max(seen.queue)} tasks waiting"
    beside = f"at the beginning {seen.redis[0] / 2**20:.2f} MB"
    stage.found.rows.append(Row("P8", "Memory of Redis, at most", we, beside, ratio, "<=", 1.5))
