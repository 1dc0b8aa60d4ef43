"""The product's own Celery workers, each with one sender, as the Procfile starts them."""

import os
import signal
import subprocess
import sys
from time import monotonic, perf_counter, sleep

from bench import queued_lessons
from bench.processes import LONGEST_RUN
from bench.stage import Stage, check_all_sent
from challenge.models import Delivery
from tests.support import ROOT

QUIET = ("--without-mingle", "--without-gossip", "--without-heartbeat")
STEP_SECONDS = 0.02
# More than workers, as one worker may fetch several at once; a drain that finds nothing ends at once.
NUDGES = 4


class CeleryWorkers:
    """Workers that are started when first needed and stopped at the end."""

    def __init__(self, stage: Stage, port: int, count: int = 2) -> None:
        self._stage, self._port, self._count = stage, port, count
        self.processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> "CeleryWorkers":
        return self

    def __exit__(self, *exc_info: object) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def start(self, *arguments: str) -> None:
        """Start one Celery program; its log is a file in the benchmark's folder."""
        log = self._stage.ground.folder / f"celery-{len(self.processes)}-{perf_counter():.6f}.log"
        environ = {**os.environ, "EMAIL_URL": f"smtp://127.0.0.1:{self._port}"}
        with log.open("wb") as output:
            self.processes.append(
                subprocess.Popen(
                    [sys.executable, "-m", "celery", "--app", "challenge.celery", *arguments],
                    cwd=ROOT,
                    env=environ,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                )
            )

    def await_ready(self) -> None:
        """Start the workers and wait until all of them answer."""
        from challenge.celery import app

        names = [f"speed-{number}@bench" for number in range(self._count)]
        for name in names:
            self.start("worker", "--concurrency", "1", *QUIET, "--hostname", name)
        deadline = monotonic() + 60
        while len(app.control.ping(destination=names, timeout=0.5) or ()) < self._count:
            if monotonic() > deadline:
                raise RuntimeError("the Celery workers do not answer")

    def send(self, mails: int) -> float:
        """Mails a second, from the nudge until the last is recorded."""
        from challenge.tasks import send

        if not self.processes:
            self.await_ready()
        queued_lessons.queue(mails)
        begun = perf_counter()
        for _ in range(NUDGES):
            send.delay()
        while waiting():
            if perf_counter() - begun > LONGEST_RUN:
                raise RuntimeError(f"the Celery workers hang: {queued_lessons.ledger()}")
            sleep(STEP_SECONDS)
        rate = mails / (perf_counter() - begun)
        check_all_sent(mails)
        return rate


def waiting() -> bool:
    """Whether a mail is still to be sent, or is being sent."""
    open_states = [*Delivery.WAITING, Delivery.State.SENDING]
    return Delivery.objects.filter(state__in=open_states).exists()
