"""A program with a browser of its own opens every link of a lesson's mail, and then tries every form of the
pages, as scanners of mail do. What it opens changes nothing, and what it sends holds and wakes nobody."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from challenge.models import (
    CheckIn,
    Delivery,
    DeskItem,
    EarlierCheckIn,
    Enrollment,
    Escalation,
    Hold,
    Message,
    Screening,
)
from tests.support.smtp_server import SmtpServer
from tests.support.visitor import links_in, whole_database

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HOUR = timedelta(hours=1)
COACH = "coach@example.com"
NUMB = "Numb between my legs since this morning, is it an emergency?"
# What a program may fill in that tries a form: the worst.
FILL_IN = """form => {
    for (const field of form.elements) {
        if (field.type === "radio" || field.type === "checkbox") field.checked = field.value !== "";
        else if (field.matches("textarea, [name=pain_where]")) field.value = WORDS;
    }
    const pain = form.querySelector("[name=pain][value='8']");
    if (pain) pain.checked = true;
}""".replace("WORDS", repr(NUMB))
# Those that end the course or pause it go last.
LAST = ("pause", "leave")
PURPOSES = {"check-in", "day", "screening", "hour", *LAST}


def test_every_link_and_every_form_of_a_mail(
    alice: Enrollment,
    site: str,
    sink: SmtpServer,
    go: Callable[[datetime], None],
    open_page: Callable[..., Any],
    clock: Any,
    now: datetime,
) -> None:
    User.objects.create_user(COACH, is_staff=True)
    Enrollment.objects.update(screening_day=1)
    go(now)
    clock.move_to(now + HOUR)
    pages = sorted({path for path in links_in(sink.lessons[0]) if path.startswith("/")}, key=place)
    assert {path.split("/")[1] for path in pages} >= PURPOSES
    page = open_page()
    page.context.set_default_timeout(30_000)

    before = whole_database()
    for path in pages:
        page.goto(site + path)
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(500)
    assert whole_database() == before

    for path in pages:
        page.goto(site + path)
        for number in range(page.locator("form[method=post]").count()):
            page.goto(site + path)
            send(page, number)
    go(now + HOUR)
    answers = [*CheckIn.objects.all(), *EarlierCheckIn.objects.all()]
    assert {answer.doubt for answer in answers} <= {"too_fast", "several_answers"}
    assert {answer.pain for answer in answers} == {8}
    assert {message.doubt for message in Message.objects.all()} == {"too_fast"}
    assert not Screening.objects.exists()
    assert not Hold.objects.exists()
    assert not Escalation.objects.exists()
    assert set(DeskItem.objects.values_list("kind", flat=True)) == {"doubtful", "message"}
    assert sink.to(COACH) == []
    assert not Delivery.objects.filter(kind__in=["escalation", "second", "held"]).exists()


def place(path: str) -> tuple[int, str]:
    purpose = path.split("/")[1]
    return (LAST.index(purpose) + 1 if purpose in LAST else 0), path


def send(page: Any, number: int) -> None:
    """Fill in one form of the page, and press its first button."""
    form = page.locator("form[method=post]").nth(number)
    if form.count():
        form.evaluate(FILL_IN)
        form.locator("button").first.click()
        page.wait_for_load_state()
