"""How long a lesson's mail is: its words, and how far down on a phone the first answer can be tapped."""

from typing import Any

import pytest

from challenge.curriculum.check_files import lesson_from_files
from challenge.curriculum.compile_lesson import compile_lesson
from challenge.curriculum.course import CONTENT, read_course
from challenge.curriculum.slots import Compiled
from challenge.curriculum.visible_words import visible_words
from challenge.mail.greeting import CheckIns, greeting
from tests.gallery.reporting import print_result
from tests.support.mails import filled

PHONE = {"width": 390, "height": 844}
FEW, MOST, AT_LEAST_WITH_FEW = 700, 800, 18


@pytest.fixture(scope="module")
def lessons() -> dict[int, Compiled]:
    course = read_course(CONTENT / "reset-21")
    length = course.program["length"]
    return {number: compile_lesson(lesson_from_files(course, number), length) for number in course.days}


def words_of(lessons: dict[int, Compiled]) -> dict[int, int]:
    """Return the words of each mail with the longest greeting that it can have."""
    return {day: visible_words(mail, day, max(greetings_on(day), key=len)) for day, mail in lessons.items()}


def greetings_on(day: int) -> list[str]:
    every_day, never = CheckIns(day - 1, day - 1, day - 1), CheckIns(0, 0, 0)
    after_a_pause = [greeting(day, every_day, restart="resumed")] if day > 1 else []
    return [greeting(day, found, restart="") for found in (every_day, never)] + after_a_pause


@pytest.mark.pure
def test_a_mail_can_be_read_in_a_few_minutes(lessons: dict[int, Compiled]) -> None:
    words = words_of(lessons)
    assert sum(count <= FEW for count in words.values()) >= AT_LEAST_WITH_FEW, words
    assert max(words.values()) <= MOST, words


@pytest.mark.pure
def test_words_that_are_not_seen_are_not_counted() -> None:
    hidden = '<style>b {}</style></head><body><div style="display:none">in the inbox</div>'
    seen = '<p>Two <b>words</b> <img alt="A picture" src="x"> \u00b7 {}</p></body>'.format(
        "\u27e6first_name\u27e7"
    )
    assert visible_words(Compiled("", "", f"<html><head><title>No</title>{hidden}{seen}</html>"), 1) == 3


@pytest.mark.browser
def test_the_first_answer_is_within_two_screens(
    browser: Any, lessons: dict[int, Compiled], capsys: pytest.CaptureFixture[str]
) -> None:
    context = browser.new_context(viewport=PHONE)
    context.route("**/*", lambda route: route.abort())
    page = context.new_page()
    taps: dict[int, int] = {}
    for day, mail in lessons.items():
        page.set_content(filled(f"day {day}", mail, day).html)
        box = page.locator(".choice a").first.bounding_box()
        taps[day] = round(box["y"])
        assert box["y"] + box["height"] <= 2 * PHONE["height"], day
    context.close()

    words = words_of(lessons)
    found = ", ".join(f"{day}: {words[day]} at {taps[day]}" for day in lessons)
    print_result(capsys, f"Words of each mail, and the first tap's distance from the top in px: {found}")
