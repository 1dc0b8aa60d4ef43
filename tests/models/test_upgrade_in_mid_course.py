"""A course that runs is brought up to screening, holds and messages: lessons go on, each runner is asked the
ten questions once, links and questions of before are still there."""

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.apps.registry import Apps
from django.test import Client

from challenge.enrollment.leaving import undo_leaving
from challenge.enrollment.transitions import resume
from challenge.mail.links import Purpose, url
from challenge.models import DeskItem, Enrollment, Event, Hold, Message, Revision
from challenge.safety.desk_sweep import sweep
from tests.models.conftest import migrate
from tests.support.smtp_server import SmtpServer
from tests.support.visitor import answer_no, body, confirm, links_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

Go = Callable[[datetime], None]
DAY = timedelta(days=1)
ASKED = "Ten questions, once"
# Each with the number of lessons that were sent.
RUNNERS = (("alice", "active", 2), ("paula", "paused", 1), ("lea", "withdrawn", 2), ("penny", "pending", 0))
# The links that a lesson's mail of the version before had, and the day of those that have one.
LINKS = {
    Purpose.CHECK_IN: (2,),
    Purpose.DAY: (2,),
    Purpose.PAUSE: (),
    Purpose.HOUR: (),
    Purpose.LEAVE: (),
}


@pytest.fixture
def before(program: Any) -> Iterator[Apps]:
    yield migrate("0043_codes")
    migrate(None)


def runs(old: Apps, now: datetime) -> dict[str, Any]:
    """Make one runner who has had two lessons, one who paused after one, one who left after two, and one who
    has not confirmed."""
    begun = now - DAY
    made = {}
    for name, state, lessons in RUNNERS:
        person = old.get_model("accounts", "User").objects.create(
            email=f"{name}@example.com", first_name=name.capitalize()
        )
        asked = {"asked_at": begun, "given_at": begun if lessons else None, "form": "sign_up"}
        consents = old.get_model("accounts", "Consent").objects
        consents.create(user=person, purpose="mail", **asked)
        if lessons:
            consents.create(user=person, purpose="health", **asked)
        made[name] = run = old.get_model("challenge", "Enrollment").objects.create(
            runner=person,
            program=old.get_model("challenge", "Program").objects.get(),
            state=state,
            starts_on=begun.date(),
            send_at=time(7),
            time_zone="Europe/London",
            created_at=begun,
            confirmed_at=begun if lessons else None,
            pinned_at=now if lessons else None,
            next_due_at=now + timedelta(hours=23) if state == "active" else None,
            left_at=now if state == "withdrawn" else None,
            left_from="active" if state == "withdrawn" else "",
        )
        for day in range(1, lessons + 1):
            at = begun + (day - 1) * DAY
            sent(old, run, day, at)
    return made


def sent(old: Apps, run: Any, day: int, at: datetime) -> None:
    revision = old.get_model("challenge", "Day").objects.get(number=day).published
    times = dict.fromkeys(("due_at", "try_at", "sent_at"), at)
    old.get_model("challenge", "Delivery").objects.create(
        enrollment=run, kind="lesson", day=day, state="sent", domain="example.com", revision=revision, **times
    )


def test_the_course_goes_on_and_asks_once(
    before: Apps, client: Client, sink: SmtpServer, go: Go, clock: Any, now: datetime
) -> None:
    old = runs(before, now)
    before.get_model("challenge", "Question").objects.create(
        enrollment=old["alice"], day=1, text="May I run twice?", asked_at=now
    )
    links = [url(purpose, now, old["alice"], *days) for purpose, days in LINKS.items()]
    confirmation = url(Purpose.CONFIRM, now, old["penny"])
    # Lessons were compiled without the places that are filled in since.
    before.get_model("challenge", "Revision").objects.update(text="Old words.", html="<p>Old words.</p>")

    migrate(None)

    states = dict(Enrollment.objects.values_list("runner__first_name", "state"))
    assert states == {"Alice": "active", "Paula": "paused", "Lea": "withdrawn", "Penny": "pending"}
    assert not Hold.objects.exists()
    assert Revision.objects.filter(text="Old words.").exists()
    assert {path: client.get(path).status_code for path in links} == dict.fromkeys(links, 200)

    asked = Message.objects.get()
    assert (asked.text, asked.day, asked.at, asked.direction) == ("May I run twice?", 1, now, "in")
    sweep(now)
    assert DeskItem.objects.get(kind="message").about == str(asked.pk)
    page = client.get(url(Purpose.OWN_PAGE, now, asked.enrollment)).content.decode()
    assert "May I run twice?" in page

    paula = Enrollment.objects.get(runner__first_name="Paula")
    assert resume(paula.pk, Event.Actor.RUNNER, now)
    assert undo_leaving(Enrollment.objects.get(runner__first_name="Lea").pk, now)
    for day in (1, 2):
        clock.move_to(now + day * DAY)
        go(now + day * DAY)
    assert questions(sink, "alice") == {"Day 3": True, "Day 4": False}
    assert questions(sink, "lea") == {"Day 3": True, "Day 4": False}
    assert questions(sink, "paula") == {"Day 2": True, "Day 3": False}

    [path] = {path for path in links_in(sink.to("alice@example.com")[0]) if path.startswith("/screening/")}
    assert answer_no(client, path).status_code == 200
    assert client.get(path).content.count(b"Your answers are saved") == 1
    assert Enrollment.objects.get(runner__first_name="Alice").state == "active"

    assert confirm(client, confirmation)["Location"].startswith("/screening/")
    go(now + 3 * DAY)
    assert questions(sink, "penny") == {"Day 1": False}


def questions(sink: SmtpServer, name: str) -> dict[str, bool]:
    """Tell of each lesson that a runner got whether it asks for the ten questions."""
    lessons = [mail for mail in sink.to(f"{name}@example.com") if mail["Subject"].startswith("Day ")]
    return {str(mail["Subject"]).partition(":")[0]: ASKED in body(mail, "html") for mail in lessons}
