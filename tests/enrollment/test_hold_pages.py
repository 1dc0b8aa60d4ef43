"""What every page of a held runner says, and that no link, old or new, starts the course again."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from challenge.enrollment.holding import clear, hold
from challenge.enrollment.leaving import leave
from challenge.enrollment.transitions import PauseCause, pause, resume
from challenge.mail.links import Purpose, url
from challenge.models import CheckIn, Enrollment, Event
from tests.enrollment.test_hold_mails import HEALTH
from tests.support.holds import OWN, PAIN, RISING
from tests.support.smtp_server import SmtpServer
from tests.support.visitor import link, whole_database

pytestmark = pytest.mark.django_db
HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
SYSTEM, RUNNER = Event.Actor.SYSTEM, Event.Actor.RUNNER
STOPPED = "Your course was stopped on Tuesday, 3 March, because of what you told in a check-in."
WAIT = "Your lessons wait until somebody who has examined you says that you may go on."


@pytest.fixture
def held(
    alice: Enrollment, sink: SmtpServer, go: Callable[[datetime], None], clock: Any, now: datetime
) -> Any:
    """Alice has had day 1, and is held since."""
    go(now)
    clock.move_to(now + HOUR)
    hold(alice.pk, PAIN, SYSTEM, now + HOUR)
    go(now + HOUR)
    alice.refresh_from_db()
    return alice


def read(client: Client, purpose: Purpose, now: datetime, who: Enrollment, *day: int, query: str = "") -> str:
    content = client.get(url(purpose, now, who, *day) + query).content.decode()
    return " ".join(re.sub("<[^>]+>", " ", content[content.index("<main") :]).split())


PAGES: list[tuple[Purpose, tuple[int, ...], str]] = [
    (Purpose.PAUSE, (), ""),
    (Purpose.HOUR, (), ""),
    (Purpose.CHECK_IN, (1,), ""),
    (Purpose.DAY, (1,), ""),
    (Purpose.CONFIRM, (), ""),
    (Purpose.LEAVE, (), "?saved"),
]


@pytest.mark.parametrize(("purpose", "day", "query"), PAGES)
def test_a_page_says_that_the_course_is_stopped_and_what_to_do(
    client: Client, held: Enrollment, now: datetime, purpose: Purpose, day: tuple[int, ...], query: str
) -> None:
    page = read(client, purpose, now + HOUR, held, *day, query=query)
    assert STOPPED in page
    assert WAIT in page
    assert "Call your local emergency number now; don't wait for us." in page.replace("&#x27;", "'")
    assert "No link lifts the hold; your coach does." in page
    assert "Tell us when they have" in page
    assert "The emergency list" in page
    for word in ("pain 8", "on day 2", "urgent, today"):
        assert word not in page
    if purpose in (Purpose.PAUSE, Purpose.CONFIRM):
        assert not HEALTH.search(page)


def test_a_closed_day_says_it_too_and_its_answers_can_be_undone(
    client: Client, held: Enrollment, clock: Any, now: datetime
) -> None:
    path = url(Purpose.CHECK_IN, now + HOUR, held, 1)
    for status in ("done", "not_today"):
        client.post(path, {"status": status, "unit": "km"})
        clock.shift(MINUTE)
    clock.move_to(now + 6 * DAY)
    page = client.get(path).content.decode()
    assert "Day 1 is closed" in page
    assert STOPPED in page
    assert "Remove what I wrote" in page

    [answer] = re.findall(r'name="answer" value="(.*?)"', page)
    client.post(path, {"action": "put-back", "answer": answer})
    assert CheckIn.objects.get().status == "done"
    client.post(path, {"action": "remove"})
    assert not CheckIn.objects.exists()
    held.refresh_from_db()
    assert held.state == "held"


def test_the_own_page_alone_has_the_reason_and_the_level(
    client: Client, held: Enrollment, now: datetime
) -> None:
    page = read(client, Purpose.OWN_PAGE, now + HOUR, held)
    assert STOPPED in page
    assert "The reason: pain 8 on day 2." in page
    assert "Please speak to a doctor or an urgent-care line today." in page
    assert "Resume my course" not in page


@pytest.mark.parametrize("action", ["pause", "resume", "undo"])
def test_no_old_link_pauses_or_starts_it(
    client: Client, held: Enrollment, sink: SmtpServer, now: datetime, action: str
) -> None:
    for mail in sink.mails:
        before = whole_database()
        answer = client.post(link(mail, "pause"), {"action": action})
        assert answer.status_code == 409
        assert b"Nothing was changed. While your course is on hold" in answer.content
        assert STOPPED.encode() in answer.content
        assert b"<button" not in answer.content
        assert whole_database() == before
    own = url(Purpose.OWN_PAGE, now + HOUR, held)
    part = {"undo": "undo-pause"}.get(action, action)
    page = client.get(client.post(f"{own}{part}/")["Location"]).content
    assert b"only your coach lifts the hold" in page
    held.refresh_from_db()
    assert held.state == "held"


def test_who_was_paused_when_the_hold_came_can_not_resume_by_the_old_mail(
    client: Client, alice: Enrollment, sink: SmtpServer, go: Any, clock: Any, now: datetime
) -> None:
    go(now)
    pause(alice.pk, PauseCause.RUNNER, now + HOUR)
    go(now + HOUR)
    hold(alice.pk, PAIN, SYSTEM, now + 2 * HOUR)
    clock.move_to(now + 2 * HOUR)
    assert client.post(link(sink.mails[-1], "pause"), {"action": "resume"}).status_code == 409
    assert not resume(alice.pk, RUNNER, now + 2 * HOUR)


def test_leaving_still_works_and_does_not_lift_it(
    client: Client, held: Enrollment, sink: SmtpServer, now: datetime
) -> None:
    path = link(sink.mails[-1], "leave")
    assert b"Leaving does not lift the hold" in client.get(path).content
    client.post(path, {"action": "leave"})
    held.refresh_from_db()
    assert held.state == "withdrawn"
    client.post(path, {"action": "undo"})
    held.refresh_from_db()
    assert held.state == "held"
    assert "on hold, as it was" in client.get(f"{path}?saved").content.decode()


def test_a_check_in_and_a_question_still_come_through(
    client: Client, held: Enrollment, now: datetime
) -> None:
    check_in = url(Purpose.CHECK_IN, now + HOUR, held, 1)
    assert client.post(check_in, {"status": "not_today", "unit": "km"}).status_code == 302
    ask = url(Purpose.DAY, now + HOUR, held, 1)
    assert client.post(ask, {"text": "The doctor has seen me."}).status_code == 302
    assert held.messages.get().text == "The doctor has seen me."


def test_the_links_mail_says_it(
    client: Client, held: Enrollment, sink: SmtpServer, go: Any, now: datetime
) -> None:
    client.post("/links/", {"email": "alice@example.com"})
    go(now + HOUR)
    text = " ".join(sink.mails[-1].get_body(("plain",)).get_content().split())
    assert STOPPED in text
    assert "Go on with my course" not in text


def test_the_way_to_the_page_of_a_hold_stays_open(
    client: Client, held: Enrollment, clock: Any, now: datetime
) -> None:
    path = url(Purpose.PAUSE, now + HOUR, held)
    clock.move_to(now + 300 * DAY)
    assert STOPPED in client.get(path).content.decode()


def test_lessons_without_exercise_are_told_and_can_be_paused(
    client: Client, alice: Enrollment, clock: Any, now: datetime
) -> None:
    clock.move_to(now)
    hold(alice.pk, RISING, SYSTEM, now)
    alice.refresh_from_db()
    path = url(Purpose.PAUSE, now, alice)
    page = client.get(path).content.decode()
    assert "Your lessons come without exercise" in page
    assert "Pause my course" in page
    assert client.post(path, {"action": "pause"}).status_code == 302
    assert "Your lessons come without exercise" in client.get(path).content.decode()
    assert "Day 1" in read(client, Purpose.OWN_PAGE, now, alice)


def test_the_coachs_own_hold_names_the_coach(
    client: Client, alice: Enrollment, clock: Any, now: datetime
) -> None:
    clock.move_to(now)
    hold(alice.pk, OWN, Event.Actor.COACH, now)
    page = read(client, Purpose.PAUSE, now, alice)
    assert "Your coach stopped your course on Tuesday, 3 March." in page
    assert "Your lessons wait until your coach says that they go on." in page


def test_after_the_clearing_the_pages_are_as_before(client: Client, held: Enrollment, now: datetime) -> None:
    clear(held.pk, User.objects.create_user("dana@example.com", is_staff=True), "Seen.", now + HOUR)
    for purpose, day, query in PAGES:
        assert "stopped" not in read(client, purpose, now + HOUR, held, *day, query=query).replace(
            "where you stopped", ""
        )


def test_who_has_left_reads_nothing_of_it(client: Client, held: Enrollment, now: datetime) -> None:
    leave(held.pk, RUNNER, now + HOUR)
    assert "on hold" not in read(client, Purpose.PAUSE, now + HOUR, held)
