"""All recurring work in one list, in the order in which a single process does it. Beat, `manage.py send_due`
and the background threads read it. It names functions by their paths, so that beat imports none of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.module_loading import import_string

from challenge.worker import shutdown

# A drain ends after this many seconds, so that planning and check-ins get their turn; beat or the drain
# itself starts the next. A message that has waited as long is outdated: other workers drain.
DRAIN_SECONDS = 20


@dataclass(frozen=True)
class Job:
    """A job to do every `seconds`. `path` leads to a function that takes `now`.

    Beat sends each job's message (the Celery task `challenge.tasks.NAME`), unless it runs `in_workers`: in a
    thread of every worker. `send_due` does all jobs in one thread, except those that run `apart` or
    `in_workers`; these get their own threads under `--loop`.
    """

    name: str
    seconds: float
    path: str
    repeats: bool = False  # when it has found something, there may be more to do at once
    wakes_senders: bool = False
    apart: bool = False
    in_workers: bool = False

    @property
    def function(self) -> Callable[[datetime], Any]:
        function: Callable[[datetime], Any] = import_string(self.path)
        return function


JOBS = {
    job.name: job
    for job in (
        Job("rescue", 10, "challenge.delivery.rescue.rescue_and_close", wakes_senders=True),
        Job("remind_pending", 900, "challenge.enrollment.pending.remind_unconfirmed"),
        Job("remind_unscreened", 900, "challenge.enrollment.unscreened.remind_unscreened"),
        Job("drop_pending", 3600, "challenge.enrollment.pending.delete_unconfirmed"),
        Job("answer_waiting", 300, "challenge.enrollment.waiting.answer_waiting", wakes_senders=True),
        Job("forget_requests", 3600, "challenge.enrollment.request_limits.forget"),
        Job("forget_addresses", 3600, "challenge.enrollment.address_change.forget"),
        Job("purge", 3600, "challenge.privacy.retention.purge"),
        Job("erase", 300, "challenge.enrollment.erasing.erase_due"),
        Job("correct", 60, "challenge.delivery.corrections.correct", wakes_senders=True),
        Job("escalate", 30, "challenge.safety.escalations.escalate", wakes_senders=True),
        Job("plan", 10, "challenge.delivery.plan.plan_due", repeats=True, wakes_senders=True),
        Job("send", 10, "challenge.worker.recurring.send", repeats=True),
        Job("sweep_check_ins", 60, "challenge.checkins.progress.sweep"),
        Job("sweep_desk", 60, "challenge.safety.desk_sweep.sweep"),
        Job("erase_removed", 3600, "challenge.checkins.earlier.erase_removed"),
        Job("visit_mailbox", 300, "challenge.inbound.imap.poll", apart=True),
        Job("check", 30, "challenge.monitoring.checks.check", in_workers=True),
    )
}


def run(job: Job, after: Callable[[], None] = lambda: None) -> None:
    """Do a job until there is no more to do or this process is asked to end. Call `after` each time; for a
    job that does not repeat, only if it found something."""
    more = True
    while more and not shutdown.requested():
        found = job.function(timezone.now())
        if found or job.repeats:
            after()
        more = found and job.repeats


def send(now: datetime, call_others: Callable[[], None] = lambda: None) -> bool:
    """Send what is due, for DRAIN_SECONDS at most. Return whether more may be due."""
    from challenge.delivery.sender_pool import send_due

    return send_due(timezone.now, DRAIN_SECONDS, shutdown.requested, call_others)
