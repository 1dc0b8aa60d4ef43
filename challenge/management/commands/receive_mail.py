"""Receive one mail on standard input, as Postfix's pipe(8) sends it."""

import logging
import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from challenge.inbound.bounce_mail import receive
from challenge.inbound.dsn import MAX_BYTES

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Receive one bounce or complaint on standard input. Exits with 0 when it is done with it, and with "
        "75 (EX_TEMPFAIL) when the mail server should offer it again later."
    )
    # Each mail starts a process, so skip everything that is not necessary.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        whom = "whom the envelope names; may be given more than once (Postfix: ${original_recipient})"
        parser.add_argument("--recipient", action="append", default=[], help=whom)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            raw = sys.stdin.buffer.read(MAX_BYTES)
            while sys.stdin.buffer.read(MAX_BYTES):
                pass  # the mail server treats a pipe that closes early as a failure
            receive(raw, options["recipient"], timezone.now())
        except Exception as error:  # such as a database that is away; the mail server tries again
            log.error("a mail was not received: %s", type(error).__name__)
            sys.exit(os.EX_TEMPFAIL)
