"""Every Celery task, and the one way to ask for one. A task takes ids alone and calls one function;
what it works on stands in the database, so a task that is lost is made up for by the next one."""

import logging
from functools import partial
from typing import Any

from celery import Task
from django.db import transaction
from django.utils import timezone

from challenge.celery import app
from challenge.checkins import progress
from challenge.worker import recurring, shutdown

log = logging.getLogger(__name__)


def nudge(task: "Task[..., Any]", *ids: int) -> None:
    """Ask a worker to run a task, once the transaction has committed. Without a broker nothing is lost:
    the next sweep finds the row."""

    def enqueue() -> None:
        try:
            task.apply_async(ids, retry=False)
        except Exception as error:  # whatever the broker's client raises; the row is safe
            log.warning("no broker to tell of %s: %s", task.name, type(error).__name__)

    transaction.on_commit(enqueue)


@app.task(expires=recurring.DRAIN_SECONDS)
def send() -> None:
    with shutdown.finishing_first():
        more = recurring.send(timezone.now(), partial(nudge, send))
    if more:
        nudge(send)


@app.task
def ping() -> None:
    """Do nothing: that it came is what the broker's watchdog waits for."""


@app.task
def recalculate_progress(enrollment_id: int) -> None:
    progress.recalculate(enrollment_id, timezone.now())


def _recurring(job: recurring.Job) -> "Task[..., Any]":
    """The task of a job: `challenge.tasks.NAME`, without arguments."""

    @app.task(name=f"challenge.tasks.{job.name}")
    def run() -> None:
        recurring.run(job, partial(nudge, send) if job.wakes_senders else lambda: None)

    return run


RECURRING = {
    job.name: _recurring(job) for job in recurring.JOBS.values() if job.name != "send" and not job.in_workers
}
plan, correct = RECURRING["plan"], RECURRING["correct"]
