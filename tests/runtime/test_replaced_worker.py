"""`bin/dev` restarts a worker that ended by itself, and stops when the worker can't stay up."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from challenge.runtime import processes
from challenge.runtime.processes import Supervisor
from tests.support.workers import wait_until

pytestmark = [pytest.mark.pure, pytest.mark.processes]

NOTED = "import os, time; open('starts', 'a').write(f'{os.getpid()}\\n'); time.sleep(3600)"
OTHER = "import time; time.sleep(3600)"
SPOILED = "import sys; sys.exit(3)"


@pytest.fixture
def processes_of_ours(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Restore the signal handlers that honcho's loop replaces."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    monkeypatch.setattr(processes, "MIN_UPTIME_SECONDS", 0)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def supervise(
    folder: Path, worker: str, play: Callable[[Supervisor], Any], other: str = OTHER
) -> tuple[Supervisor, int]:
    """Run a worker and another process until a thread is done; return the exit code."""

    def played(supervisor: Supervisor) -> None:
        try:
            play(supervisor)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    supervisor = Supervisor("other", played, replaced=["worker"])
    for name, what in (("worker", worker), ("other", other)):
        supervisor.add_process(name, f'exec {sys.executable} -c "{what}"', cwd=str(folder))
    return supervisor, supervisor.run()


def starts(folder: Path, count: int) -> list[int]:
    path = folder / "starts"
    wait_until(lambda: path.exists() and path.read_text().count("\n") >= count, 20, f"{count} starts")
    return [int(line) for line in path.read_text().splitlines()]


def test_a_worker_that_ends_is_started_again(
    processes_of_ours: None, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    def play(supervisor: Supervisor) -> None:
        os.kill(starts(tmp_path, 1)[0], signal.SIGKILL)
        os.kill(starts(tmp_path, 2)[1], signal.SIGTERM)
        starts(tmp_path, 3)

    supervisor, code = supervise(tmp_path, NOTED, play)
    assert (supervisor.died, code) == (None, 128 + signal.SIGTERM)
    pids = starts(tmp_path, 3)
    assert len(pids) == 3
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert capfd.readouterr().out.count("worker ended by itself and is started again.") == 2


def test_another_that_ends_is_not_started_again_and_stops_it_all(
    processes_of_ours: None, tmp_path: Path
) -> None:
    """As beat does, Redis or the web: only a worker is replaced."""

    def play(supervisor: Supervisor) -> None:
        os.kill(starts(tmp_path, 1)[0], signal.SIGKILL)
        supervisor.stopping.wait(30)

    supervisor, code = supervise(tmp_path, OTHER, play, other=NOTED)
    assert (supervisor.died, code) == ("other", 1)
    assert len(starts(tmp_path, 1)) == 1


def test_a_worker_that_cannot_stay_up_stops_it_all(
    processes_of_ours: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(processes, "MIN_UPTIME_SECONDS", 60)
    supervisor, code = supervise(tmp_path, SPOILED, lambda supervisor: supervisor.stopping.wait(30))
    assert (supervisor.died, code) == ("worker", 1)
