"""Each fault runs in a process of its own; those that wait or compute, beside those that send.

    python -m tests.faults.processes NAME SCALE FOLDER RESULT

injects one into the database of DATABASE_URL, which has the course and no runners, and writes JSON."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from time import monotonic, sleep, strftime

from tests.faults.catalogue import ONLY_ON, fault
from tests.faults.databases import Databases
from tests.faults.report import Result, Row, Scale
from tests.support import ROOT

# Faults that mostly wait, or only compute, do not slow the busy queue.
PARALLEL_QUEUES = (("F5", "F12", "F11", "F17", "F21b"), ("F21",), ("F21a", "F16"))
# Those that only compute are not killed: their rows need not survive a crash.
COMPUTING = ("F16", "F17", "F21", "F21a", "F21b")
WITHOUT_FLUSHES = {"REDIS_URL": "", "PGOPTIONS": "-c synchronous_commit=off"}
# A thousand runs of the model take 21 minutes of a processor; beside others, more of the clock.
LONGEST = 40 * 60
# Seconds that a process which is told to stop may need to end those that it started.
GRACE = 20
# And those that end by themselves after it.
ENDING = 5
MARK = "RUNNER_RESET_FAULT"


def progress(words: str) -> None:
    print(f"{strftime('%H:%M:%S')} {words}", file=sys.stderr, flush=True)


def queues_of(names: Sequence[str]) -> list[list[str]]:
    """Return the faults to inject one after another, for each queue; what needs longest goes first."""
    busy = [name for name in names if name not in chain(*PARALLEL_QUEUES)]
    parallel = [[name for name in queue if name in names] for queue in PARALLEL_QUEUES]
    return [queue for queue in (busy, *parallel) if queue]


class FaultProcesses:
    """Runs faults and keeps a row for each."""

    def __init__(self, folder: Path, databases: Databases, scale: Scale) -> None:
        self._folder, self._databases, self._scale = folder, databases, scale
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._over = threading.Event()
        self.rows: dict[str, Row] = {}

    def run(self, queues: list[list[str]]) -> None:
        """Run all queues in parallel to their end; whatever happens, nothing is left running."""
        for name in chain(*queues):  # not in the threads: two cannot import Celery at once
            fault(name)
        threads = [threading.Thread(target=self._run_queue, args=[queue]) for queue in queues]
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                while thread.is_alive():
                    thread.join(1)  # signals are handled between two looks
        finally:
            self._over.set()
            for process in list(self._running.values()):
                stop(process)
            for thread in threads:
                thread.join()

    def _run_queue(self, names: list[str]) -> None:
        for name in names:
            if not self._over.is_set():
                self.rows[name] = self._inject(name)

    def _inject(self, name: str) -> Row:
        chosen, began = fault(name), monotonic()
        row = Row(name, chosen.title, chosen.bound, None, 0.0)
        progress(f"{name} {row.title}: begins")
        try:
            row.result = self._result(name)
        except Exception as error:
            row.trouble.append(str(error))
        if left := end_all(name):
            row.trouble.append(f"{left} processes were left running")
        row.seconds = monotonic() - began
        if not self._over.is_set():
            broken = "BROKEN: " + "; ".join(row.breaches) if row.breaches else ""
            held = "LEFT OUT" if row.left_out else "held"
            progress(f"{name} {broken or held}, after {row.seconds:.0f} s")
        return row

    def _result(self, name: str) -> Result:
        """Raise RuntimeError when the process ended without a result; it holds the end of its log."""
        folder = self._folder / name
        folder.mkdir()
        folder.chmod(0o755)
        result, log = folder / "result.json", folder / "log"
        url = self._databases.copy(ONLY_ON.get(name, "postgresql"), name, folder)
        environ = {**os.environ, "DATABASE_URL": url, MARK: mark(name)}
        if name in COMPUTING:
            environ |= WITHOUT_FLUSHES
        (folder / "room").mkdir()
        command = [name, self._scale, str(folder / "room"), str(result)]
        with log.open("wb") as output:
            process = self._running[name] = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.processes", *command],
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
            progress(f"{name}, the end of its log:\n" + "\n".join(tail))
            raise RuntimeError(f"it ended with {process.returncode}: {tail[-1] if tail else ''}")
        return Result(**json.loads(result.read_text()))


def stop(process: "subprocess.Popen[bytes]") -> None:
    """Ask a process to stop, so that it ends what it has started; kill it if it does not."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.kill()


def mark(name: str) -> str:
    """Return the variable that all processes of one fault have in their environment."""
    return f"{os.getpid()}-{name}"


def end_all(name: str, within: float = ENDING) -> int:
    """End what a fault has left running. Return how many processes that was. One that was told by the end of
    its parent that there is no more to do, such as multiprocessing's, has a moment to end by itself."""
    deadline = monotonic() + within
    while (left := _running(name)) and monotonic() < deadline:
        sleep(0.1)
    for process_id in left:
        with suppress(ProcessLookupError):
            os.kill(process_id, signal.SIGKILL)
    return len(left)


def _running(name: str) -> list[int]:
    """Return the processes of a fault (Linux)."""
    wanted = f"{MARK}={mark(name)}".encode()
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):  # it has ended, or is somebody else's
            if wanted in environ.read_bytes().split(b"\0"):
                found.append(int(environ.parent.name))
    return found


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    name, scale, folder, result = sys.argv[1:]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "challenge.settings")
    import django

    django.setup()
    Path(result).write_text(json.dumps(asdict(fault(name).run(Scale(scale), Path(folder)))))


if __name__ == "__main__":
    main()
