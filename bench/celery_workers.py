"""The product's own Celery workers, each with one sender, as the Procfile starts them."""

import os
from time import monotonic, perf_counter, sleep
from typing import Self

from bench import queued_lessons
from bench.processes import LONGEST_RUN
from bench.run import BenchmarkRun, check_all_sent
from challenge.models import Delivery
from tests.support.workers import QUIET, Group

STEP_SECONDS = 0.02
# More than workers, as one worker may fetch several at once; a drain that finds nothing ends at once.
NUDGES = 4


class CeleryWorkers:
    """Workers that start when first needed and end with the context."""

    def __init__(self, run: BenchmarkRun, port: int, count: int = 2) -> None:
        self._run, self._port, self.count = run, port, run.workers(count)
        self.groups: list[Group] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        for group in self.groups:
            group.close()

    def start(self, *arguments: str) -> None:
        """Start one Celery program; its log is a file in the benchmark's folder."""
        log = self._run.services.folder / f"celery-{len(self.groups)}-{perf_counter():.6f}.log"
        program = ["-m", "celery", "--app", "challenge.celery", *arguments]
        group = Group(program, {**os.environ, "EMAIL_URL": f"smtp://127.0.0.1:{self._port}"}, log)
        self.groups.append(group)
        group.start()

    def await_ready(self) -> None:
        """Start the workers and wait until all of them answer."""
        from challenge.celery import app

        names = [f"speed-{number}@bench" for number in range(self.count)]
        for name in names:
            self.start("worker", "--concurrency", "1", *QUIET, "--hostname", name)
        deadline = monotonic() + 60
        while len(app.control.ping(destination=names, timeout=0.5) or ()) < self.count:
            if monotonic() > deadline:
                raise RuntimeError("the Celery workers do not answer")

    def send(self, mails: int) -> float:
        """Return mails a second, from the first task until the last mail is recorded."""
        from challenge.tasks import send

        if not self.groups:
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
    """Return whether a mail is still to be sent, or is being sent."""
    open_states = [*Delivery.WAITING, Delivery.State.SENDING]
    return Delivery.objects.filter(state__in=open_states).exists()
