"""Load a course from its folder into the database. Loading the same course again changes nothing. The loader
never overwrites what the coach has published in the admin; it reports these items."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from django.db import transaction

from challenge.curriculum.check_files import lint_course
from challenge.curriculum.course import Course, read_course
from challenge.curriculum.lesson import Content, assemble, day_content
from challenge.curriculum.lint.safety import SELF_CHECK
from challenge.curriculum.parse import CourseError, CourseFile
from challenge.curriculum.publish import Origin, Publication, lock_program, publish_day, publish_stretch
from challenge.models import Article, Day, Program, Stretch


@dataclass
class LoadResult:
    """The days (by number) and stretches that were published, and the items left unchanged for the coach."""

    program: Program
    published: list[int] = field(default_factory=list)
    stretches: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


def load(folder: Path, now: datetime, *, for_all: bool = False) -> LoadResult:
    """Read, check and compile a program's folder, and publish the differences; with `for_all`, given here or
    in program.toml, also to runners who have begun. Raises CourseError, and changes nothing, when a file has
    a problem."""
    course = read_course(folder)
    if problems := lint_course(course):
        raise CourseError(problems)
    with transaction.atomic():
        keys = ("title", "summary", "length", "weeks", "points", "safety")
        program, _ = Program.objects.update_or_create(
            slug=course.program["slug"], defaults={key: course.program[key] for key in keys}
        )
        lock_program(program.pk)
        loaded = LoadResult(program)
        publication = Publication(now, Origin.FILES, for_all=for_all or course.program["for_all"])
        for slug, page in {**course.stretches, SELF_CHECK: course.self_check}.items():
            _load_stretch(loaded, slug, page, publication)
        for number in sorted(course.days):
            _load_day(loaded, course, number, publication)
        for name, page in course.articles.items():
            _load_article(loaded, name, page)
    return loaded


def _load_stretch(loaded: LoadResult, slug: str, page: CourseFile, publication: Publication) -> None:
    kind = Stretch.Kind.SELF_CHECK if slug == SELF_CHECK else Stretch.Kind.STRETCH
    content: Content = {**page.meta, "body": page.body}
    stretch, _ = Stretch.objects.get_or_create(
        program=loaded.program,
        slug=slug,
        defaults={"kind": kind, "title": content["title"], "minutes": content["minutes"]},
    )
    if _has_coachs_version(stretch):
        loaded.kept.append(slug)
    elif publish_stretch(stretch, content, publication):
        loaded.stretches.append(slug)


def _load_day(loaded: LoadResult, course: Course, number: int, publication: Publication) -> None:
    page = course.days[number]
    words: Content = {"day": page.meta, "body": page.body}
    day, _ = Day.objects.select_related("published").get_or_create(program=loaded.program, number=number)
    if day.published is None:
        # The first version reaches everybody as it is.
        publication = replace(publication, for_all=False)
    elif _has_coachs_version(day):
        # Publish the coach's text with the current stretches, for the same runners as before.
        words, publication = day_content(day.published.content), replace(publication, for_all=False)
        loaded.kept.append(f"day-{number:02d}")
    if not assemble(day, words)["stretches"]:
        # Every stretch of this day was recalled: keep the recall's version of the day.
        loaded.kept.append(f"day-{number:02d}")
    elif publish_day(day, words, publication):
        loaded.published.append(number)


def _has_coachs_version(item: Day | Stretch) -> bool:
    versions = item.revisions if isinstance(item, Day) else item.versions
    return versions.filter(origin=Origin.COACH).exists()


def _load_article(loaded: LoadResult, name: str, page: CourseFile) -> None:
    article = Article.objects.filter(program=loaded.program, slug=name).first()
    if article and article.is_edited:
        loaded.kept.append(name)
        return
    fields = {"title": page.meta["title"], "summary": page.meta["summary"], "body": page.body}
    Article.objects.update_or_create(program=loaded.program, slug=name, defaults=fields)
