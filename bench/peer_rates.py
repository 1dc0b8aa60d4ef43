"""P3: others' ways to send the same mails, from queued to accepted and marked.

They run in an environment of their own, var/bench-venv, with what bench/peers.txt locks.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from django.db import connection

from bench import sample_mail, sinks
from bench.processes import Racer, race
from bench.results import Rate, Row, per_second
from bench.run import BenchmarkRun
from tests.support import ROOT

ENVIRONMENT = ROOT / "var" / "bench-venv"
LOCK = ROOT / "bench" / "peers.txt"
DATABASE = "peers"
OURS = "ours, 2 workers, the peers' count"
LOOP = "Django's EmailMultiAlternatives loop, 2 processes"
OFFICE = "django-post_office, 2 processes"
EACH = "one Celery task for each mail, 2 processes"


def measure(run: BenchmarkRun) -> None:
    sample = sample_mail.write_for_peers(run.services.folder / "sample.json")
    python = peers_python(install=run.scale.installs)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        cursor.execute(f"CREATE DATABASE {DATABASE}")
    with sinks.fastest() as port:
        peers = Peers(run, sample, port, python)
        sides: dict[str, Callable[[], float]] = {
            OURS: lambda: run.ours(2, run.scale.peer_mails, port),
            LOOP: peers.loop,
            EACH: peers.each,
        }
        if python:
            sides[OFFICE] = peers.office
        else:
            run.leave_out("django-post_office, which a run at full size installs")
        for name, side in sides.items():
            rate = side()
            run.found.rates[name] = Rate(name, [rate], run.scale.peer_mails)
            run.progress(f"{name}: {per_second(rate)}")
    rates = run.found.rates
    for what, name, bound in (("django-post_office", OFFICE, 10.0), ("one task for each mail", EACH, 20.0)):
        if name in rates:
            we, they = rates[OURS].median, rates[name].median
            beside = f"{name}: {per_second(they)}"
            row = Row("P3", f"Two workers beside {what}", per_second(we), beside, we / they, ">=", bound)
            run.found.rows.append(row)


def peers_python(install: bool) -> str | None:
    """Return the Python of the peers' environment, made anew when the lock has changed; None where it is
    missing and not to be installed."""
    stamp, lock = ENVIRONMENT / "peers.sha256", hashlib.sha256(LOCK.read_bytes()).hexdigest()
    python = str(ENVIRONMENT / "bin" / "python")
    if not (stamp.exists() and stamp.read_text() == lock):
        if not install:
            return None
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)], check=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--require-hashes", "-r", str(LOCK)], check=True)
        stamp.write_text(lock)
    return python


class Peers:
    """The peers' processes, under the Python of their own environment if that is there."""

    def __init__(self, run: BenchmarkRun, sample: Path, port: int, python: str | None) -> None:
        self._run, self._sample = run, str(sample)
        self._command = [python or sys.executable, "-m", "bench.peers"]
        database = connection.settings_dict
        self._environ = {
            "DJANGO_SETTINGS_MODULE": "bench.peers.settings",
            "PEER_DATABASE": DATABASE,
            "PEER_HOST": str(database["OPTIONS"].get("host") or database["HOST"]),
            "PEER_USER": str(database["USER"]),
            "MAIL_PORT": str(port),
            "WITH_POST_OFFICE": "1" if python else "",
        }

    def loop(self) -> float:
        return self._race("fill", *[("loop", self._sample, part, "2") for part in ("0", "1")])

    def each(self) -> float:
        return self._race("fill", ("each", self._sample))

    def office(self) -> float:
        return self._race("fill_office", ("office", str(self._run.services.folder)))

    def _race(self, fill: str, *programs: tuple[str, ...]) -> float:
        mails, folder = self._run.scale.peer_mails, self._run.services.folder
        filling = [*self._command, fill, self._sample, str(mails)]
        subprocess.run(filling, cwd=ROOT, env={**os.environ, **self._environ}, check=True)
        return mails / race(
            [
                Racer([*self._command, *program], self._environ, folder / f"peer.{number}.log")
                for number, program in enumerate(programs)
            ]
        )
