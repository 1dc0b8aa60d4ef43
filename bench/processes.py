"""A race: processes get ready, start at a signal, and report their end. The time to start Python and to
import is left out, for every side alike."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from tests.support import ROOT

LONGEST_RUN = 600


class NotDone(RuntimeError):
    """A process ended, or hung, before it had reported its end; str() holds the end of its log."""


class Racer:
    """One process of a race, in a group of its own."""

    def __init__(self, command: Sequence[str], environ: dict[str, str], log: Path) -> None:
        self._log = log
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, **environ},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
            )

    def await_line(self, wanted: str) -> None:
        """Read its output up to the wanted line. Raise NotDone when it does not come."""
        watchdog = threading.Timer(LONGEST_RUN, self.close)
        watchdog.start()
        try:
            assert self._process.stdout is not None
            for line in self._process.stdout:
                if line.strip() == wanted:
                    return
        finally:
            watchdog.cancel()
        raise NotDone(f"{self._process.args!r} was never {wanted}:\n{self._log.read_text()[-2000:]}")

    def start(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    def close(self) -> None:
        """Let it end by itself for a moment, then end it and all its children."""
        try:
            self._process.wait(0.5)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def race(racers: Sequence[Racer]) -> float:
    """Return the seconds from the start until the last is done; all have ended then."""
    try:
        for racer in racers:
            racer.await_line("ready")
        begun = perf_counter()
        for racer in racers:
            racer.start()
        for racer in racers:
            racer.await_line("done")
        return perf_counter() - begun
    finally:
        for racer in racers:
            racer.close()


def await_start() -> None:
    """Say, in a racer, that all is ready, and wait for the start."""
    print("ready", flush=True)
    if not sys.stdin.readline():
        sys.exit("nobody waits for this any more")


def done() -> None:
    print("done", flush=True)
