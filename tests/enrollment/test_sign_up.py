"""Signing up: from the form to a confirmed runner, and what a stranger learns."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from accounts.addresses import keyed_hash
from accounts.models import Consent, User
from challenge.mail.links import Purpose, url
from challenge.models import Cohort, Delivery, Enrollment, Event, Program, Suppression
from tests.support.visitor import Visitor, body, seen, whole_database

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_the_answer_is_the_same_for_every_address(visitor: Visitor, enroll: Any, now: datetime) -> None:
    enroll("active")
    enroll("withdrawn", state="withdrawn")
    enroll("completed", state="completed")
    enroll("pending", state="pending")
    enroll("suppressed")
    for name in ("suppressed", "stranger"):
        Suppression.objects.create(
            address_hash=keyed_hash(f"{name}@example.com"), reason="bounced", created_at=now
        )
    names = ("new", "active", "withdrawn", "completed", "pending", "suppressed", "stranger", "new")

    answers = [
        seen(visitor.post(ip=f"192.0.2.{place}", email=f"{name}@example.com"))
        for place, name in enumerate(names)
    ]
    pages = [seen(visitor.client.get("/sent/")) for _ in names]

    assert answers == answers[:1] * len(answers)
    assert pages == pages[:1] * len(pages)
    assert (answers[0][0], dict(answers[0][2])["Location"], answers[0][3]) == (302, "/sent/", "")
    visitor.go(now)
    written_to = {mail["To"].partition("@")[0] for mail in visitor.sink.mails}
    assert written_to == {"new", "active", "withdrawn", "completed", "pending"}


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
    path = visitor.signs_up(now, health_consent="on")

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


@pytest.mark.parametrize("ticked", [True, False])
def test_consents_are_kept_apart_and_count_from_the_confirmation(
    visitor: Visitor, now: datetime, ticked: bool
) -> None:
    path = visitor.signs_up(now, health_consent="on" if ticked else None)
    wanted = {"mail", "health"} if ticked else {"mail"}

    asked = Consent.objects.all()
    assert {(c.purpose, c.asked_at, c.given_at) for c in asked} == {(p, now, None) for p in wanted}
    assert (b"keeping your tightness" in visitor.client.get(path).content) is ticked

    visitor.clock.move_to(now + HOUR)
    visitor.confirms(path)
    assert {(c.purpose, c.given_at) for c in asked.all()} == {(p, now + HOUR) for p in wanted}


def test_the_newest_form_is_the_one_that_counts(visitor: Visitor, now: datetime) -> None:
    first = visitor.signs_up(now, health_consent="on")
    visitor.post(send_at="18:15", time_zone="Asia/Tokyo", first_name="Maja")

    enrollment = Enrollment.objects.get()
    assert (enrollment.send_at, enrollment.time_zone) == (time(18, 15), "Asia/Tokyo")
    assert [c.purpose for c in Consent.objects.all()] == ["mail"]
    visitor.confirms(first)
    assert [c.purpose for c in Consent.objects.exclude(given_at=None)] == ["mail"]
    assert User.objects.get().first_name == "Maja"


def test_what_is_wrong_is_mended_on_the_page_of_the_same_cohort(visitor: Visitor, now: datetime) -> None:
    starts_on = now.date() + 20 * DAY
    Cohort.objects.create(program=Program.objects.get(), slug="spring", name="Spring", starts_on=starts_on)
    path = visitor.signs_up(now, path="/join/spring/")

    assert b'<a href="/join/spring/">Fill in the form once more' in visitor.client.get(path).content


def test_who_left_is_asked_back_only_while_one_can_join(visitor: Visitor, enroll: Any, now: datetime) -> None:
    page = url(Purpose.LEAVE, now, enroll("alice", state="withdrawn"))
    assert b"Join again" in visitor.client.get(page).content

    Program.objects.update(is_open=False)
    assert b"Join again" not in visitor.client.get(page).content
