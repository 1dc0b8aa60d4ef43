"""Load a course from its folder; run it again after every change of the files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from challenge.curriculum.course import CONTENT
from challenge.curriculum.load import load
from challenge.curriculum.parse import CourseError


class Command(BaseCommand):
    help = "Check, compile and publish a course from its folder. Running it again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, default=CONTENT / "reset-21")
        parser.add_argument(
            "--for-all", action="store_true", help="also for runners who have begun; a typo, say"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        if not (folder / "program.toml").is_file():
            raise CommandError(f"{folder} holds no program.toml")
        try:
            loaded = load(folder, timezone.now(), for_all=options["for_all"])
        except CourseError as error:
            raise CommandError(f"The course was not loaded. Mend this first:\n{error}") from error
        days = ", ".join(str(number) for number in loaded.published) or "none"
        stretches = ", ".join(loaded.stretches) or "none"
        self.stdout.write(f"{loaded.program}: days published anew: {days}; stretches: {stretches}")
        if loaded.kept:
            self.stdout.write(f"Left as the coach published them: {', '.join(loaded.kept)}")
