"""A safety rule's words can't be lost: in the files, nor in a day or a stretch that the coach edits."""

import re
from pathlib import Path
from typing import Any

import pytest

from challenge.curriculum.check_files import lint_course
from challenge.curriculum.course import CONTENT, Course, read_course
from challenge.curriculum.lesson import day_content
from challenge.curriculum.lint import Finding
from challenge.curriculum.lint.safety import check_safety, rules_of
from challenge.curriculum.publish_checks import check_day, check_stretch
from challenge.models import Day, Program, Stretch

STRETCH = {
    "slug": "lunge",
    "family": "front of hip",
    "skip_if": "You are **pregnant**, or had a bone stress\ninjury.",
    "feel": "A pull.",
    "figures": [{"name": "lunge-1", "alt": "A hernia."}],
    "body": "1. Don\u2019t arch.\n2. Stop at once.",
}


def rule(*words: str, **more: Any) -> dict[str, Any]:
    return {"places": ["lunge"], "words": list(words), "why": "It is wanted.", **more}


def found(*rules: dict[str, Any]) -> list[Finding]:
    return check_safety(rules, "lunge", STRETCH, "steps")


@pytest.mark.pure
@pytest.mark.parametrize(
    "asked",
    [
        rule("pregnan", "BONE STRESS INJURY", "a pull", "don't arch"),
        rule("fracture|bone stress injury"),
        rule("pregnant", field="skip_if"),
        rule("stop", field="steps"),
        rule("pull", places=["day-02", "family:front of hip"]),
        rule("hernia", places=["family:load"]),
        rule("hernia", places=["self-check", "faq"]),
    ],
)
def test_words_that_are_there(asked: dict[str, Any]) -> None:
    assert found(asked) == []


@pytest.mark.pure
@pytest.mark.parametrize(
    ("asked", "place", "said"),
    [
        (rule("hernia"), "steps", 'This has to say "hernia". It is wanted.'),
        (rule("hernia|lump"), "steps", 'This has to say "hernia" or "lump".'),
        (rule("stop", field="skip_if"), "skip_if", 'This has to say "stop".'),
        (rule("pregnan", field="reminder"), "reminder", 'This has to say "pregnan".'),
        (rule("tress"), "steps", 'This has to say "tress".'),
        (rule("a pull. 1. don't"), "steps", "This has to say"),
        (rule("hernia", places=["family:front of hip"]), "steps", 'This has to say "hernia".'),
    ],
)
def test_a_word_that_is_not_there_is_a_finding(asked: dict[str, Any], place: str, said: str) -> None:
    [finding] = found(asked)
    assert (finding.place, finding.line) == (place, 1)
    assert said in finding.message


@pytest.fixture(scope="module")
def course() -> Course:
    return read_course(CONTENT / "reset-21")


def places_of(course: Course) -> dict[str, Any]:
    days = {page.path.stem: page for page in course.days.values()}
    return {**days, **course.stretches, "self-check": course.self_check, **course.articles}


@pytest.mark.pure
def test_each_rule_of_the_course_is_seen_to_fail(course: Course) -> None:
    assert lint_course(course) == []
    pages = places_of(course)
    for number, asked in enumerate(course.program["safety"]):
        holders = [name for name, page in pages.items() if rules_of([asked], name, page.meta)]
        assert holders, asked
        for name in holders:
            silent = {"family": pages[name].meta.get("family", ""), "body": "Nothing."}
            missing = check_safety([asked], name, silent, "body")
            assert len(missing) == len(asked["words"]), (number, name)


@pytest.mark.pure
def test_a_file_without_the_words_is_named_with_its_line(course: Course) -> None:
    page = course.stretches["couch-stretch"]
    before = dict(page.meta)
    page.meta["skip_if"] = "Kneeling hurts even with padding."
    try:
        found = [problem for problem in lint_course(course) if 'say "bone' in problem.message]
    finally:
        page.meta.update(before)
    [problem] = found
    assert problem.path == Path(page.path)
    assert problem.line == page.line_of("skip_if") > 1


@pytest.mark.django_db
def test_the_coach_cannot_publish_a_day_without_the_words(program: Program) -> None:
    day = Day.objects.select_related("published", "program").get(number=2)
    assert day.published is not None
    words = day_content(day.published.content)
    assert check_day(day, words) == []
    words["body"] = re.sub("(?i)bone stress injury", "sore bone", words["body"])
    for key in ("run", "no_run", "preview"):
        words["day"][key] = re.sub("(?i)bone stress injury", "sore bone", words["day"][key])
    [finding] = check_day(day, words)
    assert finding.place == "lesson"
    assert 'This has to say "bone stress injury"' in finding.message


@pytest.mark.django_db
def test_the_coach_cannot_publish_a_stretch_without_the_words(program: Program) -> None:
    stretch = Stretch.objects.select_related("program").get(slug="couch-stretch")
    assert check_stretch(stretch, stretch.content) == []
    without = {**stretch.content, "reminder": "Tuck first. Then move back a little, and stay there. Breathe."}
    [finding] = check_stretch(stretch, without)
    assert finding.place == "reminder"
    assert 'This has to say "front-of-hip ache that running brings on"' in finding.message
