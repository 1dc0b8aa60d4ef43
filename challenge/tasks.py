"""Every Celery task, and the one function that asks for one. A task takes only ids and calls one function;
the database holds its work, so the next task makes up for a lost one."""

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
    """Ask a worker to run a task after the commit. Without a broker, the next sweep finds the row."""

    def enqueue() -> None:
        try:
            task.apply_async(ids, retry=False)
        except Exception as error:  # any error of the broker's client; the row is safe
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
    """Do nothing: the broker's watchdog waits for its arrival."""


@app.task
def recalculate_progress(enrollment_id: int) -> None:
    progress.recalculate(enrollment_id, timezone.now())


def _recurring(job: recurring.Job) -> "Task[..., Any]":
    """Make the task of a job: `challenge.tasks.NAME`, without arguments."""

    @app.task(name=f"challenge.tasks.{job.name}")
    def run() -> None:
        recurring.run(job, partial(nudge, send) if job.wakes_senders else lambda: None)

    return run


RECURRING = {
    job.name: _recurring(job) for job in recurring.JOBS.values() if job.name != "send" and not job.in_workers
}
plan, correct = RECURRING["plan"], RECURRING["correct"]
