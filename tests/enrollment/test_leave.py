"""Leaving: in one click from the mail client (RFC 8058), or on the page behind the link in the mail."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import Consent, has_consented
from challenge.curriculum.lesson import day_content
from challenge.curriculum.publish import Publication, publish_day
from challenge.delivery.eligibility import Eligibility
from challenge.delivery.plan import plan
from challenge.enrollment import pending
from challenge.models import Day, Delivery, Enrollment, Event, Program
from tests.support.smtp_server import SmtpServer
from tests.support.visitor import confirm, form, link

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
Go = Callable[[datetime], None]


@pytest.fixture
def mail_client(db: None) -> Client:
    """A mail provider's client: no cookies, no CSRF token."""
    return Client(enforce_csrf_checks=True)


@pytest.mark.parametrize("encoding", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_one_click_stops_all_mail(
    mail_client: Client, alice: Any, sink: SmtpServer, go: Go, clock: Any, now: datetime, encoding: str
) -> None:
    go(now)
    url = str(sink.mails[0]["List-Unsubscribe"]).strip("<>")
    clock.move_to(now + DAY)
    plan(now + DAY)
    waiting = Delivery.objects.get(day=2)
    assert waiting.state == "queued"
    command: dict[str, Any] = {"data": {"List-Unsubscribe": "One-Click"}}
    if encoding != "multipart/form-data":
        command = {"data": "List-Unsubscribe=One-Click", "content_type": encoding}

    first = mail_client.post(url, **command)
    left = Enrollment.objects.get()
    again = mail_client.post(url, **command)

    assert (first.status_code, again.status_code) == (200, 200)
    assert not mail_client.cookies
    assert b"You have left" in first.content
    assert (left.state, left.next_due_at) == ("withdrawn", None)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.reason) == ("withheld", "left")
    assert Event.objects.filter(kind="withdrawn", actor="runner").count() == 1
    assert not has_consented(left.runner, Consent.Purpose.MAIL)
    for days in range(1, 25):
        go(now + days * DAY)
    assert len(sink.mails) == 1


def test_the_page_asks_first(
    client: Client, alice: Any, sink: SmtpServer, go: Go, clock: Any, now: datetime
) -> None:
    go(now)
    path = link(sink.mails[0], "leave")

    page = client.get(path)
    assert b"Leave the program?" in page.content
    assert b'<form method="post"><button' in page.content
    assert Enrollment.objects.get().state == "active"

    assert b"You have left" in client.post(path).content
    assert Enrollment.objects.get().state == "withdrawn"
    assert b"You have left" in client.get(path).content


def test_what_is_on_its_way_to_the_server_is_checked_again(
    client: Client, alice: Any, sink: SmtpServer, go: Go, clock: Any, now: datetime
) -> None:

    from challenge.delivery.claim import claim
    from challenge.mail.links import Purpose, url

    plan(now)
    [held] = claim(now, 10)
    client.post(url(Purpose.LEAVE, now, alice))

    eligibility = Eligibility([held], {})
    eligibility.refresh(now)
    assert eligibility.reason_against(held) == (Delivery.Reason.LEFT, {})


def test_leaving_one_program_keeps_the_other(
    client: Client, alice: Any, sink: SmtpServer, go: Go, clock: Any, now: datetime
) -> None:
    words = day_content(Day.objects.get(number=1).published.content)
    other = Program.objects.create(slug="calves", title="Calves", length=2)
    for number in (1, 2):
        publish_day(Day.objects.create(program=other, number=number), words, Publication(now))
    second = Enrollment.objects.get(pk=alice.pk)
    second.pk, second.program, second.link_key = None, other, uuid4()
    second.save()
    go(now)
    [reset] = [mail for mail in sink.mails if "reset-21" in mail["List-ID"]]

    client.post(link(reset, "leave"))
    for days in range(1, 4):
        go(now + days * DAY)

    alice.refresh_from_db()
    second.refresh_from_db()
    assert (alice.state, second.state) == ("withdrawn", "completed")
    assert has_consented(alice.runner, Consent.Purpose.MAIL)
    later = [mail["List-ID"] for mail in sink.mails[2:]]
    assert later == ["Calves <calves.localhost>"] * 2


def test_who_joins_again_begins_anew_and_the_history_stays(
    client: Client, alice: Any, sink: SmtpServer, go: Go, clock: Any, now: datetime
) -> None:
    for days in range(3):
        go(now + days * DAY)
    clock.move_to(now + 3 * DAY)
    client.post(link(sink.mails[-1], "leave"))

    client.post("/", form(email="alice@example.com", starts_on="2026-03-07"))
    go(now + 3 * DAY)
    confirm(client, link(sink.mails[-1], "confirm"))
    for days in range(3, 6):
        go(now + days * DAY)

    old, new = Enrollment.objects.order_by("pk")
    assert (old.state, new.state) == ("withdrawn", "active")
    assert has_consented(new.runner, Consent.Purpose.MAIL)
    lessons = Delivery.objects.filter(kind="lesson", state="sent").order_by("sent_at")
    sent = [(lesson.enrollment_id, lesson.day) for lesson in lessons]
    assert sent == [(old.pk, 1), (old.pk, 2), (old.pk, 3), (new.pk, 1), (new.pk, 2)]


def test_who_never_asked_can_have_the_address_forgotten(
    client: Client, program: Any, sink: SmtpServer, go: Go, clock: Any, now: datetime
) -> None:
    client.post("/", form())
    go(now)
    [mail] = sink.mails

    assert client.post(link(mail, "leave")).status_code == 200

    assert client.get(link(mail, "confirm")).status_code == 410
    assert client.post(link(mail, "confirm")).status_code == 410
    for days in range(9):
        pending.remind_unconfirmed(now + days * DAY)
        go(now + days * DAY)
    assert len(sink.mails) == 1
    pending.delete_unconfirmed(now + 7 * DAY)
    assert not Enrollment.objects.exists()
