"""Do the recurring work without a broker: once, or in a loop, which also polls the mailbox in a thread."""

import logging
from argparse import ArgumentParser
from signal import SIGINT, SIGTERM
from time import monotonic, sleep
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from challenge.monitoring.checks import check
from challenge.worker import background, recurring, shutdown

log = logging.getLogger(__name__)

PAUSE_SECONDS = 10
STEP_SECONDS = 0.1


class Command(BaseCommand):
    help = "Send what is due without Celery and Redis. It may run beside workers: no mail goes twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until stopped")

    def handle(self, *args: Any, **options: Any) -> None:
        with shutdown.catching(SIGTERM, SIGINT):
            if options["loop"]:
                with background.beside_loop():
                    self._loop()
            else:
                self._once()

    def _once(self) -> None:
        try:
            self._round()
        finally:
            check(timezone.now())

    def _loop(self) -> None:
        while True:
            try:
                self._round()
            except DatabaseError as error:
                log.warning("the database is away: %s", type(error).__name__)
            if _stopped_within(PAUSE_SECONDS):
                break
            close_old_connections()

    def _round(self) -> None:
        for job in recurring.JOBS.values():
            if not (job.apart or job.in_workers):
                recurring.run(job)


def _stopped_within(seconds: float) -> bool:
    """Wait. Return True, at once, when this process is asked to end meanwhile."""
    end = monotonic() + seconds
    while not shutdown.requested() and monotonic() < end:
        sleep(STEP_SECONDS)  # no Event: a signal handler that sets one can wait for itself
    return shutdown.requested()
