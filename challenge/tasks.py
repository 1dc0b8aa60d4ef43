"""Every Celery task, and the one way to ask for one. A task takes ids alone and calls one function;
what it works on stands in the database, so a task that is lost is made up for by the next look."""

import logging
from functools import partial
from typing import Any

from celery import Task, signals
from django.db import transaction
from django.utils import timezone

from challenge.celery import app
from challenge.checkins import progress
from challenge.delivery import corrections, sender_pool
from challenge.delivery import plan as planner
from challenge.delivery import rescue as rescuer
from challenge.enrollment import pending, request_limits
from challenge.inbound import imap
from challenge.models.heartbeat import Heartbeat, beat
from challenge.worker import background, shutdown

log = logging.getLogger(__name__)

# A drain ends after this many seconds, so that planning and check-ins get their turn; beat or the
# drain itself starts the next. A message for one that has waited as long is stale: others drain.
DRAIN_SECONDS = 20


def nudge(task: "Task[..., Any]", *ids: int) -> None:
    """Ask a worker to look, once the transaction has committed. Without a broker nothing is lost:
    the next sweep finds the row."""

    def enqueue() -> None:
        try:
            task.apply_async(ids, retry=False)
        except Exception as error:  # whatever the broker's client raises; the row is safe
            log.warning("no broker to tell of %s: %s", task.name, type(error).__name__)

    transaction.on_commit(enqueue)


@signals.worker_ready.connect
def keep_watch(**_: Any) -> None:
    """In the main process of a worker, whatever its tasks are busy with."""
    background.begin()


@app.task
def plan() -> None:
    while not shutdown.asked() and planner.plan(timezone.now()):
        nudge(send)
    beat(Heartbeat.Name.PLANNER, timezone.now())
    nudge(send)


@app.task(expires=DRAIN_SECONDS)
def send() -> None:
    with shutdown.finishing_first():
        more = sender_pool.send_due(timezone.now, DRAIN_SECONDS, shutdown.asked, partial(nudge, send))
    if more:
        nudge(send)


@app.task
def hear() -> None:
    """A worker's word to itself (hearing.py): that it came is all that it says."""


@app.task
def rescue() -> None:
    rescuer.close(timezone.now())
    if rescuer.rescue(timezone.now()):
        nudge(send)


@app.task
def visit_mailbox() -> None:
    imap.poll(timezone.now())


@app.task
def correct() -> None:
    if corrections.correct(timezone.now()):
        nudge(send)


@app.task
def recalculate_progress(enrollment_id: int) -> None:
    progress.recalculate(enrollment_id, timezone.now())


@app.task
def sweep_check_ins() -> None:
    progress.sweep(timezone.now())


@app.task
def remind_pending() -> None:
    pending.remind_unconfirmed(timezone.now())


@app.task
def drop_pending() -> None:
    pending.delete_unconfirmed(timezone.now())


@app.task
def forget_requests() -> None:
    request_limits.forget(timezone.now())
