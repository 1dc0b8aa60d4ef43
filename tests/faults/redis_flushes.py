"""F4: Redis is emptied again and again while mail flows."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from redis import Redis

from challenge.models import Program
from challenge.runtime.redis import Server
from tests.faults.outcome import Outcome, Scale
from tests.faults.redis_kills import BEATS, BOUND_SECONDS, judge
from tests.support.crowd import crowd
from tests.support.workers import await_ready, mailroom

TITLE = "Redis emptied: FLUSHALL every 5 s under load"
BOUND = "0 lost, 0 doubled"
# How many times a crowd's mail falls due, and how many seconds lie between two flushes.
SIZES = {Scale.SMALL: (2, 0.5), Scale.FULL: (6, 5.0)}
MAILS = 100


def run(scale: Scale, folder: Path) -> Outcome:
    crowds, pause = SIZES[scale]
    longest = 0.0
    server = Server(folder / "redis")
    server.start()
    try:
        with mailroom(folder, server.url, seconds=0.02) as room, emptied(server, pause) as flushes:
            await_ready(room.worker(), room.worker())
            room.beat(BEATS[scale])
            for number in range(crowds):
                crowd(Program.objects.get(), MAILS, first=number * MAILS)
                began = monotonic()
                room.wait_for_mail((number + 1) * MAILS, 4 * BOUND_SECONDS)
                longest = max(longest, monotonic() - began)
            # A beat's word may be lost with the flush, and the next one comes ten seconds later.
            return judge(room, crowds * MAILS, len(flushes), longest, 2 * BOUND_SECONDS)
    finally:
        server.close()


@contextmanager
def emptied(server: Server, pause: float) -> Iterator[list[float]]:
    """Empty Redis every `pause` seconds while the context lasts; the list grows with each time."""
    over, flushes = threading.Event(), list[float]()

    def flush() -> None:
        with Redis(unix_socket_path=str(server.path)) as client:
            while not over.wait(pause):
                client.flushall()
                flushes.append(monotonic())

    thread = threading.Thread(target=flush)
    thread.start()
    try:
        yield flushes
    finally:
        over.set()
        thread.join()
