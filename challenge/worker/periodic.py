"""What a process does every so often beside its work, in a thread of its own."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection
from django.utils import timezone

log = logging.getLogger(__name__)


class Rounds(threading.Thread):
    """Does a thing again and again, for the first time after `seconds`; one that fails is not the last.
    Between two rounds it holds no connection, which a process that a worker forks at that moment would
    share. It ends with its process, in the middle of a round as well."""

    def __init__(self, name: str, seconds: float, act: Callable[[datetime], object]) -> None:
        super().__init__(name=name, daemon=True)
        self._seconds, self._act = seconds, act
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(self._seconds):
            try:
                self._act(timezone.now())
            except Exception:  # whatever it is, the next round is worth trying
                log.exception("a round of %s failed", self.name)
            finally:
                connection.close()

    def close(self) -> None:
        """Begin no other round."""
        self._over.set()


@contextmanager
def going_round(name: str, seconds: float, act: Callable[[datetime], object]) -> Iterator[None]:
    """Do a thing every so many seconds while the work inside is done."""
    rounds = Rounds(name, seconds, act)
    rounds.start()
    try:
        yield
    finally:
        rounds.close()
