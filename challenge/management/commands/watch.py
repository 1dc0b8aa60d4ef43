"""Check once whether mail flows and alert the operator, from cron or a systemd timer: the workers do this
too, but they may be what has stopped."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from challenge.monitoring.checks import check


class Command(BaseCommand):
    help = "Say what is wrong with sending, tell the operator if that is new, and exit with 1."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = check(timezone.now())
        for text in wrong:
            self.stdout.write(str(text))
        if wrong:
            sys.exit(1)
