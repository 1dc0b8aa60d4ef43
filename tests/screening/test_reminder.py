"""Whoever confirmed and has not answered is reminded once; whoever had begun is asked once, in a lesson."""

from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from challenge.enrollment.unscreened import remind_unscreened
from challenge.models import Delivery, Enrollment, Screening
from challenge.safety.answering import answer
from tests.conftest import Enroll
from tests.support.own_page import Owner
from tests.support.smtp_server import SmtpServer
from tests.support.visitor import answer_no, body, link

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ask = import_module("challenge.migrations.0046_screening_day").ask


def test_one_reminder_after_a_day(
    client: Client, enroll: Enroll, sink: SmtpServer, go: Any, clock: Any, now: datetime
) -> None:
    alice = enroll("alice", state="screening")
    assert remind_unscreened(now + DAY - HOUR) == 0

    assert remind_unscreened(now + DAY) == 1
    for days in (1, 2, 3):
        remind_unscreened(now + days * DAY)
        go(now + days * DAY)

    [mail] = sink.mails
    assert mail["Subject"] == "Ten questions, then your course begins"
    clock.move_to(now + DAY)
    assert b"ten questions first" in client.get(link(mail, "screening")).content
    alice.refresh_from_db()
    assert alice.screening_asked_at == now + DAY


def test_it_comes_by_daylight_and_not_after_an_answer(
    enroll: Enroll, sink: SmtpServer, go: Any, now: datetime
) -> None:
    alice, bob = enroll("alice", state="screening"), enroll("bob", state="screening")
    night = now + DAY + 15 * HOUR  # 23:00
    assert remind_unscreened(night) == 2
    go(night)
    assert not sink.mails

    answer(bob.pk, ["fever"], night + HOUR)
    go(night + 8 * HOUR)

    reminded = [mail["To"] for mail in sink.mails if mail["Subject"].startswith("Ten questions")]
    assert reminded == [alice.runner.email]


def begun_before(enroll: Enroll, go: Any, now: datetime) -> list[Enrollment]:
    """Return somebody in mid-course, in a pause, before day 1, at the end and unconfirmed, at an upgrade."""
    alice, bob, carol, dave = (enroll(name) for name in ("alice", "bob", "carol", "dave"))
    go(now)
    Enrollment.objects.filter(pk=bob.pk).update(state="paused", next_due_at=None)
    Delivery.objects.filter(enrollment=carol).delete()
    Delivery.objects.filter(enrollment=dave).update(day=21)
    asked = [alice, bob, carol, dave, enroll("erin", state="pending"), enroll("frank", state="completed")]
    ask(apps, None)
    for each in asked:
        each.refresh_from_db()
    return asked


def test_the_upgrade_asks_in_the_next_lesson(enroll: Enroll, go: Any, now: datetime) -> None:
    assert [each.screening_day for each in begun_before(enroll, go, now)] == [2, 2, 1, None, None, None]


def test_who_has_begun_goes_on_and_is_asked_once(
    client: Client, enroll: Enroll, sink: SmtpServer, go: Any, clock: Any, now: datetime
) -> None:
    alice = begun_before(enroll, go, now)[0]
    for days in (1, 2):
        go(now + days * DAY)

    second, third = [mail for mail in sink.to("alice@example.com") if mail["Subject"].startswith("Day ")][1:]
    assert "New since you began" in body(second)
    assert "/screening/" not in body(third) + body(third, "html")
    clock.move_to(now + 2 * DAY)
    page = client.get(link(second, "screening"))
    assert b"Your lessons go on meanwhile" in page.content
    due_at = Enrollment.objects.get(pk=alice.pk).next_due_at

    assert answer_no(client, link(second, "screening")).status_code == 200

    alice.refresh_from_db()
    assert (alice.state, alice.next_due_at, alice.screening_day) == ("active", due_at, None)
    assert b"Your answers are saved" in client.get(link(second, "screening")).content


def test_who_has_answered_before_that_lesson_is_not_asked_in_it(
    enroll: Enroll, sink: SmtpServer, go: Any, now: datetime
) -> None:
    alice = begun_before(enroll, go, now)[0]
    answer(alice.pk, ["hernia"], now + HOUR)
    go(now + DAY)

    assert "/screening/" not in body(sink.to("alice@example.com")[-1])
    alice.refresh_from_db()
    assert alice.left_out == ["ball-release", "prone-press-up"]
    assert Screening.objects.count() == 1


def test_a_danger_in_mid_course_stops_it(enroll: Enroll, sink: SmtpServer, go: Any, now: datetime) -> None:
    alice, bob, *_ = begun_before(enroll, go, now)
    for each in (alice, bob):
        answer(each.pk, ["one_leg"], now + HOUR)
    go(now + DAY)

    assert set(Enrollment.objects.filter(pk__in=[alice.pk, bob.pk]).values_list("state", flat=True)) == {
        "held"
    }
    assert not Delivery.objects.filter(enrollment__in=[alice, bob], day=2).exists()


def test_the_link_costs_no_statement_of_its_own(
    enroll: Enroll, sink: SmtpServer, go: Any, now: datetime
) -> None:
    enroll("alice")
    go(now)

    def statements(at: datetime) -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            go(at)
        return len(asked)

    without = statements(now + DAY)
    Enrollment.objects.update(screening_day=3)
    assert statements(now + 2 * DAY) == without


@pytest.mark.parametrize(("state", "day"), [("active", 9), ("screening", None)])
def test_fresh_links_and_the_own_page_lead_there(
    owner: Owner, now: datetime, state: str, day: int | None
) -> None:
    due_at = owner.alice.next_due_at if state == "active" else None
    Enrollment.objects.update(state=state, screening_day=day, next_due_at=due_at)

    assert "Answer the ten questions" in owner.reads(now)
    owner.client.post("/links/", {"email": "alice@example.com"})
    owner.go(now)
    path = link(owner.sink.mails[-1], "screening")
    answer_no(owner.client, path)

    assert "Answer the ten questions" not in owner.reads(now)
    owner.alice.refresh_from_db()
    assert (owner.alice.state, owner.alice.screening_day) == ("active", None)
