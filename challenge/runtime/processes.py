"""The processes under honcho: they start and stop together. A worker that ends by itself is replaced."""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Collection
from multiprocessing.connection import wait
from time import monotonic, sleep
from typing import Any

from honcho.manager import Manager
from honcho.printer import Printer
from honcho.process import Process

GRACE = 5
# A process that ends sooner than this after its start would probably do so again.
MIN_UPTIME_SECONDS = 20


class LinePrinter(Printer):  # type: ignore[misc]  # honcho is untyped
    """honcho's printer, safe for several threads; `say` prints lines without a prefix."""

    def __init__(self) -> None:
        super().__init__(sys.stdout)
        self._lock = threading.Lock()

    def write(self, message: Any) -> None:
        with self._lock:
            super().write(message)

    def say(self, text: str) -> None:
        with self._lock:
            print(text, flush=True)


class SupervisedProcess(Process):  # type: ignore[misc]
    """One process and its readers; it ends when the supervisor does, for any reason."""

    def run(self, events: Any = None, ignore_signals: bool = False) -> None:
        threading.Thread(target=self._end_with_supervisor, daemon=True).start()
        super().run(events, ignore_signals)

    def _end_with_supervisor(self) -> None:
        parent = multiprocessing.parent_process()
        assert parent is not None
        wait([parent.sentinel])
        if self._child is not None:
            self._child.terminate()
            for _ in range(GRACE * 10):
                if self._child.poll() is not None:
                    break
                sleep(0.1)
            kill_group(self._child.pid)
        os._exit(1)


def kill_group(pid: int) -> None:
    """Kill the rest of the process group that a child leads."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


class Supervisor(Manager):  # type: ignore[misc]
    """honcho's manager, which stops its processes in order and starts those in `replaced` again.

    SIGTERM goes to each child alone, not to its process group, so that Celery lets the tasks of its pool
    finish; it goes to `last` (Redis) when the others have ended. honcho kills all that still run 5 s after
    the first one stopped. honcho's signal handler may interrupt a print, so `terminate` only sets a flag; the
    loop, which calls `_all_started` in every turn, acts on it.
    """

    def __init__(
        self, last: str, when_started: Callable[["Supervisor"], None], replaced: Collection[str] = ()
    ) -> None:
        super().__init__(LinePrinter())
        self._process_ctor = SupervisedProcess
        self._terminating = False
        self._last = last
        self._when_started = when_started
        self._replaced, self._started_at = replaced, dict[str, float]()
        self._signalled: set[str] = set()
        self.died: str | None = None
        self.stopping = threading.Event()

    def say(self, text: str) -> None:
        self._printer.say(text)

    def run(self) -> int:
        """Run until a signal comes or a process ends, and return the exit code."""
        try:
            self.loop()
        finally:
            self.stopping.set()
            for process in self._processes.values():
                if "pid" in process:
                    kill_group(process["pid"])
        return 1 if self.died else int(self.returncode or 0)

    def terminate(self) -> None:
        if not self._terminating and self.returncode is not None:
            stopped = [name for name, process in self._processes.items() if "returncode" in process]
            self.died = stopped[0] if stopped else None
        self._terminating = True

    def _start(self) -> None:
        super()._start()
        threading.Thread(target=self._when_started, args=[self], daemon=True).start()

    def _all_started(self) -> bool:
        if self._terminating:
            self.stopping.set()
            self._signal_running()
        else:
            self._replace()
        return bool(super()._all_started())

    def _replace(self) -> None:
        for name in self._replaced:
            process = self._processes[name]
            long_ago = monotonic() - MIN_UPTIME_SECONDS
            if "pid" in process and process["pid"] is not None:
                self._started_at.setdefault(name, monotonic())
            if "returncode" not in process or self._started_at[name] > long_ago:
                continue
            self.say(f"{name} ended by itself and is started again.")
            kill_group(process["pid"])
            self.returncode = None
            del process["returncode"], process["pid"], self._started_at[name]
            process["process"] = multiprocessing.Process(
                name=name, target=process["obj"].run, args=(self.events, True)
            )
            process["process"].start()

    def _signal_running(self) -> None:
        running = [name for name, process in self._processes.items() if "returncode" not in process]
        for name in running:
            pid = self._processes[name].get("pid")
            if pid is None or name in self._signalled or (name == self._last and running != [name]):
                continue
            self._signalled.add(name)
            try:
                os.kill(pid, signal.SIGTERM)
            except ProcessLookupError:
                continue

    def _system_print(self, data: str) -> None:
        """Omit honcho's own messages: its signal handler prints some, too."""
