"""P3: others' ways to send the same mails, from queued to accepted and marked."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import run as call

from django.db import connection

from bench import environment, sample_mail, sinks
from bench.processes import Runner, race
from bench.results import Rate, Row, per_second
from bench.stage import Stage
from tests.support import ROOT

KEYS = ("P3",)
DATABASE = "peers"
OURS = "ours, 2 workers, the peers' count"
LOOP = "Django's EmailMultiAlternatives loop, 2 processes"
OFFICE = "django-post_office, 2 processes"
EACH = "one Celery task for each mail, 2 processes"


def run(stage: Stage) -> None:
    """Send the same count by each of them, one after another."""
    path = sample_mail.write_for_peers(stage.ground.folder / "letter.json")
    own = environment.install() if stage.scale.installs else environment.python()
    _make_database()
    with sinks.swift() as port:
        peers = Peers(stage, path, port, own)
        sides: dict[str, Callable[[], float]] = {
            OURS: lambda: stage.ours(2, stage.scale.peer_mails, port),
            LOOP: peers.loop,
            EACH: peers.each,
        }
        if own:
            sides[OFFICE] = peers.office
        else:
            stage.leave_out("django-post_office, which a run at full size installs")
        for name, side in sides.items():
            rate = side()
            stage.found.rates[name] = Rate(name, [rate], stage.scale.peer_mails)
            stage.say(f"{name}: {per_second(rate)}")
    _compare(stage)


def _compare(stage: Stage) -> None:
    rates = stage.found.rates
    for what, name, bound in (("django-post_office", OFFICE, 10.0), ("one task for each mail", EACH, 20.0)):
        if name in rates:
            we, they = rates[OURS].median, rates[name].median
            beside = f"{name}: {per_second(they)}"
            row = Row("P3", f"Two workers beside {what}", per_second(we), beside, we / they, ">=", bound)
            stage.found.rows.append(row)


def _make_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        cursor.execute(f"CREATE DATABASE {DATABASE}")


class Peers:
    """The peers' processes, under the Python of their own environment if that is there."""

    def __init__(self, stage: Stage, path: Path, port: int, own: Path | None) -> None:
        self._stage, self._path, self._port = stage, path, port
        self._python = str(own or sys.executable)
        self._with_post_office = "1" if own else ""

    def loop(self) -> float:
        self._stock("mails")
        return self._race(*[("bench.peers.loop", str(self._path), str(part), "2") for part in (0, 1)])

    def each(self) -> float:
        self._stock("mails")
        return self._race(("bench.peers.each", str(self._path)))

    def office(self) -> float:
        self._stock("post_office")
        return self._race(("bench.peers.office", str(self._stage.ground.folder)))

    def _stock(self, kind: str) -> None:
        command = [
            self._python,
            "-m",
            "bench.peers.stock",
            str(self._path),
            str(self._stage.scale.peer_mails),
        ]
        call([*command, kind], cwd=ROOT, env={**os.environ, **self._environ()}, check=True)

    def _race(self, *modules: tuple[str, ...]) -> float:
        log = self._stage.ground.folder / "peer"
        runners = [
            Runner([self._python, "-m", *module], self._environ(), log.with_suffix(f".{number}.log"))
            for number, module in enumerate(modules)
        ]
        return self._stage.scale.peer_mails / race(runners)

    def _environ(self) -> dict[str, str]:
        database = connection.settings_dict
        return {
            "DJANGO_SETTINGS_MODULE": "bench.peers.settings",
            "PEER_DATABASE": DATABASE,
            "PEER_HOST": str(database["OPTIONS"].get("host") or database["HOST"]),
            "PEER_USER": str(database["USER"]),
            "MAIL_PORT": str(self._port),
            "WITH_POST_OFFICE": self._with_post_office,
        }
