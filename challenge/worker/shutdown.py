"""The request to end, which a sender checks between two messages.

A stop reaches a process of Celery's pool in two ways. Docker and `bin/dev` send SIGTERM to the worker's main
process, which tells its pool through one byte of shared memory: without a lock, which a process that is
killed could leave locked. systemd and a terminal send it to every process, and Celery would end the pool's at
once, in the middle of a message; under `catching` the process notes the request instead.

A process of the pool ends when its last result is read. When the main process has stopped reading, billiard
waits half a minute, longer than Docker waits for all of it; nobody needs the result, as the rows hold it.
"""

import mmap
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from billiard import pool

pool.GUARANTEE_MESSAGE_CONSUMPTION_RETRY_LIMIT = 20  # tenths of a second

_shared = mmap.mmap(-1, 1)  # anonymous: a forked child sees what its parent writes
_caught = False
AGAIN_SECONDS = 1.0


def requested() -> bool:
    """Return whether to begin no other message."""
    return _caught or _shared[0] == 1


def request() -> None:
    """Ask this process and all its forked children to end. Safe in a signal handler."""
    _shared[0] = 1


def _catch(*_: Any) -> None:
    global _caught
    _caught = True


@contextmanager
def catching(*signals: signal.Signals) -> Iterator[None]:
    """Treat these signals as a request to end while the context lasts. Change nothing outside a process's
    main thread, where Python receives no signals."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, _catch) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def finishing_first() -> Iterator[None]:
    """Delay a SIGTERM to a process of Celery's pool until the context, and the task in it, is over.

    The signal is sent again a second later, when Celery knows the task's result. A worker that stops as a
    whole has ended its pool by then; a process that was stopped alone ends, and Celery replaces it.
    """
    try:
        with catching(signal.SIGTERM):
            yield
    finally:
        if _caught:
            again = threading.Timer(AGAIN_SECONDS, os.kill, [os.getpid(), signal.SIGTERM])
            again.daemon = True
            again.start()
