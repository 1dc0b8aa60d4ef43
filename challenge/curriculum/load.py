"""Bring a course from its folder into the database. Loading the same course twice changes nothing."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction

from challenge.curriculum.compile import compile_day
from challenge.curriculum.course import Course, read_course
from challenge.models import Day, Program, Revision, Stretch


@dataclass(frozen=True)
class Loaded:
    """What a load changed."""

    program: Program
    published: list[int]
    stretches: int


def load(folder: Path, now: datetime) -> Loaded:
    """Read, check and compile a program's folder, and publish the days that differ.

    Raises CourseError, and changes nothing, when anything in the folder is wrong.
    """
    course = read_course(folder)
    with transaction.atomic():
        program, _ = Program.objects.update_or_create(
            slug=course.program["slug"],
            defaults={key: course.program[key] for key in ("title", "summary", "length")},
        )
        changed = _store_stretches(program, course)
        published = [number for number in sorted(course.days) if _publish(program, course, number, now)]
    return Loaded(program, published, changed)


def _store_stretches(program: Program, course: Course) -> int:
    changed = 0
    for slug, page in course.stretches.items():
        fields = {"title": page.meta["title"], "minutes": page.meta["minutes"], "source": page.source}
        if not Stretch.objects.filter(program=program, slug=slug, **fields).exists():
            Stretch.objects.update_or_create(program=program, slug=slug, defaults=fields)
            changed += 1
    return changed


def _publish(program: Program, course: Course, number: int, now: datetime) -> bool:
    """Publish a day as a new revision, unless the published one is the same to the letter."""
    page, compiled = course.days[number], compile_day(course, number)
    day, _ = Day.objects.select_related("published").get_or_create(program=program, number=number)
    if day.published and day.published.digest == compiled.digest and day.published.source == page.source:
        return False
    newest = day.revisions.first()
    day.published = Revision.objects.create(
        day=day,
        number=newest.number + 1 if newest else 1,
        title=page.meta["title"],
        points=page.meta["points"],
        minutes=page.meta["minutes"],
        source=page.source,
        subject=compiled.subject,
        text=compiled.text,
        html=compiled.html,
        digest=compiled.digest,
        published_at=now,
    )
    day.save(update_fields=["published"])
    return True
