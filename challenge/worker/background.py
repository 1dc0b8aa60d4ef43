"""Recurring work in threads of its own, which a waiting sender or a missing broker does not delay."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery import signals
from django.db import connection
from django.utils import timezone

from challenge.worker.recurring import JOBS, Job

log = logging.getLogger(__name__)


class PeriodicThread(threading.Thread):
    """Does a job every so many seconds, first after that many; a failure is logged and the thread goes on.

    Between two runs it holds no database connection, because a process forked then would share it. It ends
    with its process, even in the middle of its job.
    """

    def __init__(self, job: Job) -> None:
        super().__init__(name=job.name, daemon=True)
        self._seconds, self._function = job.seconds, job.function
        self._closed = threading.Event()

    def run(self) -> None:
        while not self._closed.wait(self._seconds):
            try:
                self._function(timezone.now())
            except Exception:  # after any error, the next run may succeed
                log.exception("%s failed", self.name)
            finally:
                connection.close()

    def close(self) -> None:
        """Do not start the job again."""
        self._closed.set()


_of_worker: list[PeriodicThread] = []  # empty until this process is a worker that is ready


def install() -> None:
    """Run the background jobs in the worker that this process may become."""
    signals.worker_ready.connect(_start)


@contextmanager
def beside_loop() -> Iterator[None]:
    """Run every job with a separate thread while the context lasts."""
    threads = [_run_every(job) for job in JOBS.values() if job.apart or job.in_workers]
    try:
        yield
    finally:
        for thread in threads:
            thread.close()


def _start(**_: Any) -> None:
    # Celery sends the signal at each connection of the worker.
    if not _of_worker:
        _of_worker.extend(_run_every(job) for job in JOBS.values() if job.in_workers)


def _run_every(job: Job) -> PeriodicThread:
    thread = PeriodicThread(job)
    thread.start()
    return thread
