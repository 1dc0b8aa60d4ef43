"""Recurring work in threads of its own: neither a sender that waits for the database nor a broker that is
away delays it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery import signals

from challenge.worker.periodic import PeriodicThread, run_every
from challenge.worker.recurring import JOBS, Job

_threads: list[PeriodicThread] = []  # of this process, once it is a worker that is ready


def install() -> None:
    """Have the worker that this process may become do its jobs in the background."""
    signals.worker_ready.connect(_start)


@contextmanager
def beside_loop() -> Iterator[None]:
    """Do every job that has a thread of its own for as long as the context lasts."""
    threads = [_thread(job) for job in JOBS.values() if job.apart or job.in_workers]
    try:
        yield
    finally:
        for thread in threads:
            thread.close()


def _start(**_: Any) -> None:
    # Celery sends the signal each time that the worker has connected.
    if not _threads:
        _threads.extend(_thread(job) for job in JOBS.values() if job.in_workers)


def _thread(job: Job) -> PeriodicThread:
    return run_every(job.seconds, job.function, job.name)
