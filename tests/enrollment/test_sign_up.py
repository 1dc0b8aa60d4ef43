"""Signing up: from the form to a confirmed runner, and what a stranger learns."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from accounts.addresses import keyed_hash
from accounts.models import User
from challenge.mail.links import Purpose, url
from challenge.models import Delivery, Enrollment, Event, Program, Suppression, WaitingSignUp
from tests.support.visitor import Visitor, body, seen, whole_database

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


STATES = ("fresh", "doing", "gone", "ended", "asked", "banned", "strange", "waits")


def addresses(visitor: Visitor, enroll: Any, now: datetime) -> list[str]:
    """Return addresses in every state there is, each as long as the others."""
    enroll("doing")
    enroll("gone", state="withdrawn")
    enroll("ended", state="completed")
    enroll("asked", state="pending")
    enroll("banned")
    for name in ("banned", "strange"):
        Suppression.objects.create(
            address_hash=keyed_hash(f"{name}@example.com"), reason="bounced", created_at=now
        )
    visitor.signs_up(now, email="waits@example.com", ip="198.51.100.1")
    visitor.post(email="waits@example.com", ip="198.51.100.2", send_at="19:00")
    assert WaitingSignUp.objects.count() == 1
    return [f"{name}@example.com" for name in STATES]


@pytest.mark.parametrize("path", ["/", "/links/"])
def test_the_answer_is_the_same_for_every_address(
    visitor: Visitor, enroll: Any, now: datetime, path: str
) -> None:
    answers, shown = [], []
    for place, address in enumerate(addresses(visitor, enroll, now)):
        answer = visitor.post(ip=f"192.0.2.{place}", path=path, email=address)
        shown.append(answer.content.count(address.encode()))
        answer.content = answer.content.replace(address.encode(), b"ADDRESS")
        answer.headers.pop("Content-Length", None)
        answers.append(seen(answer))

    assert answers == answers[:1] * len(answers)
    assert shown == [0 if path == "/links/" else 2] * len(answers)
    assert (answers[0][0], answers[0][3]) == (302 if path == "/links/" else 200, "")
    visitor.go(now)
    written_to = {mail["To"].partition("@")[0] for mail in visitor.sink.mails}
    assert written_to == (
        {"doing", "asked", "waits", "gone", "ended"} if path == "/links/" else {*STATES[:5], "waits"}
    )


def test_the_page_after_a_request_for_links_is_the_same(visitor: Visitor, enroll: Any, now: datetime) -> None:
    pages = []
    for place, address in enumerate(addresses(visitor, enroll, now)):
        visitor.post(ip=f"192.0.2.{place}", path="/links/", email=address)
        pages.append(seen(visitor.client.get("/sent/")))

    assert pages == pages[:1] * len(pages)


def test_who_is_enrolled_gets_the_links_and_keeps_the_hour(
    visitor: Visitor, alice: Any, now: datetime
) -> None:
    visitor.go(now)
    visitor.post(email="alice@example.com", send_at="20:00", first_name="Mallory")
    visitor.go(now)

    [_lesson, mail] = visitor.sink.to("alice@example.com")
    assert mail["Subject"] == "Your fresh links"
    alice.refresh_from_db()
    assert (alice.send_at, alice.state) == (time(7), "active")
    assert User.objects.get(email="alice@example.com").first_name == "Alice"


def test_a_visitor_becomes_a_runner(visitor: Visitor, now: datetime) -> None:
    path = visitor.signs_up(now)

    [mail] = visitor.sink.mails
    assert (mail["To"], mail["Subject"]) == (
        "maya@example.com",
        "Please confirm: The 21-Day Runner Reset",
    )
    assert "Wednesday, 4 March" in body(mail)
    enrollment = Enrollment.objects.get()
    assert (enrollment.state, enrollment.next_due_at) == ("pending", None)

    before = whole_database()
    for _ in range(5):
        page = visitor.client.get(path)
        assert visitor.client.head(path).status_code == 200
    assert whole_database() == before
    assert b"Yes, start my course" in page.content
    assert b"Wednesday, 4 March 2026" in page.content

    visitor.confirms(path)
    enrollment.refresh_from_db()
    assert enrollment.state == "active"
    assert enrollment.confirmed_at == now
    assert enrollment.next_due_at == datetime(2026, 3, 4, 7, tzinfo=UTC)
    page = visitor.client.get(path)
    assert b"You are in, <bdi>Maya</bdi>" in page.content
    assert b"Wednesday, 4 March, at 07:00" in page.content


def test_confirming_twice_is_harmless(visitor: Visitor, now: datetime) -> None:
    path = visitor.signs_up(now)
    visitor.confirms(path)
    once = whole_database()
    visitor.clock.move_to(now + HOUR)

    visitor.confirms(path)

    assert whole_database() == once
    assert Event.objects.filter(kind="confirmed").count() == 1
    assert Delivery.objects.filter(kind="welcome").count() == 1


def test_who_left_is_asked_back_only_while_one_can_join(visitor: Visitor, enroll: Any, now: datetime) -> None:
    page = url(Purpose.LEAVE, now, enroll("alice", state="withdrawn"))
    assert b"Join again" in visitor.client.get(page).content

    Program.objects.update(is_open=False)
    assert b"Join again" not in visitor.client.get(page).content
