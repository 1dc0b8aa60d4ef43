"""Recurring work in threads of its own: neither a sender that waits for the database nor a broker that is
away delays it."""

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
    """Does a job every so many seconds, for the first time after them; a failure is logged and ends nothing.

    In between it holds no database connection, which a process that a worker forks at that moment would
    share. It ends with its process, even in the middle of its job.
    """

    def __init__(self, job: Job) -> None:
        super().__init__(name=job.name, daemon=True)
        self._seconds, self._function = job.seconds, job.function
        self._closed = threading.Event()

    def run(self) -> None:
        while not self._closed.wait(self._seconds):
            try:
                self._function(timezone.now())
            except Exception:  # whatever it is, the next time is worth trying
                log.exception("%s failed", self.name)
            finally:
                connection.close()

    def close(self) -> None:
        """Do not begin the job again."""
        self._closed.set()


_of_worker: list[PeriodicThread] = []  # none before this process is a worker that is ready


def install() -> None:
    """Have the worker that this process may become do its jobs in the background."""
    signals.worker_ready.connect(_start)


@contextmanager
def beside_loop() -> Iterator[None]:
    """Do every job that has a thread of its own for as long as the context lasts."""
    threads = [_run_every(job) for job in JOBS.values() if job.apart or job.in_workers]
    try:
        yield
    finally:
        for thread in threads:
            thread.close()


def _start(**_: Any) -> None:
    # Celery sends the signal each time that the worker has connected.
    if not _of_worker:
        _of_worker.extend(_run_every(job) for job in JOBS.values() if job.in_workers)


def _run_every(job: Job) -> PeriodicThread:
    thread = PeriodicThread(job)
    thread.start()
    return thread
