"""F6: PostgreSQL crashes while mail flows: an immediate stop, as after a power cut, and a start later."""

import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.db import connection

from challenge.models import Program
from challenge.runtime.redis import serve
from tests.faults.reconciliation import Reconciliation, all_sent
from tests.faults.report import Fault, Result, Scale
from tests.faults.worker_faults import SEED, moments
from tests.support.crowd import crowd
from tests.support.restores import Dump
from tests.support.with_postgres import postgres
from tests.support.workers import await_ready, mailroom, prompting, wait_until

SIZES = {Scale.SMALL: (100, 1), Scale.FULL: (5000, 10)}
WORKERS = 2
# What a sender has in flight: a message on the wire, and the record of the one before it.
IN_FLIGHT = 2
LONGEST_ABSENCE = 2.0


class CrashingServer:
    def __init__(self, server: Any) -> None:
        self._server = server
        self.host = parse_qs(urlsplit(server.get_uri()).query)["host"][0]

    def crash(self) -> None:
        """Stop it without writing anything more, so that every connection breaks."""
        self._control("-m", "immediate", "stop")

    def recover(self) -> None:
        options = f'-h "" -k {self.host}'
        self._control("-o", options, "-l", str(self._server.pgdata / "log"), "start")

    def _control(self, *words: str) -> None:
        control, data = self._server.bin_path / "pg_ctl", self._server.pgdata
        command = [str(control), "-w", "-t", "120", "-D", str(data), *words]
        quiet = subprocess.DEVNULL
        subprocess.run(command, check=True, stdout=quiet, stderr=quiet, user=self._server.system_user)


@contextmanager
def own_server() -> Iterator[CrashingServer]:
    """Run a server with a copy of this process's database, which this process uses meanwhile."""
    before = connection.settings_dict
    with postgres("crash") as (folder, wheel):
        server, dump = CrashingServer(wheel), Dump(folder)
        connection.close()
        here = {"NAME": "postgres", "USER": "postgres", "PASSWORD": "", "HOST": "", "PORT": ""}
        connection.settings_dict = {**before, **here, "OPTIONS": {**before["OPTIONS"], "host": server.host}}
        try:
            dump.restore()
            yield server
        finally:
            connection.close()
            connection.settings_dict = before


def run(scale: Scale, folder: Path) -> Result:
    mails, crashes = SIZES[scale]
    lease = "10" if scale is Scale.SMALL else "45"
    with own_server() as server, serve(folder / "redis") as redis_url:
        crowd(Program.objects.get(), mails)
        with mailroom(folder, redis_url, seconds=0.01, LEASE_SECONDS=lease) as room:
            workers = [room.worker() for _ in range(WORKERS)]
            await_ready(*workers)
            with prompting(redis_url):
                for moment in moments(mails, crashes):
                    room.wait_for_mail(moment, 120)
                    connection.close()
                    server.crash()
                    sleep(random.uniform(0, LONGEST_ABSENCE))
                    server.recover()
                wait_until(lambda: all_sent(mails), 300, f"all are sent, seed {SEED}", 0.2)
            gap, found = room.longest_gap(), Reconciliation(room.arrived())
            restarted = sum(worker.ended() for worker in workers)
    in_flight = crashes * WORKERS * IN_FLIGHT
    result = found.result(mails, crashes, gap, most_doubled=in_flight, most_uncertain=None)
    if restarted:
        result.breaches.append(f"{restarted} workers ended")
    return result


F6 = Fault(
    "PostgreSQL crash: immediate stop under load",
    "0 lost, at most the mails in flight are doubled, heals by itself",
    run,
)
