"""Threads that do something again and again beside the work of their process."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from django.db import connection
from django.utils import timezone

log = logging.getLogger(__name__)


class PeriodicThread(threading.Thread):
    """Acts every `seconds`, for the first time after them; a failure is logged and changes nothing.

    Between two acts it holds no database connection, which a process that a worker forks at that moment
    would share. It ends with its process, even in the middle of an act.
    """

    def __init__(self, name: str, seconds: float, act: Callable[[datetime], object]) -> None:
        super().__init__(name=name, daemon=True)
        self._seconds, self._act = seconds, act
        self._closed = threading.Event()

    def run(self) -> None:
        while not self._closed.wait(self._seconds):
            try:
                self._act(timezone.now())
            except Exception:  # whatever it is, the next time is worth trying
                log.exception("%s failed", self.name)
            finally:
                connection.close()

    def close(self) -> None:
        """Do not act again."""
        self._closed.set()


def run_every(seconds: float, act: Callable[[datetime], object], name: str) -> PeriodicThread:
    """Start a thread that acts every so many seconds, until it is closed."""
    thread = PeriodicThread(name, seconds, act)
    thread.start()
    return thread
