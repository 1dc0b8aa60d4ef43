"""Who looks: a thread of its own in every worker and in `send_due --loop`, so that neither a sender that
waits for the database nor a broker that is away keeps it from looking."""

from contextlib import AbstractContextManager

from challenge.monitoring.checks import look
from challenge.worker.periodic import Rounds, going_round

NAME, EVERY_SECONDS = "lookout", 30.0

_of_worker: list[Rounds] = []  # none before this process is a worker that is ready, then one


def begin() -> None:
    """Look for as long as this process lives; asked again, nothing more."""
    if not _of_worker:
        lookout = Rounds(NAME, EVERY_SECONDS, look)
        _of_worker.append(lookout)
        lookout.start()


def keeping_watch() -> AbstractContextManager[None]:
    """Look while the work inside is done."""
    return going_round(NAME, EVERY_SECONDS, look)
