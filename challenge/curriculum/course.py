"""Read a whole course from its folder; check each file and the links between files."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from challenge import drawings
from challenge.curriculum.course_doses import check_course_doses, check_doses
from challenge.curriculum.lint.safety import FAMILY, SELF_CHECK
from challenge.curriculum.parse import (
    ArticleSchema,
    CourseError,
    CourseFile,
    DaySchema,
    ProgramSchema,
    SelfCheckSchema,
    StretchSchema,
    read_course_file,
    read_toml,
)

CONTENT = Path(__file__).parent / "content"
ARTICLES = ("faq", "about")


@dataclass(frozen=True)
class Course:
    """The files of a program; days by number, stretches by slug."""

    program: dict[str, Any]
    days: dict[int, CourseFile]
    stretches: dict[str, CourseFile]
    self_check: CourseFile
    articles: dict[str, CourseFile]


def read_course(folder: Path) -> Course:
    """Read a program's folder. Raises CourseError with every problem found, each with its line."""
    program = read_toml(folder / "program.toml", ProgramSchema())
    stretches = [
        read_course_file(path, StretchSchema()) for path in sorted((folder / "stretches").glob("*.md"))
    ]
    days = [read_course_file(path, DaySchema()) for path in sorted((folder / "days").glob("*.md"))]
    self_check = read_course_file(folder / "self-check.md", SelfCheckSchema())
    articles = {name: read_course_file(folder / f"{name}.md", ArticleSchema()) for name in ARTICLES}
    pages = (program, self_check, *stretches, *days, *articles.values())
    if not any(page.problems for page in pages):
        for stretch in (self_check, *stretches):
            _check_stretch(stretch)
        by_slug = {page.meta["slug"]: page for page in stretches}
        for page in (self_check, *stretches, *days):
            _check_drawings(page)
        for day in days:
            _check_day(day, program.meta["points"], by_slug)
            check_doses(day, self_check)
        _check_program(program, days)
        check_course_doses(program, days, by_slug)
        _check_places(program, days, by_slug)
    if problems := [problem for page in pages for problem in page.problems]:
        raise CourseError(problems)
    return Course(program.meta, {page.meta["number"]: page for page in days}, by_slug, self_check, articles)


def _check_drawings(page: CourseFile) -> None:
    known = drawings.names()
    for drawing in page.meta["figures"]:
        if drawing["name"] not in known:
            page.report(f"'figures': there is no drawing {drawing['name']!r}", "figures")


def _check_stretch(page: CourseFile) -> None:
    tokens = MarkdownIt("commonmark").parse(page.body)
    steps = sum(token.type == "list_item_open" for token in tokens)
    if not tokens or tokens[0].type != "ordered_list_open" or steps < 3:
        page.report("the body must be a numbered list of at least three steps")
    if "slug" in page.meta and page.meta["slug"] != page.path.stem:
        page.report(f"'slug' must be the file's name, {page.path.stem!r}", "slug")


def _check_day(day: CourseFile, points: dict[str, str], stretches: dict[str, CourseFile]) -> None:
    for point in day.meta["points"]:
        if point not in points:
            day.report(f"'points': {point} is not in program.toml", "points")
    for slug in day.meta["stretches"]:
        if slug not in stretches:
            day.report(f"'stretches': there is no stretches/{slug}.md", "stretches")


def _check_program(program: CourseFile, days: list[CourseFile]) -> None:
    numbers = [day.meta["number"] for day in days]
    for number in range(1, program.meta["length"] + 1):
        if numbers.count(number) != 1:
            program.report(f"day {number} is there {numbers.count(number)} times, not once", "length")
    for day in days:
        if day.path.stem != f"day-{day.meta['number']:02d}":
            day.report("'number' must be the one in the file's name", "number")
    taught = {point for day in days for point in day.meta["points"]}
    for point in program.meta["points"]:
        if point not in taught:
            program.report(f"point {point} is taught on no day", point)


def _check_places(program: CourseFile, days: list[CourseFile], stretches: dict[str, CourseFile]) -> None:
    """Report a safety rule for a place that there is not: nothing would hold it."""
    known = {SELF_CHECK, *ARTICLES, *stretches, *(day.path.stem for day in days)}
    known |= {FAMILY + page.meta["family"] for page in stretches.values()}
    for rule in program.meta["safety"]:
        for place in rule["places"]:
            if place not in known:
                program.report(f"'safety': there is no place {place!r}", "safety")
