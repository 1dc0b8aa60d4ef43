"""Render every drawing in advance, so that no visitor waits for one."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from challenge.curriculum import drawing_files
from challenge.drawings import catalogue


class Command(BaseCommand):
    help = "Draw every picture of the course, as SVG and PNG, in light and dark."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--folder", type=Path, help="where to; the folder of kept pictures without it")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"] or drawing_files.folder()
        files = drawing_files.draw_all(folder)
        self.stdout.write(f"{len(files)} files of {len(catalogue.names())} pictures are in {folder}")
