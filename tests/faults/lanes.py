"""Faults run each in a process of its own, some beside each other: what waits and what only reckons goes
beside what sends."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from importlib import import_module
from itertools import chain
from pathlib import Path
from time import monotonic, strftime

from tests.faults.catalogue import FAULTS, ONLY_ON
from tests.faults.databases import Databases
from tests.faults.outcome import Outcome, Scale
from tests.faults.table import Row
from tests.support import ROOT

# Faults that wait most of their time, and those that only reckon, leave the busy lane its speed.
BESIDE = (("F5", "F12", "F11", "F17", "F21b"), ("F21", "F16"))
# Nothing from outside strikes those that reckon: no row of theirs needs to outlive a crash.
RECKONING = ("F16", "F17", "F21", "F21b")
UNHARMED = {"REDIS_URL": "", "PGOPTIONS": "-c synchronous_commit=off"}
LONGEST = 25 * 60
# What a process that is told to stop may need to end those that it started.
GRACE = 20
MARK = "RUNNER_RESET_FAULT"


def say(words: str) -> None:
    print(f"{strftime('%H:%M:%S')} {words}", file=sys.stderr, flush=True)


def lanes_of(names: Sequence[str]) -> list[list[str]]:
    """The faults to inject one after another, for each lane; what needs longest goes first."""
    busy = [name for name in names if name not in chain(*BESIDE)]
    beside = [[name for name in some if name in names] for some in BESIDE]
    return [lane for lane in (busy, *beside) if lane]


class Lanes:
    """Runs faults and keeps a row for each."""

    def __init__(self, folder: Path, databases: Databases, scale: Scale) -> None:
        self._folder, self._databases, self._scale = folder, databases, scale
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._over = threading.Event()
        self.rows: dict[str, Row] = {}

    def run(self, lanes: list[list[str]]) -> None:
        """Run all lanes beside each other, to their end; whatever happens, nothing is left running."""
        for name in chain(*lanes):  # not in the threads: two cannot import Celery at once
            import_module(FAULTS[name])
        threads = [threading.Thread(target=self._lane, args=[lane]) for lane in lanes]
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                while thread.is_alive():
                    thread.join(1)  # a signal is heard between two looks
        finally:
            self._stop()
            for thread in threads:
                thread.join()

    def _lane(self, names: list[str]) -> None:
        for name in names:
            if not self._over.is_set():
                self.rows[name] = self._inject(name)

    def _inject(self, name: str) -> Row:
        row, began = Row(name, "", "", None, 0.0), monotonic()
        try:
            module = import_module(FAULTS[name])
            row.title, row.bound = module.TITLE, module.BOUND
            say(f"{name} {row.title}: begins")
            row.outcome = self._outcome(name)
        except Exception as error:
            row.trouble.append(str(error))
        if left := end_all(name):
            row.trouble.append(f"{left} processes were left running")
        row.seconds = monotonic() - began
        if self._over.is_set():
            return row
        verdict = "LEFT OUT" if row.is_left_out else "held"
        if row.breaches:
            verdict = "BROKEN: " + "; ".join(row.breaches)
        say(f"{name} {verdict}, after {row.seconds:.0f} s")
        return row

    def _outcome(self, name: str) -> Outcome:
        """Raises RuntimeError when the process ended without a result; it holds the end of its log."""
        folder = self._folder / name
        folder.mkdir()
        folder.chmod(0o755)
        result, log = folder / "result.json", folder / "log"
        url = self._databases.copy(ONLY_ON.get(name, "postgresql"), name, folder)
        environ = {**os.environ, "DATABASE_URL": url, MARK: mark(name)}
        if name in RECKONING:
            environ |= UNHARMED
        (folder / "room").mkdir()
        command = [name, self._scale, str(folder / "room"), str(result)]
        with log.open("wb") as output:
            process = self._running[name] = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.one", *command],
                cwd=ROOT,
                env=environ,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            process.wait(LONGEST)
        except subprocess.TimeoutExpired:
            stop(process)
            raise RuntimeError(f"it did not end within {LONGEST} s") from None
        finally:
            del self._running[name]
        if self._over.is_set():
            raise RuntimeError("it was stopped")
        if process.returncode or not result.exists():
            tail = log.read_text(errors="replace").strip().splitlines()[-8:]
            say(f"{name}, the end of its log:\n" + "\n".join(tail))
            raise RuntimeError(f"it ended with {process.returncode}: {tail[-1] if tail else ''}")
        return Outcome(**json.loads(result.read_text()))

    def _stop(self) -> None:
        self._over.set()
        for process in list(self._running.values()):
            stop(process)


def stop(process: "subprocess.Popen[bytes]") -> None:
    """Ask a process to stop, so that it ends what it has started; end it if it does not."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.kill()


def mark(name: str) -> str:
    """What the environment of all processes of one fault of this run says."""
    return f"{os.getpid()}-{name}"


def end_all(name: str) -> int:
    """End what a fault has left running (Linux). How many processes that was."""
    wanted = f"{MARK}={mark(name)}".encode()
    found = 0
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            if wanted in environ.read_bytes().split(b"\0"):
                os.kill(int(environ.parent.name), signal.SIGKILL)
                found += 1
        except OSError:
            continue  # it has ended, or is somebody else's
    return found
