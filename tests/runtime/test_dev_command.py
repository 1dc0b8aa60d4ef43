"""The whole of `bin/dev`, as it runs on a newcomer's machine."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support import ROOT, free_port

pytestmark = [pytest.mark.pure, pytest.mark.processes]

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


def test_it_starts_again_after_a_kill_and_stops_when_one_ends(start: type[Dev], tmp_path: Path) -> None:
    """test_first_day.py ends it by Ctrl-C."""
    var, port = tmp_path / "a folder", free_port()
    first = start(var, port)
    first.wait_until_ready()
    assert b"<form" in first.get("/")
    assert json.loads(first.get("/inbox/mails.json")) == {"mails": []}
    login = first.said_of("Coach")
    assert login.startswith("coach@example.com  password: ")
    assert first.said_of("Inbox") == f"{first.url}/inbox/"
    assert len(first.running("redis.sock")) == 1
    other = start(var, free_port())
    assert other.wait() == 1
    assert "runs already on the data" in other.said[0]
    assert first.get("/healthz") == b"ok"
    redis = first.running("redis.sock")
    first.process.kill()
    redis[0].kill()
    assert first.left_over() == [], "its processes do not outlive it"
    assert (var / "run" / "redis.sock").is_socket(), "the kill left a stale socket"

    second = start(var, port)
    second.wait_until_ready()
    assert second.said_of("Coach") == login
    second.running("runtime.beat")[0].kill()  # other than a worker it is not started again
    assert second.wait() == 1
    assert any("ended by itself" in line for line in second.said)
    assert second.left_over() == []


def test_a_taken_port_is_said_plainly(start: type[Dev], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        began = time.monotonic()
        dev = start(tmp_path, port)
        assert dev.wait() == 1
    assert len(dev.said) == 1
    assert f"Port {port} is taken" in dev.said[0]
    assert f"PORT={port + 1} bin/dev" in dev.said[0]
    assert time.monotonic() - began < 10
