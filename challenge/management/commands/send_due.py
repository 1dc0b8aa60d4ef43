"""Plan, rescue, send and sweep without a broker: once, or for as long as it is left running. Then the mailbox
for returned mail is visited beside it."""

import logging
from argparse import ArgumentParser
from signal import SIGINT, SIGTERM
from time import monotonic, sleep
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from challenge.checkins.progress import sweep
from challenge.delivery.corrections import correct
from challenge.delivery.plan import plan
from challenge.delivery.rescue import close, rescue
from challenge.delivery.sender_pool import send_due
from challenge.enrollment import pending, request_limits
from challenge.inbound import imap
from challenge.models.heartbeat import Heartbeat, beat
from challenge.monitoring.checks import look
from challenge.worker import shutdown
from challenge.worker.background import keeping_watch
from challenge.worker.periodic import going_round

log = logging.getLogger(__name__)

PAUSE_SECONDS = 10
DRAIN_SECONDS = 20
STEP_SECONDS = 0.1
VISIT_EVERY_SECONDS = 300.0


class Command(BaseCommand):
    help = "Send what is due without Celery and Redis. It may run beside workers: no mail goes twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until stopped")

    def handle(self, *args: Any, **options: Any) -> None:
        with shutdown.listening(SIGTERM, SIGINT):
            if options["loop"]:
                with keeping_watch(), going_round("mailbox", VISIT_EVERY_SECONDS, imap.poll):
                    self._loop()
            else:
                self._once()

    def _once(self) -> None:
        try:
            self._round()
        finally:
            look(timezone.now())

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
        close(timezone.now())
        rescue(timezone.now())
        pending.remind_unconfirmed(timezone.now())
        pending.delete_unconfirmed(timezone.now())
        request_limits.forget(timezone.now())
        correct(timezone.now())
        while not shutdown.asked() and plan(timezone.now()):
            pass
        beat(Heartbeat.Name.PLANNER, timezone.now())
        while not shutdown.asked() and send_due(timezone.now, DRAIN_SECONDS, shutdown.asked):
            pass
        sweep(timezone.now())


def _stopped_within(seconds: float) -> bool:
    """Wait, a signal's note aside. True when asked to stop meanwhile."""
    end = monotonic() + seconds
    while not shutdown.asked() and monotonic() < end:
        sleep(STEP_SECONDS)  # no Event: a signal handler that sets one can wait for itself
    return shutdown.asked()
