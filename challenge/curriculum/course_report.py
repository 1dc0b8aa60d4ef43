"""What a course covers, as lines to read: the points it teaches, its safety rules, and its dose table."""

from collections.abc import Iterator

from challenge.curriculum.check_files import lesson_from_files
from challenge.curriculum.compile_lesson import compile_lesson
from challenge.curriculum.course import Course
from challenge.curriculum.course_doses import dose_rows
from challenge.curriculum.dose_table import DoseRow, week_hold
from challenge.curriculum.visible_words import visible_words

HEADING = "Day   Hold  Min  Load; stretches"


def report(course: Course) -> list[str]:
    """Return the lines of the whole report. Hold is the seconds of front-of-hip hold, for each side."""
    return [
        "Points, with the days that teach them",
        *_points(course),
        "",
        "Safety rules, by their places",
        *_safety(course),
        "",
        "Doses, with the hold for each side in seconds",
        HEADING,
        *_doses(course),
        "",
        "Words of each mail, without a greeting",
        ", ".join(f"day {number}: {words}" for number, words in mail_words(course).items()),
    ]


def mail_words(course: Course) -> dict[int, int]:
    length = course.program["length"]
    mails = {number: compile_lesson(lesson_from_files(course, number), length) for number in course.days}
    return {number: visible_words(mail, number) for number, mail in mails.items()}


def _points(course: Course) -> Iterator[str]:
    for point, text in course.program["points"].items():
        days = [number for number, page in course.days.items() if point in page.meta["points"]]
        yield f"{point:4} {', '.join(map(str, days)):8} {text}"


def _safety(course: Course) -> Iterator[str]:
    for rule in course.program["safety"]:
        field = f" ({rule['field']})" if rule["field"] else ""
        yield f"{', '.join(rule['places'])}{field}: {'; '.join(rule['words'])}"


def _doses(course: Course) -> Iterator[str]:
    rows = dose_rows(list(course.days.values()), course.stretches)
    checks = {number for number, page in course.days.items() if page.meta["self_check"]}
    for week in course.program["weeks"]:
        days = [row for row in rows if week["first"] <= row.number <= week["last"]]
        yield from (_day(row, row.number in checks) for row in days)
        total = sum(row.minutes for row in days)
        loaded = sum(bool(row.loads) for row in days)
        yield f"Sum {week_hold(week, rows):6} {total:4}  {loaded} days with load: {week['title']}"


def _day(row: DoseRow, with_check: bool) -> str:
    doses = [f"{slug} {dose}" for slug, dose in row.doses.items()]
    parts = (["self-check"] if with_check else []) + doses
    loads = ", ".join(row.loads) or "-"
    return f"{row.number:3} {row.hold or '-':>6} {row.minutes:4}  {loads}; {', '.join(parts)}"
