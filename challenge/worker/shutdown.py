"""Whether this process has been asked to end: what a sender asks between two messages.

A stop reaches a process of Celery's pool in two ways. Docker and `bin/dev` send SIGTERM to the
worker's main process, which tells its pool through one byte of memory that they share: no lock, so
that a process killed at any moment leaves none behind. systemd and a terminal send it to every
process, and Celery would end the pool's at once, in the middle of a message; for as long as one
listens here, it takes a note instead.
"""

import mmap
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_family = mmap.mmap(-1, 1)  # anonymous and shared: a child that is forked sees what its parent writes
_told = False
AGAIN_SECONDS = 1.0


def asked() -> bool:
    """Whether to begin no other message."""
    return _told or _family[0] == 1


def ask() -> None:
    """Ask this process and all that were forked from it to end. Safe in a signal handler."""
    _family[0] = 1


def _note(*_: Any) -> None:
    global _told
    _told = True


@contextmanager
def listening(*signals: signal.Signals) -> Iterator[None]:
    """Take these signals as a question, asked(), while the context lasts. Outside of a process's main
    thread, where Python hears no signals, nothing changes."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, _note) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def finishing_first() -> Iterator[None]:
    """In a process of Celery's pool: a SIGTERM waits until the context, and the task in it, is over.

    It comes again a second later, when Celery knows the task's result. A worker that stops as a whole
    has ended its pool by then; a process that was asked alone ends, and Celery replaces it.
    """
    try:
        with listening(signal.SIGTERM):
            yield
    finally:
        if _told:
            again = threading.Timer(AGAIN_SECONDS, os.kill, [os.getpid(), signal.SIGTERM])
            again.daemon = True
            again.start()
