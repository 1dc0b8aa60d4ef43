"""Celery's application. Beat sends a message for each recurring job (worker/recurring.py).

A message carries no data. A lost, repeated or late message changes only the latency, because the rows hold
the schedule and the queue. Beat counts UTC intervals; schedule.py knows local times. Each message expires
soon after the next one is due, so that the queue stays short when no worker reads it.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "challenge.settings")
# Celery would run Django's checks, which read every page and form of the site, and drop what they find.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

from django.conf import settings

from challenge.broker import TRANSPORT_OPTIONS
from challenge.worker import background, before_fork, broker_watchdog
from challenge.worker.recurring import JOBS

app = Celery("challenge", include=["challenge.tasks"])
broker_watchdog.install()
background.install()
before_fork.install()

app.conf.update(
    broker_url=settings.REDIS_URL,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    # An error answer of Redis (a replica without its master, a full memory) is temporary, as is a lost
    # connection: the worker connects again and does not end.
    broker_channel_error_retry=True,
    broker_transport_options=TRANSPORT_OPTIONS,
    task_publish_retry=False,
    task_ignore_result=True,
    task_store_errors_even_if_ignored=False,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    # Far longer than any task takes: Celery kills a task that hangs, and its mails are rescued.
    task_time_limit=900,
    timezone="UTC",
    beat_schedule={
        job.name: {
            "task": f"challenge.tasks.{job.name}",
            "schedule": job.seconds,
            "options": {"expires": max(job.seconds, 60)},
        }
        for job in JOBS.values()
        if not job.in_workers
    },
)
