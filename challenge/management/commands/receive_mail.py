"""Take one mail on standard input, as Postfix's pipe(8) hands it over."""

import logging
import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from challenge.inbound.bounce_mail import take_mail
from challenge.inbound.dsn import LARGEST

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Take one returned mail on standard input. Exits with 0 when it is done with it, and with 75 "
        "(EX_TEMPFAIL) when the mail server should offer it again later."
    )
    # Each mail starts a process: nothing that can wait is done in it.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        whom = "whom the envelope names; may be given more than once (Postfix: ${original_recipient})"
        parser.add_argument("--recipient", action="append", default=[], help=whom)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            raw = sys.stdin.buffer.read(LARGEST)
            while sys.stdin.buffer.read(LARGEST):
                pass  # the mail server takes a pipe that closes early for a failure
            take_mail(raw, options["recipient"], timezone.now())
        except Exception as error:  # the database is away, or whatever else: it is offered again
            log.error("a mail was not taken: %s", type(error).__name__)
            sys.exit(os.EX_TEMPFAIL)
