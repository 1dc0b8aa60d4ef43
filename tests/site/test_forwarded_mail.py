"""A13: a mail is passed on, and a stranger opens every link of it: no health word is read, and nothing is
done that the runner can't undo for a week."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.test import Client

from accounts.models import Consent, has_consented
from challenge.mail.links import Purpose
from challenge.models import CheckIn, Enrollment
from tests.support.visitor import Runner, link, links_in, whole_database

pytestmark = pytest.mark.django_db

Go = Callable[[datetime], None]
ALMOST_A_WEEK = timedelta(days=6, hours=23)
SAID = {
    "tightness": "7",
    "pain": "3",
    "pain_where": "Left hamstring",
    "distance": "12.34",
    "note": "Stiff since the hill sprints",
}
OTHERWISE: dict[str, Any] = {
    "status": "not_today", "tightness": 0, "pain": 9, "pain_where": "Groin", "distance": None, "note": ""
}  # fmt: skip
# All that the pages behind the links of a lesson's mail can be asked for, beyond their own form.
ACTIONS = {
    "leave": {"leave", "undo"},
    "pause": {"pause", "resume", "undo"},
    "check-in": {"remove", "put-back"},
}
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def forwarded(runner: Runner, clock: Any, now: datetime) -> EmailMessage:
    """The mail of day 1, passed on after its runner has checked in."""
    clock.move_to(now + timedelta(hours=1))
    assert runner.saves("partly", **SAID).status_code == 302
    clock.move_to(now + timedelta(hours=2))
    return runner.mail


@pytest.fixture
def stranger(forwarded: EmailMessage) -> Client:
    return Client()


def open_all(client: Client, mail: EmailMessage) -> dict[str, bytes]:
    """Open every link of a mail, and every link of those pages. Return the pages by their addresses."""
    found: dict[str, bytes] = {}
    waiting = links_in(mail)
    while waiting:
        path = waiting.pop()
        if path not in found and not path.startswith("/static/"):
            found[path] = client.get(path).content
            waiting += re.findall(r'(?:href|action)="(/[^"#?]*)', found[path].decode())
    return found


def test_nothing_of_what_was_saved_can_be_read(stranger: Client, forwarded: EmailMessage) -> None:
    before = whole_database()
    pages = open_all(stranger, forwarded)
    assert {path.split("/")[1] for path in pages} >= {"check-in", "hour", "leave", "pause", "day", "links"}
    for path, page in pages.items():
        for word in ("Left hamstring", "hill sprints", "12.34"):
            assert word.encode() not in page, path
    assert b"An answer is saved for this day." in pages[link(forwarded, "check-in", "done")]
    assert whole_database() == before

    # Whatever it is that was saved, the pages are the same.
    CheckIn.objects.update(**OTHERWISE)
    assert open_all(Client(), forwarded) == pages


def test_no_page_leads_to_the_power_of_another_link(stranger: Client, forwarded: EmailMessage) -> None:
    powers = "|".join(Purpose)
    for paused in (False, True):
        for path in links_in(forwarded):
            page = stranger.get(path).content.decode()
            led_to = set(re.findall(rf'"[^"]*/({powers})/[\w.~-]+/', page))
            assert led_to <= {path.split("/")[1]}, path
        if not paused:
            stranger.post(link(forwarded, "pause"), {"action": "pause"})


def test_the_pages_can_be_asked_for_nothing_else(stranger: Client, forwarded: EmailMessage) -> None:
    """Each action here has its undo in the tests below."""
    found: dict[str, set[str]] = {}

    def look() -> None:
        for path in links_in(forwarded):
            asked = re.findall(r'name="action" value="(.*?)"', stranger.get(path).content.decode())
            found.setdefault(path.split("/")[1], set()).update(asked)

    look()
    stranger.post(link(forwarded, "check-in", "done"), {"status": "done", "unit": "km"})
    stranger.post(link(forwarded, "pause"), {"action": "pause"})
    look()
    stranger.post(link(forwarded, "leave"))
    look()

    assert {name: actions for name, actions in found.items() if actions} == ACTIONS


def kept(alice: Enrollment) -> dict[str, Any]:
    """Return what the runner has, and how the course goes on."""
    alice.refresh_from_db()
    check_in = CheckIn.objects.filter(enrollment=alice, day=1).values(*CheckIn.VALUES, "updated_at").first()
    consents = [has_consented(alice.runner, purpose) for purpose in Consent.Purpose]
    return {"check_in": check_in, "consents": consents} | {
        name: getattr(alice, name) for name in ("state", "send_at", "time_zone", "next_due_at")
    }


def put_back(client: Client, path: str) -> None:
    """Press the button for the answer that was saved first."""
    answers = re.findall(r'name="answer" value="(.*?)"', client.get(path).content.decode())
    assert client.post(path, {"action": "put-back", "answer": min(answers)}).status_code == 302


def test_a_replaced_answer_can_be_put_back(
    stranger: Client, forwarded: EmailMessage, alice: Enrollment, clock: Any, now: datetime
) -> None:
    before, path = kept(alice), link(forwarded, "check-in", "done")
    for seconds in (1, 2):
        clock.shift(timedelta(seconds=seconds))
        stranger.post(path, {"status": "not_today", "unit": "km", "pain": "0", "note": "Mallory was here"})
    assert kept(alice)["check_in"]["pain"] == 0

    clock.move_to(now + ALMOST_A_WEEK)
    put_back(Client(), path)

    assert kept(alice) == before


@pytest.mark.parametrize("writes_first", [False, True])
def test_a_removed_answer_can_be_put_back(
    stranger: Client,
    forwarded: EmailMessage,
    alice: Enrollment,
    clock: Any,
    now: datetime,
    writes_first: bool,
) -> None:
    before, path = kept(alice), link(forwarded, "check-in", "done")
    if writes_first:
        clock.shift(timedelta(seconds=1))
        stranger.post(path, {"status": "done", "unit": "km"})
    stranger.post(path, {"action": "remove"})
    assert kept(alice)["check_in"] is None

    clock.move_to(now + ALMOST_A_WEEK)
    put_back(Client(), path)

    assert kept(alice) == before


@pytest.mark.parametrize(
    ("purpose", "done", "undone"),
    [
        ("leave", {"action": "leave"}, {"action": "undo"}),
        ("leave", ONE_CLICK, {"action": "undo"}),
        ("pause", {"action": "pause"}, {"action": "resume"}),
        ("pause", {"action": "pause"}, {"action": "undo"}),
        (
            "hour",
            {"send_at": "03:00", "time_zone": "Asia/Tokyo"},
            {"send_at": "07:00", "time_zone": "Europe/London"},
        ),
    ],
    ids=["leaving", "leaving in one click", "a pause", "a pause, undone", "another hour"],
)
def test_what_is_done_to_the_course_can_be_undone(
    stranger: Client,
    forwarded: EmailMessage,
    alice: Enrollment,
    clock: Any,
    now: datetime,
    purpose: str,
    done: dict[str, str],
    undone: dict[str, str],
) -> None:
    before, path = kept(alice), link(forwarded, purpose)
    stranger.post(path, done)
    assert kept(alice) != before

    clock.move_to(now + ALMOST_A_WEEK)
    Client().post(path, undone)

    after = kept(alice)
    assert after["next_due_at"] is not None
    assert after | {"next_due_at": None} == before | {"next_due_at": None}


def test_after_leaving_a_check_in_link_takes_and_shows_nothing(
    stranger: Client, forwarded: EmailMessage, alice: Enrollment
) -> None:
    path = link(forwarded, "check-in", "done")
    stranger.post(path, {"status": "done", "unit": "km"})
    stranger.post(link(forwarded, "leave"), {"action": "leave"})
    before = whole_database()

    earlier = CheckIn.objects.get().updated_at.isoformat()
    for fields in (
        None,
        {"status": "done", "unit": "km"},
        {"action": "remove"},
        {"action": "put-back", "answer": earlier},
    ):
        answer = stranger.get(path) if fields is None else stranger.post(path, fields)
        assert answer.status_code == 410
        assert b"You have left the course" in answer.content
        assert b"saved for" not in answer.content
        assert b"<form" not in answer.content
    assert whole_database() == before
