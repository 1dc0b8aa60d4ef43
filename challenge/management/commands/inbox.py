"""Run the mail server of the inbox."""

import logging
import signal
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from challenge.mailcatcher.server import controller
from challenge.mailcatcher.store import Inbox


class Command(BaseCommand):
    help = "Take every mail by SMTP and keep it in INBOX_DIR, for the pages at /inbox/. Sends none on."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8025)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.INBOX_DIR:
            raise CommandError("INBOX_DIR is not set: there is no folder to keep the mails in.")
        # aiosmtpd logs every command, with its addresses.
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        stop = {signal.SIGINT, signal.SIGTERM}
        # Block the signals before the server's thread starts, so that sigwait below receives them.
        signal.pthread_sigmask(signal.SIG_BLOCK, stop)
        server = controller(Inbox(Path(settings.INBOX_DIR)), options["host"], options["port"])
        try:
            server.start()
        except OSError as error:
            raise CommandError(f"No mail server on {options['host']}:{options['port']}: {error}") from error
        self.stdout.write(f"Mail to {options['host']}:{options['port']} is kept in {settings.INBOX_DIR}")
        signal.sigwait(stop)
        server.stop()
