"""Real processes that send: each a process group that can be killed, frozen and started again."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.parse import quote

from celery import Celery
from django.conf import settings
from django.db import connection

from tests.support import ROOT, free_port
from tests.support.preloaded import Forked
from tests.support.threads import repeating

LEASE_SECONDS = 4
QUIET = ("--without-mingle", "--without-gossip", "--without-heartbeat")


def wait_until(condition: Callable[[], Any], seconds: float, what: str, step: float = 0.02) -> None:
    """Poll a condition until it holds; fail with `what` when it does not within the time."""
    deadline = monotonic() + seconds
    while not condition():
        assert monotonic() < deadline, f"not within {seconds} s: {what}"
        sleep(step)


def database_url() -> str:
    """DATABASE_URL of the test database, for another process."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    host = database["OPTIONS"].get("host") or database["HOST"]
    port = f":{database['PORT']}" if database["PORT"] else ""
    who = f"{quote(database['USER'])}:{quote(database['PASSWORD'])}"
    return f"postgres://{who}@{port}/{database['NAME']}?host={quote(host, safe='')}"


def from_nothing(arguments: list[str], environ: dict[str, str], log: Path) -> "subprocess.Popen[bytes]":
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environ,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


Launch = Callable[[list[str], dict[str, str], Path], "subprocess.Popen[bytes] | Forked"]


class Group:
    """Python with these arguments in a process group of its own, its output in a file; `launch` starts it."""

    def __init__(
        self, arguments: list[str], environ: dict[str, str], log: Path, launch: Launch = from_nothing
    ) -> None:
        self._arguments, self._environ, self._log, self._launch = arguments, environ, log, launch
        self._process: subprocess.Popen[bytes] | Forked | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        self._process = self._launch(self._arguments, self._environ, self._log)

    def count(self, text: str) -> int:
        """Count the text in the output since the last start."""
        return self._log.read_text(errors="replace").count(text)

    def said(self, text: str, times: int = 1) -> bool:
        """Return whether the text is in the output since the last start, so many times at least."""
        return self.count(text) >= times

    def ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        os.killpg(self._process.pid, number)

    def ask_to_end(self) -> None:
        """SIGTERM to the first process alone, as Docker does."""
        assert self._process is not None
        self._process.terminate()

    def exit_code(self, seconds: float) -> int:
        """Wait until the first process has ended by itself. Return its exit code."""
        assert self._process is not None
        return self._process.wait(seconds)

    def kill(self) -> None:
        """kill -9, the whole group."""
        self.signal(signal.SIGKILL)
        assert self._process is not None
        self._process.wait()

    def close(self) -> None:
        """End it in whatever state it is."""
        if self._process is not None and self._process.poll() is None:
            self.kill()


class Mailroom:
    """An SMTP sink in a process of its own, and the processes that deliver to it."""

    def __init__(self, folder: Path, redis_url: str, seconds: float, environ: Mapping[str, str]) -> None:
        self._folder, self._groups = folder, list[Group]()
        port = free_port()
        self.log = folder / "arrived.log"
        self.log.touch()
        self._environ = {
            **os.environ,
            "SECRET_KEY": settings.SECRET_KEY,
            "ADDRESS_HASH_KEY": settings.ADDRESS_HASH_KEY,
            "DATABASE_URL": database_url(),
            "REDIS_URL": redis_url,
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            "SMTP_TIMEOUT": "1",
            "LEASE_SECONDS": str(LEASE_SECONDS),
            "BATCH_SIZE": "20",
            "SMTP_CONNECTIONS": "1",
            "INBOX_DIR": "",
            "VAR_DIR": str(folder / "var"),
            "PYTHONUNBUFFERED": "1",
            # The checks take a third of a start; tests/runtime starts all of bin/dev, with them.
            "CELERY_SKIP_CHECKS": "1",
            **environ,
        }
        sink = self.start(
            "-m", "tests.support.fast_sink", str(port), "--log", str(self.log), "--delay", str(seconds)
        )
        wait_until(lambda: sink.said("listening"), 20, "the sink listens")

    def start(self, *arguments: str) -> Group:
        """Start Python with these arguments, as a sender of this mailroom."""
        log = self._folder / f"process-{len(self._groups)}.log"
        group = Group([*arguments], self._environ, log, Forked)
        self._groups.append(group)
        group.start()
        return group

    def send_due(self, *options: str) -> Group:
        """Start a sender that needs no broker."""
        return self.start("manage.py", "send_due", "--skip-checks", *options)

    def worker(self, app: str = "challenge.celery") -> Group:
        """Start a Celery worker with one sender, as the Procfile does."""
        name = f"worker-{len(self._groups)}@test"
        worker = ("-m", "celery", "--app", app, "worker", "--concurrency", "1")
        return self.start(*worker, *QUIET, "--loglevel", "INFO", "--hostname", name)

    def beat(self, app: str = "tests.support.quick_beat") -> Group:
        """Start a Celery beat, a quick one unless it is the one of `challenge.celery`."""
        schedule = str(self._folder / f"beat-{len(self._groups)}")
        return self.start("-m", "celery", "--app", app, "beat", "--schedule", schedule)

    def arrived(self) -> Counter[str]:
        return Counter(line.split()[1] for line in self.log.read_text().splitlines())

    def longest_gap(self) -> float:
        """Return the longest time, in seconds, between two arrivals that follow each other."""
        times = [float(line.split()[0]) for line in self.log.read_text().splitlines()]
        return max((after - before for before, after in pairwise(times)), default=0.0)

    def wait_for_mail(self, count: int, seconds: float = 40) -> None:
        """Wait until so many messages have arrived, doubled ones counted."""
        enough = f"{count} mails"
        wait_until(lambda: self.log.read_bytes().count(b"\n") >= count, seconds, enough, step=0.002)

    def close(self) -> None:
        for group in reversed(self._groups):
            group.close()


@contextmanager
def mailroom(folder: Path, redis_url: str = "", seconds: float = 0.03, **environ: str) -> Iterator[Mailroom]:
    """A mailroom whose sink acknowledges each message `seconds` after it wrote it down. `environ` holds
    settings of its senders: LEASE_SECONDS="45"."""
    room = Mailroom(folder, redis_url, seconds, environ)
    try:
        yield room
    finally:
        room.close()


def await_ready(*workers: Group) -> None:
    """Wait until Celery workers take tasks."""
    wait_until(lambda: all(is_ready(worker) for worker in workers), 40, "the workers are ready")


def is_ready(worker: Group) -> bool:
    return worker.said(" ready.")


@contextmanager
def prompting(redis_url: str) -> Iterator[None]:
    """Ask the workers to plan, rescue and send, as beat does, but several times a second."""
    with Celery(broker=redis_url, set_as_current=False) as app:

        def prompt() -> None:
            for name in ("plan", "rescue", "send"):
                app.send_task(f"challenge.tasks.{name}", expires=1, retry=False)

        with repeating(0.3, prompt):
            yield
