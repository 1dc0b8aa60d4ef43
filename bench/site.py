"""The processes of the Procfile, as a host starts them, and requests to the site."""

import http.client
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from time import monotonic, sleep
from typing import NamedTuple, Self
from urllib.parse import urlencode

import psutil

from bench.processes import NotDone
from challenge.runtime.readiness import web_answers
from tests.support import ROOT, free_port

LONGEST_START = 60
# As a proxy that has taken the request over HTTPS hands it on.
BEHIND_A_PROXY = {"Host": "reset.example.org", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
FORM = "application/x-www-form-urlencoded"
NONE: Mapping[str, str] = {}
MANY = "1000000000"
SETTINGS = {"PROXY_COUNT": "1", "SIGN_UPS_PER_IP": MANY, "CONFIRMATIONS_PER_HOUR": "0"}


class Answer(NamedTuple):
    status: int
    headers: tuple[tuple[str, str], ...]  # without the date
    body: bytes


class Site:
    """The site's processes, which end with the context; `environ` holds settings of theirs."""

    def __init__(self, folder: Path, **environ: str) -> None:
        self.port = free_port()
        self._folder = folder
        self._programs = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
        self._environ: Mapping[str, str] = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PORT": str(self.port),
            **SETTINGS,
            **environ,
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                for each in self.family(process):
                    each.kill()
                process.wait()

    def start(self, name: str, *options: str) -> None:
        """Start a program of the Procfile, with options besides."""
        with (self._folder / f"{name}-{self.port}.log").open("wb") as log:
            self.processes[name] = subprocess.Popen(
                ["bash", "-c", f"exec {self._programs[name]} {shlex.join(options)}"],
                cwd=ROOT,
                env=self._environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def family(self, process: "subprocess.Popen[bytes]") -> list[psutil.Process]:
        first = psutil.Process(process.pid)
        return [first, *first.children(recursive=True)]

    def await_web(self) -> None:
        deadline = monotonic() + LONGEST_START
        while not web_answers(self.port, os.environ["SITE_URL"]):
            if monotonic() > deadline:
                log = self._folder / f"web-{self.port}.log"
                raise NotDone(f"the site does not answer:\n{log.read_text()[-2000:]}")
            sleep(0.02)

    def visitor(self) -> "Visitor":
        return Visitor(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30))


class Visitor:
    """Somebody who asks the site, again and again."""

    def __init__(self, connection: http.client.HTTPConnection) -> None:
        self._connection = connection

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        return self._ask(
            "POST", path, urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"}
        )

    def _ask(
        self, method: str, path: str, body: str = "", headers: Mapping[str, str] | None = None
    ) -> Answer:
        self._connection.request(method, path, body, {**BEHIND_A_PROXY, **(headers or {})})
        answer = self._connection.getresponse()
        kept = sorted((name, text) for name, text in answer.getheaders() if name != "Date")
        return Answer(answer.status, tuple(kept), answer.read())
