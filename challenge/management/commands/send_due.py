"""Plan, rescue, send and sweep without a broker: once, or for as long as it is left running."""

import logging
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from challenge.checkins.progress import sweep
from challenge.delivery.corrections import correct
from challenge.delivery.plan import plan
from challenge.delivery.rescue import close, rescue
from challenge.delivery.send import drain
from challenge.delivery.transport import Transport
from challenge.enrollment import pending, requests

log = logging.getLogger(__name__)

PAUSE_SECONDS = 10


class Command(BaseCommand):
    help = "Send what is due without Celery and Redis. It may run beside workers: no mail goes twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until stopped")

    def handle(self, *args: Any, **options: Any) -> None:
        stopped = threading.Event()
        if options["loop"]:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stopped.set())
        while True:
            try:
                self._round(stopped)
            except DatabaseError as error:
                if not options["loop"]:
                    raise
                log.warning("the database is away: %s", type(error).__name__)
            if not options["loop"] or stopped.wait(PAUSE_SECONDS):
                break
            close_old_connections()

    def _round(self, stopped: threading.Event) -> None:
        close(timezone.now())
        rescue(timezone.now())
        pending.remind(timezone.now())
        pending.drop(timezone.now())
        requests.forget(timezone.now())
        correct(timezone.now())
        while plan(timezone.now()):
            pass
        with Transport() as transport:
            while not stopped.is_set() and drain(transport, timezone.now, 1):
                pass
        sweep(timezone.now())
