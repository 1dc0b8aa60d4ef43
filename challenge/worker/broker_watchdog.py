"""The watchdog of a worker's connection: it ends a worker that no longer receives messages, so that the
worker is replaced.

A worker can stop receiving for good while all else looks well: its process lives, it answers Celery's pings
(over another connection), but no task reaches it (Celery issues 8030, 8384, 10205). Celery 5.6.3 and kombu
5.7 fix the known causes; the watchdog notices all others. Each worker reads its own queue beside the common
one, puts a ping into it every few seconds, and counts the pings since the last task of any kind. It does not
count while the broker is away or the pool is busy.
"""

import logging
import os
import threading
from typing import Any

from celery import Celery, signals
from celery.worker import state
from kombu import Queue

from challenge.worker import shutdown

log = logging.getLogger(__name__)

# A worker that waits for its broker tries again at least every 32 s (kombu's longest pause).
EVERY_SECONDS = 15.0
MOST_MISSED = 5
# The time for messages in hand when the worker ends for this reason.
GRACE_SECONDS = 60.0
QUEUE_EXPIRES_SECONDS = 600
EXIT_CODE = 1
TASK = "challenge.tasks.ping"


class Watchdog(threading.Thread):
    def __init__(self, app: Celery, queue: Queue, processes: int) -> None:
        super().__init__(name="broker watchdog", daemon=True)
        self._app, self._queue, self._processes = app, queue, processes
        self._received, self._closed = True, threading.Event()

    def received(self) -> None:
        self._received = True

    def close(self) -> None:
        self._closed.set()

    def run(self) -> None:
        missed = 0
        while missed < MOST_MISSED:
            pinged = self._ping()
            if self._closed.wait(EVERY_SECONDS):
                return
            excused = not pinged or self._is_busy()
            missed = 0 if self._received or excused else missed + 1
            self._received = False
        log.critical("this worker receives no tasks any more, so it ends; whatever started it starts another")
        self._end()

    def _ping(self) -> bool:
        """Put a message into the worker's own queue. Return False when the broker did not accept it."""
        try:
            self._app.send_task(TASK, queue=self._queue, retry=False)  # type: ignore[arg-type]
        except Exception:  # any error of the broker's client
            return False
        return True

    def _is_busy(self) -> bool:
        # Each process of the pool has one task in hand and one that waits; no more are fetched.
        return len(state.reserved_requests) >= 2 * self._processes

    def _end(self) -> None:
        shutdown.request()
        # The worker's loop, if it still runs, stops as after SIGTERM.
        state.should_stop = EXIT_CODE  # type: ignore[assignment]
        if not self._closed.wait(GRACE_SECONDS):
            os._exit(EXIT_CODE)  # the pool's processes die with it, and rescue puts their mails back


_watchdogs: list[Watchdog] = []  # of this process: none before its worker is ready, then one


def install() -> None:
    """Start a watchdog in the worker that this process may become, and tell its pool when to stop."""
    signals.celeryd_after_setup.connect(_read_own_queue)
    signals.worker_ready.connect(_start)
    signals.task_received.connect(_received)
    signals.worker_shutting_down.connect(_stop)
    signals.worker_shutdown.connect(_close)


def own_queue(node: str) -> Queue:
    """Return the queue that only this worker reads; it expires when the worker is gone."""
    name = f"ping.{node}.{os.getpid()}"
    return Queue(name, routing_key=name, expires=QUEUE_EXPIRES_SECONDS)


def _read_own_queue(sender: str, instance: Any, **_: Any) -> None:
    instance.app.amqp.queues.select_add(own_queue(sender))


def _start(sender: Any, **_: Any) -> None:
    # Celery sends the signal at each connection of the worker.
    if not _watchdogs:
        watchdog = Watchdog(sender.app, own_queue(sender.hostname), sender.pool.num_processes)
        _watchdogs.append(watchdog)
        watchdog.start()


def _received(**_: Any) -> None:
    for watchdog in _watchdogs:
        watchdog.received()


def _stop(**_: Any) -> None:
    shutdown.request()


def _close(**_: Any) -> None:
    for watchdog in _watchdogs:
        watchdog.close()
