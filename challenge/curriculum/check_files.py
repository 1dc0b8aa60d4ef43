"""Check a course's files as publishing does, without a database."""

from challenge.curriculum.accessibility import check_accessibility
from challenge.curriculum.compile_lesson import compile_lesson
from challenge.curriculum.course import Course
from challenge.curriculum.lesson import Content
from challenge.curriculum.lint import Finding, lint_article, lint_lesson, lint_self_check, lint_stretch
from challenge.curriculum.lint.safety import BODIES, SELF_CHECK, check_safety, day_place
from challenge.curriculum.parse import CourseFile, Problem


def lesson_from_files(course: Course, number: int) -> Content:
    """Return the content of a lesson from the files, as lesson.assemble does from rows."""
    day, weeks = course.days[number], course.program["weeks"]
    return {
        "day": day.meta,
        "body": day.body,
        "week": next((week["title"] for week in weeks if week["first"] <= number <= week["last"]), ""),
        "stretches": [stretch_from_file(course.stretches[slug]) for slug in day.meta["stretches"]],
        "self_check": stretch_from_file(course.self_check) if day.meta["self_check"] else None,
    }


def stretch_from_file(page: CourseFile) -> Content:
    return {**page.meta, "body": page.body}


def lint_course(course: Course) -> list[Problem]:
    pages = [(page, lint_stretch(stretch_from_file(page))) for page in course.stretches.values()]
    pages.append((course.self_check, lint_self_check(stretch_from_file(course.self_check))))
    pages += [(page, lint_article(page.body)) for page in course.articles.values()]
    pages += [(page, lint_lesson(lesson_from_files(course, number))) for number, page in course.days.items()]
    pages += _safety(course)
    return [_problem(page, finding) for page, findings in pages for finding in findings]


def _safety(course: Course) -> list[tuple[CourseFile, list[Finding]]]:
    rules = course.program["safety"]
    places = [(day_place(number), page, "lesson") for number, page in course.days.items()]
    places += [(slug, page, "steps") for slug, page in course.stretches.items()]
    places += [(SELF_CHECK, course.self_check, "steps")]
    places += [(name, page, "article") for name, page in course.articles.items()]
    return [(page, check_safety(rules, place, stretch_from_file(page), body)) for place, page, body in places]


def check_course_accessibility(course: Course) -> list[Problem]:
    length = course.program["length"]
    mails = [(page, compile_lesson(lesson_from_files(course, n), length)) for n, page in course.days.items()]
    return [_problem(page, finding) for page, compiled in mails for finding in check_accessibility(compiled)]


def _problem(page: CourseFile, finding: Finding) -> Problem:
    if finding.place in BODIES:
        return Problem(page.path, page.body_line + finding.line - 1, finding.message)
    return Problem(page.path, page.line_of(finding.place), f"'{finding.place}': {finding.message}")
