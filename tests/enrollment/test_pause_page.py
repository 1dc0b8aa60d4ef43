"""The runner pauses and resumes by a link and one button; a doubled tap turns nothing back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from challenge.enrollment.transitions import PauseCause, pause
from challenge.mail.links import Purpose, url
from challenge.models import Delivery, Enrollment, Event
from tests.support.smtp_server import SmtpServer
from tests.support.visitor import link, whole_database

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
Go = Callable[[datetime], None]


def events() -> list[tuple[str, str]]:
    return list(Event.objects.filter(kind__in=["paused", "resumed"]).values_list("kind", "actor"))


@pytest.fixture
def path(alice: Any, sink: SmtpServer, go: Go, clock: Any, now: datetime) -> str:
    go(now)
    return link(sink.lessons[0], "pause")


def test_nothing_comes_during_a_pause_and_then_the_next_lesson(
    client: Client, alice: Any, path: str, sink: SmtpServer, go: Go, clock: Any, now: datetime
) -> None:
    assert b"Your next lesson comes on <strong>Wednesday, 4 March, at 07:00" in client.get(path).content
    answer = client.post(path, {"action": "pause"})
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content
    assert b"Your course is paused" in page
    assert b"Saved." in page
    alice.refresh_from_db()
    assert (alice.state, alice.next_due_at) == ("paused", None)
    for day in range(1, 8):
        go(now + day * DAY)
    assert [mail["Subject"].partition(":")[0] for mail in sink.lessons] == ["Day 1"]

    clock.move_to(now + 8 * DAY)  # Wednesday, 08:00
    assert b"<strong>Wednesday, 11 March, at 07:00" in client.get(path).content
    page = client.get(client.post(path, {"action": "resume"})["Location"]).content
    assert b"Your course goes on" in page
    alice.refresh_from_db()
    assert (alice.state, alice.next_due_at) == ("active", datetime(2026, 3, 11, 7, tzinfo=UTC))
    go(now + 8 * DAY)
    assert [mail["Subject"].partition(":")[0] for mail in sink.lessons] == ["Day 1", "Day 2"]
    assert events() == [("paused", "runner"), ("resumed", "runner")]


@pytest.mark.parametrize("state", Enrollment.State.values)
def test_each_state_has_one_heading(
    client: Client, enroll: Any, clock: Any, now: datetime, state: str
) -> None:
    dora = enroll("dora", state=state)

    assert client.get(url(Purpose.PAUSE, now, dora)).content.count(b"<h1") == 1


@pytest.mark.parametrize("action", ["pause", "resume"])
def test_a_doubled_or_late_tap_never_turns_it_back(
    client: Client, alice: Any, path: str, now: datetime, action: str
) -> None:
    if action == "resume":
        pause(alice.pk, PauseCause.COACH, now)
    for _ in range(3):
        assert client.post(path, {"action": action}).status_code == 302

    alice.refresh_from_db()
    assert alice.state == {"pause": "paused", "resume": "active"}[action]
    assert len(Event.objects.filter(kind=f"{action}d")) == 1
    assert Delivery.objects.filter(kind="paused").count() == 1


@pytest.mark.parametrize("fields", [{}, {"action": ""}, {"action": "leave"}, {"action": ["pause", "x"]}])
def test_what_is_no_answer_does_nothing(client: Client, path: str, fields: dict[str, Any]) -> None:
    before = whole_database()
    assert client.post(path, fields).status_code == 422
    assert whole_database() == before


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("pending", "Please confirm first"),
        ("screening", "Ten short questions wait for your answer"),
        ("held", "Your course is on hold"),
        ("completed", "You have had every lesson"),
        ("withdrawn", "You have left the course"),
    ],
)
def test_where_there_is_nothing_to_pause_it_says_why(
    client: Client, enroll: Any, now: datetime, clock: Any, state: str, said: str
) -> None:
    enrollment = enroll("pia", state=state)
    path = url(Purpose.PAUSE, now, enrollment)

    page = client.get(path).content.decode()
    assert said in page
    assert "<button" not in page
    for action in ("pause", "resume"):
        assert client.post(path, {"action": action}).status_code == (409 if state == "held" else 302)
    assert Enrollment.objects.get(pk=enrollment.pk).state == state
    assert events() == []


def test_looking_changes_nothing(client: Client, path: str) -> None:
    before = whole_database()
    for _ in range(5):
        assert client.get(path).status_code == client.head(path).status_code == 200

    assert whole_database() == before


def test_the_pages_of_the_hour_and_of_leaving_say_where_the_button_is(
    client: Client, alice: Any, path: str, now: datetime
) -> None:
    page = client.get(url(Purpose.LEAVE, now, alice)).content
    assert b"Pause instead" in page
    client.post(path, {"action": "pause"})

    assert b"Pause instead" not in client.get(url(Purpose.LEAVE, now, alice)).content
    page = client.get(url(Purpose.HOUR, now, alice)).content
    assert b"Your course is paused. To go on with it, use the button in the mail" in page
    assert b"/pause/" not in page
