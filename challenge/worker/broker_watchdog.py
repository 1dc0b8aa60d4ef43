"""Whether a worker still hears its broker; one that does not ends, so that it is replaced.

A worker can lose its ear for good while all else looks well: its process lives, it answers pings
(they come over another connection), but no task reaches it (Celery issues 8030, 8384, 10205). Celery
5.6.3 and kombu 5.7 mend the ways that are known; this notices all others. Each worker reads a queue
of its own beside the common one, puts a message into it every few seconds, and counts how many it
sent without receiving any task at all. A broker that is away is excused, and so is a worker whose
hands are full.
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

# A worker that waits for a broker to come back asks it at least every 32 s (kombu's longest pause).
EVERY_SECONDS = 15.0
UNHEARD = 5
# How long a message in hand may take when the worker ends for this reason.
GRACE_SECONDS = 60.0
FORGOTTEN_AFTER_SECONDS = 600
EXIT_CODE = 1
TASK = "challenge.tasks.hear"


class Ear(threading.Thread):
    """Listens for its own messages in the main process of a worker with `processes` in its pool."""

    def __init__(self, app: Celery, queue: Queue, processes: int) -> None:
        super().__init__(name="ear", daemon=True)
        self._app, self._queue, self._processes = app, queue, processes
        self._heard, self._over = True, threading.Event()

    def hear(self) -> None:
        """A task came in."""
        self._heard = True

    def close(self) -> None:
        self._over.set()

    def run(self) -> None:
        unheard = 0
        while unheard < UNHEARD:
            called = self._call()
            if self._over.wait(EVERY_SECONDS):
                return
            excused = not called or self._full()
            unheard = 0 if self._heard or excused else unheard + 1
            self._heard = False
        log.critical("this worker hears no tasks any more, so it ends; whatever started it starts another")
        self._end()

    def _call(self) -> bool:
        """Put a message into the worker's own queue. False when the broker took none."""
        try:
            self._app.send_task(TASK, queue=self._queue, retry=False)  # type: ignore[arg-type]
        except Exception:  # whatever the broker's client raises
            return False
        return True

    def _full(self) -> bool:
        # Each process of the pool has one task in hand and one that waits; no more are fetched.
        return len(state.reserved_requests) >= 2 * self._processes

    def _end(self) -> None:
        shutdown.ask()
        # The worker's loop, if it still turns, stops as after SIGTERM.
        state.should_stop = EXIT_CODE  # type: ignore[assignment]
        if not self._over.wait(GRACE_SECONDS):
            os._exit(EXIT_CODE)  # the pool's processes die with it, and rescue puts their mails back


_ears: list[Ear] = []  # of this process: none before its worker is ready, then one


def attend() -> None:
    """Have the worker that this process may become listen, and tell its pool when it is to stop."""
    signals.celeryd_after_setup.connect(_read_own_queue)
    signals.worker_ready.connect(_begin)
    signals.task_received.connect(_hear)
    signals.worker_shutting_down.connect(_stop)
    signals.worker_shutdown.connect(_end)


def own_queue(node: str) -> Queue:
    """The queue that only this worker reads; it goes by itself when the worker is gone."""
    name = f"ear.{node}.{os.getpid()}"
    return Queue(name, routing_key=name, expires=FORGOTTEN_AFTER_SECONDS)


def _read_own_queue(sender: str, instance: Any, **_: Any) -> None:
    instance.app.amqp.queues.select_add(own_queue(sender))


def _begin(sender: Any, **_: Any) -> None:
    # Celery says it each time that the worker has connected.
    if not _ears:
        ear = Ear(sender.app, own_queue(sender.hostname), sender.pool.num_processes)
        _ears.append(ear)
        ear.start()


def _hear(**_: Any) -> None:
    for ear in _ears:
        ear.hear()


def _stop(**_: Any) -> None:
    shutdown.ask()


def _end(**_: Any) -> None:
    for ear in _ears:
        ear.close()
