"""Celery's application and, in one list, everything that recurs.

A message says only "go and look": lost, doubled or late, it changes nothing but latency, because
the rows hold the schedule and the queue. Beat knows UTC intervals; wall clocks live in schedule.py.
Each message expires soon after the next one is due, so that a queue that nobody reads stays short,
and one that is read slowly still gets to every kind.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "challenge.settings")

from django.conf import settings

from challenge.worker import broker_watchdog

app = Celery("challenge", include=["challenge.tasks"])
broker_watchdog.attend()


def every(seconds: int, task: str) -> dict[str, object]:
    """One line of the beat schedule."""
    return {
        "task": f"challenge.tasks.{task}",
        "schedule": seconds,
        "options": {"expires": max(seconds, 60)},
    }


app.conf.update(
    broker_url=settings.REDIS_URL,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    # An error that Redis answers with (a replica without its master, a full memory) passes, as one of
    # the connection does: the worker connects again rather than end.
    broker_channel_error_retry=True,
    # A web request that nudges a worker gives up within a second, also on a Redis that accepts and
    # says nothing: the beat's next look finds the row. Acknowledgements stay in the worker, as a
    # lost message costs nothing, while one in Redis that timed out would stop the worker for good.
    # A connection that went silent without a word (Celery issues 8030, 8384, 10205) is dropped and made
    # anew when an answer is `health_check_interval` late (kombu 5.7); hearing.py sees to what is left.
    broker_transport_options={
        "socket_connect_timeout": 0.5,
        "socket_timeout": 0.5,
        "socket_keepalive": True,
        "health_check_interval": 10,
        "max_retries": 0,
        "ack_emulation": False,
    },
    task_publish_retry=False,
    task_ignore_result=True,
    task_store_errors_even_if_ignored=False,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    # Far longer than any task takes: one that hangs is killed, and its mails are rescued.
    task_time_limit=900,
    timezone="UTC",
    beat_schedule={
        "plan": every(10, "plan"),
        "send": every(10, "send"),
        "rescue": every(10, "rescue"),
        "correct": every(60, "correct"),
        "visit mailbox": every(300, "visit_mailbox"),
        "sweep check-ins": every(60, "sweep_check_ins"),
        "remind pending": every(900, "remind_pending"),
        "drop pending": every(3600, "drop_pending"),
        "forget requests": every(3600, "forget_requests"),
    },
)
