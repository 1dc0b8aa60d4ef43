"""Who looks: a thread of its own in every worker and in `send_due --loop`, so that neither a sender that
waits for the database nor a broker that is away keeps it from looking."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.utils import timezone

from challenge.watching.watch import look

log = logging.getLogger(__name__)

EVERY_SECONDS = 30.0


class Lookout(threading.Thread):
    """Looks again and again. Between two looks it holds no connection, which a process that a worker
    forks at that moment would share."""

    def __init__(self) -> None:
        super().__init__(name="lookout", daemon=True)
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(EVERY_SECONDS):
            try:
                look(timezone.now())
            except Exception:  # whatever it is, the next look is worth trying
                log.exception("the watch could not look")
            finally:
                connection.close()

    def close(self) -> None:
        self._over.set()


_of_worker: list[Lookout] = []  # none before this process is a worker that is ready, then one


def begin() -> None:
    """Look for as long as this process lives; asked again, nothing more."""
    if not _of_worker:
        lookout = Lookout()
        _of_worker.append(lookout)
        lookout.start()


@contextmanager
def keeping_watch() -> Iterator[None]:
    """Look while the work inside is done."""
    lookout = Lookout()
    lookout.start()
    try:
        yield
    finally:
        lookout.close()
