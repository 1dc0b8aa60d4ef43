"""Check a course without a database: its files, its text, its mails; and print what it covers."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from challenge.curriculum.check_files import check_course_accessibility, lint_course
from challenge.curriculum.course import CONTENT, read_course
from challenge.curriculum.course_report import report
from challenge.curriculum.parse import CourseError


class Command(BaseCommand):
    help = "Check a course's files, its words and its mails, and print its points, safety rules and doses."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, default=CONTENT / "reset-21")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            course = read_course(options["folder"])
        except CourseError as error:
            raise CommandError(f"Mend this first:\n{error}") from error
        if problems := lint_course(course) or check_course_accessibility(course):
            raise CommandError("Mend this first:\n" + "\n".join(str(problem) for problem in problems))
        self.stdout.write("\n".join(report(course)))
        self.stdout.write(
            f"\n{course.program['title']}: {len(course.days)} days, {len(course.stretches)} stretches, "
            f"{len(course.articles)} articles: nothing to mend"
        )
