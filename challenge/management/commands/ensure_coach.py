"""Make the first coach, with a random password, and print the login."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from challenge.runtime.coach import ensure_coach


class Command(BaseCommand):
    help = "Make a coach if there is none, and print the login until the coach changes the password."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Coach login: {ensure_coach(Path(settings.VAR_DIR) / 'coach-login')}")
