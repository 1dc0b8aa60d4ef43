"""A course's files put to the checks that publishing has, before any of it is in a database."""

from challenge.curriculum.accessibility import audit
from challenge.curriculum.compile import compile_lesson
from challenge.curriculum.course import Course
from challenge.curriculum.lesson import Content
from challenge.curriculum.lint import Finding, lint_article, lint_lesson, lint_self_check, lint_stretch
from challenge.curriculum.parse import Page, Problem

BODIES = {"lesson", "steps", "article"}


def lesson_of(course: Course, number: int) -> Content:
    """The content of a lesson straight from the files, as lesson.assemble makes it from rows."""
    day, weeks = course.days[number], course.program["weeks"]
    return {
        "day": day.meta,
        "body": day.body,
        "week": next((week["title"] for week in weeks if week["first"] <= number <= week["last"]), ""),
        "stretches": [content_of(course.stretches[slug]) for slug in day.meta["stretches"]],
        "self_check": content_of(course.self_check) if day.meta["self_check"] else None,
    }


def content_of(page: Page) -> Content:
    """A stretch's or the self-check's content from its file."""
    return {**page.meta, "body": page.body}


def lint_course(course: Course) -> list[Problem]:
    """What the linter finds in a course, with file and line."""
    pages = [(page, lint_stretch(content_of(page))) for page in course.stretches.values()]
    pages.append((course.self_check, lint_self_check(content_of(course.self_check))))
    pages += [(page, lint_article(page.body)) for page in course.articles.values()]
    pages += [(page, lint_lesson(lesson_of(course, number))) for number, page in course.days.items()]
    return [_problem(page, finding) for page, findings in pages for finding in findings]


def audit_course(course: Course) -> list[Problem]:
    """What the accessibility audit finds in the course's mails."""
    length = course.program["length"]
    mails = [(page, compile_lesson(lesson_of(course, n), length)) for n, page in course.days.items()]
    return [_problem(page, finding) for page, compiled in mails for finding in audit(compiled)]


def _problem(page: Page, finding: Finding) -> Problem:
    if finding.place in BODIES:
        return Problem(page.path, page.body_line + finding.line - 1, finding.message)
    return Problem(page.path, page.line_of(finding.place), f"'{finding.place}': {finding.message}")
