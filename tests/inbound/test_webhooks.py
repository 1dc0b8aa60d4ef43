"""Providers' webhooks: which requests are accepted, what is recorded, and what follows."""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import OperationalError, connection

from challenge.models import Delivery, DeliveryEvent, Suppression
from tests.support.cast import lesson_of
from tests.support.provider_events import KEY, SECRET, USER_UNKNOWN, Door, failed, mailgun
from tests.support.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db

Go = Callable[[datetime], None]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def _secrets(settings: Any) -> None:
    settings.ANYMAIL = {"WEBHOOK_SECRET": [SECRET], "MAILGUN_WEBHOOK_SIGNING_KEY": KEY}


@pytest.fixture(autouse=True)
def _log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Check that no log line of a test names a runner."""
    caplog.set_level(logging.DEBUG)
    yield
    assert "alice" not in caplog.text.lower()


@pytest.fixture
def lesson(trio: list[Any], go: Go, now: datetime, clock: Any) -> Delivery:
    go(now)
    clock.move_to(now + DAY)
    return lesson_of("alice")


@pytest.fixture
def door(client: Any) -> Door:
    return Door(client)


def test_a_bounce_suppresses_and_pauses(
    lesson: Delivery, door: Door, sink: SmtpServer, go: Go, now: datetime
) -> None:
    assert door.post(mailgun(lesson, "failed", now + HOUR, **failed(USER_UNKNOWN))).status_code == 200

    returned = DeliveryEvent.objects.get()
    assert (returned.delivery, returned.kind, returned.source) == (lesson, "bounced", "webhook")
    assert (returned.bad_address, returned.at) == (True, now + HOUR)
    assert "alice" not in returned.detail
    assert Suppression.objects.get().reason == "bounced"
    lesson.enrollment.refresh_from_db()
    assert lesson.enrollment.state == "paused"
    go(now + DAY)
    assert sorted(mail["To"] for mail in sink.mails[3:]) == ["bob@example.com", "charlie@example.com"]


def test_a_complaint_stops_mail_at_once(lesson: Delivery, door: Door, now: datetime) -> None:
    door.post(mailgun(lesson, "complained", now + HOUR))

    assert Suppression.objects.get().reason == "complained"
    lesson.enrollment.refresh_from_db()
    assert lesson.enrollment.state == "paused"


def test_who_unsubscribes_at_the_provider_has_left(lesson: Delivery, door: Door, now: datetime) -> None:
    door.post(mailgun(lesson, "unsubscribed", now + HOUR))

    lesson.enrollment.refresh_from_db()
    assert lesson.enrollment.state == "withdrawn"
    assert not lesson.enrollment.runner.consents.filter(purpose="mail", withdrawn_at=None).exists()
    assert Suppression.objects.get().reason == "unsubscribed"


def test_the_same_event_ten_times_counts_once(lesson: Delivery, door: Door, now: datetime) -> None:
    event = mailgun(lesson, "failed", now + HOUR, **failed("452 4.2.2 mailbox full", reason="old"))
    assert {door.post(event).status_code for _ in range(10)} == {200}
    assert DeliveryEvent.objects.count() == 1


def test_what_was_delivered_before_it_came_back_unmakes_nothing(
    lesson: Delivery, door: Door, now: datetime
) -> None:
    door.post(mailgun(lesson, "failed", now + 2 * HOUR, **failed(USER_UNKNOWN)))
    door.post(mailgun(lesson, "delivered", now + HOUR))

    assert Suppression.objects.get().reason == "bounced"
    lesson.enrollment.refresh_from_db()
    assert lesson.enrollment.state == "paused"
    assert [each.kind for each in DeliveryEvent.objects.all()] == ["delivered", "bounced"]


@pytest.mark.parametrize("event", ["opened", "clicked", "accepted", "stored", "something new", ""])
def test_what_is_unknown_or_nobodys_business_is_not_kept(
    event: str, lesson: Delivery, door: Door, now: datetime
) -> None:
    assert door.post(mailgun(lesson, event, now)).status_code == 200
    assert not DeliveryEvent.objects.exists()


def test_mail_of_another_program_of_the_same_account_is_nobodys_here(
    lesson: Delivery, door: Door, now: datetime
) -> None:
    event = mailgun(lesson, "complained", now + HOUR)
    event["event-data"]["recipient"] = "somebody@example.net"
    assert door.post(event).status_code == 200
    event = mailgun(
        lesson, "complained", now + 2 * HOUR, message={"headers": {"message-id": "1@shop.example"}}
    )
    event["event-data"]["recipient"] = "stranger@example.net"
    assert door.post(event).status_code == 200
    assert not DeliveryEvent.objects.exists()


def test_a_wrong_signature_is_refused_and_noted(
    lesson: Delivery, door: Door, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    event = mailgun(lesson, "complained", now, key="a key that somebody made up")
    assert door.post(event).status_code == 403
    assert "/webhooks/mailgun/tracking/: 403, the secret or the signature is wrong" in caplog.text
    assert not DeliveryEvent.objects.exists()


@pytest.mark.parametrize("secret", ["provider:wrong", "provider", ":", SECRET.upper(), "pröv:ider"])
def test_a_wrong_secret_is_refused(secret: str, lesson: Delivery, client: Any, now: datetime) -> None:
    door = Door(client, secret=secret)
    assert door.post(mailgun(lesson, "complained", now)).status_code == 403
    assert door.post(mailgun(lesson, "complained", now), headers={}).status_code == 403
    assert not DeliveryEvent.objects.exists()


@pytest.mark.parametrize("provider", ["mailgun", "postmark", "brevo", "mailjet", "resend", "sendgrid"])
def test_without_a_secret_no_webhook_is_open(
    provider: str, client: Any, settings: Any, lesson: Delivery, now: datetime
) -> None:
    settings.ANYMAIL = {"WEBHOOK_SECRET": [], "MAILGUN_WEBHOOK_SIGNING_KEY": KEY}
    event = mailgun(lesson, "complained", now)
    assert Door(client, provider).post(event).status_code == 404
    assert Door(client, provider, secret="").post(event).status_code == 404


def test_a_provider_that_signs_is_open_with_its_key_alone(
    client: Any, settings: Any, lesson: Delivery, now: datetime
) -> None:
    settings.ANYMAIL = {"WEBHOOK_SECRET": [SECRET]}
    assert Door(client).post(mailgun(lesson, "complained", now)).status_code == 404
    assert not DeliveryEvent.objects.exists()


class Untouched:
    """A body that must not be read."""

    def read(self, *size: int) -> bytes:
        raise AssertionError("somebody reads it")

    readline = read


@pytest.mark.parametrize(("length", "status"), [("10485760", 413), ("1048577", 413), ("x", 413), ("-1", 403)])
def test_ten_megabytes_are_refused_unread(length: str, status: int, lesson: Delivery) -> None:
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/webhooks/postmark/tracking/",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": length,
        "wsgi.input": Untouched(),
        "wsgi.url_scheme": "http",
    }
    answered: list[str] = []
    WSGIHandler()(environ, lambda line, headers: answered.append(line))
    assert answered[0][:3] == str(status)


UNREADABLE = {
    "empty": b"",
    "cut": b"{",
    "a list": b"[]",
    "null": b"null",
    "deep": b"[" * 100_000,
    "a long number": b"9" * 5000,
    "no text": b"\xff\xfe",
    "an odd shape": b'{"signature": []}',
    "large": b"x" * 900_000,
}


@pytest.mark.filterwarnings("ignore:django-anymail has dropped official support for SendGrid")
@pytest.mark.parametrize("body", UNREADABLE)
@pytest.mark.parametrize("provider", ["mailgun", "postmark", "brevo", "mailjet", "resend", "sendgrid"])
def test_what_can_not_be_read_is_the_providers_mistake(provider: str, body: str, client: Any) -> None:
    response = Door(client, provider).post(UNREADABLE[body])
    assert response.status_code in (200, 400, 403)
    assert not DeliveryEvent.objects.exists()


def test_a_provider_hears_that_its_event_was_not_recorded(
    lesson: Delivery, door: Door, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    """The provider posts it again, and until it is recorded it must not count as a repetition."""

    def away(execute: Callable[..., Any], sql: str, *others: Any) -> Any:
        if "challenge_deliveryevent" in sql:
            raise OperationalError("the server closed the connection on alice@example.com")
        return execute(sql, *others)

    event = mailgun(lesson, "complained", now)
    with connection.execute_wrapper(away):
        assert door.post(event).status_code == 503
    assert "503, not recorded (OperationalError)" in caplog.text
    assert not Suppression.objects.exists()

    assert door.post(event).status_code == 200
    assert Suppression.objects.get().reason == "complained"


def test_leaving_and_its_record_are_one(lesson: Delivery, door: Door, now: datetime) -> None:
    """Otherwise the repeated event would count as recorded, and mail would go on."""

    def away(execute: Callable[..., Any], sql: str, *others: Any) -> Any:
        if sql.startswith('UPDATE "challenge_enrollment"'):
            raise OperationalError("the server closed the connection")
        return execute(sql, *others)

    event = mailgun(lesson, "unsubscribed", now)
    with connection.execute_wrapper(away):
        assert door.post(event).status_code == 503
    assert door.post(event).status_code == 200
    lesson.enrollment.refresh_from_db()
    assert lesson.enrollment.state == "withdrawn"


def test_looking_changes_nothing(client: Any, door: Door) -> None:
    assert client.head(door.url).status_code == 200
    assert client.get(door.url).status_code == 405
    assert client.get("/webhooks/").status_code == 404
    assert client.post("/webhooks/mailgun/inbound/").status_code == 404
