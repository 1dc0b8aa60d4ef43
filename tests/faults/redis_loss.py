"""F3 and F4: Redis is killed, or emptied, again and again while mail flows."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from celery import Celery
from redis import Redis

from challenge.models import Program
from challenge.runtime.redis import Server
from tests.faults.reconciliation import reconcile
from tests.faults.report import Fault, Result, Scale
from tests.faults.worker_faults import SEED
from tests.support.crowd import crowd
from tests.support.threads import repeating
from tests.support.workers import Mailroom, await_ready, mailroom

KILLS = {Scale.SMALL: 1, Scale.FULL: 15}
# How many times a crowd's mail falls due, and how many seconds lie between two flushes.
FLUSHES = {Scale.SMALL: (2, 0.5), Scale.FULL: (6, 5.0)}
# The product's own interval is too long for the suite.
BEATS = {Scale.SMALL: "tests.support.quick_beat", Scale.FULL: "challenge.celery"}
MAILS, FLUSHED_MAILS = 40, 100
LONGEST_ABSENCE = 3.0
BOUND_SECONDS = 60.0


@contextmanager
def redis_and_senders(scale: Scale, folder: Path, workers: int = 2) -> Iterator[tuple[Server, Mailroom]]:
    server = Server(folder / "redis")
    server.start()
    try:
        with mailroom(folder, server.url, seconds=0.02) as room:
            await_ready(*[room.worker() for _ in range(workers)])
            room.beat(BEATS[scale])
            yield server, room
    finally:
        server.close()


def kill_redis(scale: Scale, folder: Path) -> Result:
    times, chance, longest = KILLS[scale], random.Random(SEED), 0.0
    with redis_and_senders(scale, folder) as (server, room):
        for number in range(times):
            resumed = kill_once(server, room, 2 * number * MAILS, chance.uniform(0, LONGEST_ABSENCE))
            longest = max(longest, resumed)
        return reconcile(room, 2 * times * MAILS, times, longest, longest=BOUND_SECONDS)


def kill_once(server: Server, room: Mailroom, before: int, absence: float) -> float:
    """Kill Redis while mail flows, and start it again. Return the seconds until all mail had left that fell
    due just then."""
    program = Program.objects.get()
    crowd(program, MAILS, first=before)
    with Celery(broker=server.url, set_as_current=False) as app:
        app.send_task("challenge.tasks.plan")  # at once, as the site asks for it
    room.wait_for_mail(before + 5, 2 * BOUND_SECONDS)
    server.kill()
    sleep(absence)
    crowd(program, MAILS, first=before + MAILS)
    server.start()
    began = monotonic()
    room.wait_for_mail(before + 2 * MAILS, 2 * BOUND_SECONDS)
    return monotonic() - began


def flush_redis(scale: Scale, folder: Path) -> Result:
    crowds, pause = FLUSHES[scale]
    longest, flushes = 0.0, list[float]()
    with (
        redis_and_senders(scale, folder) as (server, room),
        Redis(unix_socket_path=str(server.path)) as redis,
    ):

        def flush() -> None:
            redis.flushall()
            flushes.append(monotonic())

        with repeating(pause, flush):
            for number in range(crowds):
                crowd(Program.objects.get(), FLUSHED_MAILS, first=number * FLUSHED_MAILS)
                began = monotonic()
                room.wait_for_mail((number + 1) * FLUSHED_MAILS, 4 * BOUND_SECONDS)
                longest = max(longest, monotonic() - began)
        # A beat's message may be lost with the flush, and the next one comes ten seconds later.
        mails = crowds * FLUSHED_MAILS
        return reconcile(room, mails, len(flushes), longest, longest=2 * BOUND_SECONDS)


F3 = Fault(
    "Redis death: killed and started again under load",
    "0 lost, 0 doubled, sending resumes within 60 s each time",
    kill_redis,
)
F4 = Fault("Redis emptied: FLUSHALL every 5 s under load", "0 lost, 0 doubled", flush_redis)
