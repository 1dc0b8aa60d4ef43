"""`bin/dev` as it runs on a newcomer's machine."""

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support import ROOT

BASE = ROOT
NOT_OURS = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "INBOX_DIR", "SECRET_KEY", "DEBUG", "SITE_URL")
READY_SECONDS = 60


class Dev:
    """One run of it, with every process that it started."""

    def __init__(self, var: Path, port: int) -> None:
        environ = {name: text for name, text in os.environ.items() if name not in NOT_OURS}
        self.url = f"http://localhost:{port}"
        self.said: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "challenge.runtime"],
            cwd=BASE,
            env={**environ, "PORT": str(port), "VAR_DIR": str(var)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.family: list[psutil.Process] = []

    def wait_until_ready(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.said.append(line.rstrip("\n"))
            if line == f"ready {self.url}\n":
                self.family = psutil.Process(self.process.pid).children(recursive=True)
                return
        pytest.fail("it ended before it was ready:\n" + "\n".join(self.said))

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            content: bytes = answer.read()
            return content

    def running(self, word: str) -> list[psutil.Process]:
        return [process for process in self.family if any(word in part for part in process.cmdline())]

    def said_of(self, name: str) -> str:
        return next(line.partition(":")[2].strip() for line in self.said if line.startswith(name + ":"))

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        assert self.process.stdout
        self.said += self.process.stdout.read().splitlines()
        return self.process.wait(timeout=30)

    def left_over(self) -> list[psutil.Process]:
        """Return its processes that still run, after the time that it may take to end."""
        return psutil.wait_procs(self.family, timeout=40)[1]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[type[Dev]]:
    """Start it, and end everything of it after the test."""
    made: list[Dev] = []

    class Started(Dev):
        def __init__(self, var: Path, port: int) -> None:
            super().__init__(var, port)
            made.append(self)

    # Kill a run that hangs, so that reading its output ends.
    previous = signal.signal(signal.SIGALRM, lambda *_: [dev.process.kill() for dev in made])
    signal.alarm(READY_SECONDS * 2)
    yield Started
    signal.alarm(0)
    signal.signal(signal.SIGALRM, previous)
    for dev in made:
        for process in (
            [*dev.family, psutil.Process(dev.process.pid)] if dev.process.poll() is None else dev.family
        ):
            if process.is_running():
                process.kill()
        dev.process.wait()
