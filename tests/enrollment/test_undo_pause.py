"""A pause can be undone from its page for a week: the course goes on as if there had been none."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from challenge.delivery.plan import plan
from challenge.enrollment.holding import clear, hold
from challenge.enrollment.transitions import PauseCause, pause, send_again, undo_pause
from challenge.mail.links import Purpose, url
from challenge.models import Delivery, Enrollment, Event
from tests.support.holds import PAIN
from tests.support.smtp_server import SmtpServer
from tests.support.threads import together
from tests.support.visitor import link, whole_database

pytestmark = pytest.mark.django_db
HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
UNDO = {"action": "undo"}
Go = Callable[[datetime], None]


@pytest.fixture
def path(alice: Enrollment, sink: SmtpServer, go: Go, clock: Any, now: datetime) -> str:
    """The pause link of day 1's mail; Alice has paused an hour after it."""
    go(now)
    clock.move_to(now + HOUR)
    path = link(sink.lessons[0], "pause")
    assert Client().post(path, {"action": "pause"}).status_code == 302
    return path


def test_an_undone_pause_leaves_no_trace_in_the_course(
    client: Client, path: str, alice: Enrollment, sink: SmtpServer, go: Go, now: datetime
) -> None:
    before = Enrollment.objects.values("state", "next_due_at").get()
    page = client.get(path).content.decode()
    assert (
        "Until <strong>Tuesday, 10 March, 09:00</strong> (Europe/London) one press undoes the pause." in page
    )

    answer = client.post(path, UNDO)

    assert b"Your course goes on" in client.get(answer["Location"]).content
    after = Enrollment.objects.values("state", "next_due_at").get()
    assert before == {"state": "paused", "next_due_at": None}
    assert after == {"state": "active", "next_due_at": now.replace(hour=7) + DAY}
    go(now + HOUR)
    go(now + DAY)
    assert [mail["Subject"].partition(":")[0] for mail in sink.mails] == ["Day 1", "Day 2"]
    assert "Good to have you back" not in sink.mails[-1].get_body(("plain",)).get_content()
    assert list(Event.objects.values_list("kind", "actor")) == [("paused", "runner"), ("undone", "runner")]


def test_the_lesson_that_waited_when_it_began_comes_at_once(
    client: Client, alice: Enrollment, sink: SmtpServer, go: Go, clock: Any, now: datetime
) -> None:
    go(now)
    plan(now + DAY)
    send_again(alice.pk, now + DAY)
    pause(alice.pk, PauseCause.RUNNER, now + DAY)
    clock.move_to(now + DAY + MINUTE)
    assert client.post(url(Purpose.PAUSE, now, alice), UNDO).status_code == 302
    go(now + DAY + MINUTE)
    assert sorted(mail["Subject"].partition(":")[0] for mail in sink.lessons) == ["Day 1", "Day 1", "Day 2"]


def test_whoever_has_had_the_mail_about_the_pause_is_told(
    client: Client, path: str, sink: SmtpServer, go: Go, now: datetime
) -> None:
    go(now + HOUR)
    client.post(path, UNDO)
    go(now + HOUR)
    assert [mail["Subject"].partition(":")[0] for mail in sink.mails[1:]] == [
        "You are paused",
        "Welcome back",
    ]


def test_it_ends_after_a_week_and_resuming_does_not(
    client: Client, path: str, alice: Enrollment, clock: Any, now: datetime
) -> None:
    clock.move_to(now + HOUR + 7 * DAY - MINUTE)
    assert b"Undo the pause" in client.get(path).content
    clock.move_to(now + HOUR + 7 * DAY)
    assert b"Undo the pause" not in client.get(path).content
    before = whole_database()
    client.post(path, UNDO)
    assert whole_database() == before
    client.post(path, {"action": "resume"})
    alice.refresh_from_db()
    assert alice.state == "active"


@pytest.mark.parametrize("cause", [PauseCause.COACH, PauseCause.UNREACHABLE, PauseCause.COMPLAINT])
def test_only_the_runners_own_pause_is_undone(
    client: Client, alice: Enrollment, clock: Any, now: datetime, cause: PauseCause
) -> None:
    clock.move_to(now)
    pause(alice.pk, cause, now)
    path = url(Purpose.PAUSE, now, alice)
    page = client.get(path).content
    assert b"Undo the pause" not in page
    assert (b"Your coach has paused you" in page) == (cause == PauseCause.COACH)
    assert not undo_pause(alice.pk, now)
    assert b"Go on with my course" in page


def test_the_own_page_undoes_it_too(client: Client, path: str, alice: Enrollment, now: datetime) -> None:
    own = url(Purpose.OWN_PAGE, now + HOUR, alice)
    assert b"Undo the pause" in client.get(own).content
    page = client.get(client.post(f"{own}undo-pause/")["Location"]).content
    assert b"The pause is undone: your course goes on as before." in page
    assert b"Day 2 comes on" in page


def test_a_hold_in_the_pause_is_not_undone_with_it(
    client: Client, path: str, alice: Enrollment, now: datetime
) -> None:
    hold(alice.pk, PAIN, Event.Actor.SYSTEM, now + HOUR)
    assert client.post(path, UNDO).status_code == 409
    clear(alice.pk, User.objects.create_user("dana@example.com"), "Seen.", now + HOUR)
    client.post(path, UNDO)
    alice.refresh_from_db()
    assert alice.state == "active"


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
def test_two_taps_and_a_hold_at_once(alice: Enrollment, now: datetime) -> None:
    for hours in range(4):
        at = now + timedelta(hours=hours)
        pause(alice.pk, PauseCause.RUNNER, at)
        together(
            lambda: undo_pause(alice.pk, at),  # noqa: B023
            lambda: undo_pause(alice.pk, at),  # noqa: B023
            lambda: hold(alice.pk, PAIN, Event.Actor.SYSTEM, at),  # noqa: B023
        )
        alice.refresh_from_db()
        assert (alice.state, alice.next_due_at) == ("held", None)
        clear(alice.pk, User.objects.get_or_create(email="dana@example.com")[0], "Seen.", at)
        Enrollment.objects.update(state="active", next_due_at=at)
    assert Event.objects.filter(kind="undone").count() <= 4
    assert Delivery.objects.filter(kind="lesson").count() == 0
