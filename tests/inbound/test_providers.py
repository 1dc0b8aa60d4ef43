"""Each provider's events: which mail they are about, and whether the address is gone or only full."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from challenge.models import Delivery, DeliveryEvent, Suppression
from tests.support.answers import lesson_of
from tests.support.provider_events import (
    KEY,
    SECRET,
    USER_UNKNOWN,
    Door,
    Payload,
    brevo,
    failed,
    mailgun,
    mailjet,
    postmark,
    resend,
    sendgrid,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:django-anymail has dropped official support for SendGrid"),
]

Make = Callable[[Delivery, datetime], Payload]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BLOCKED = "550 5.7.1 Message blocked due to spam content"


@pytest.fixture
def lesson(trio: list[Any], go: Any, now: datetime, clock: Any, settings: Any) -> Delivery:
    settings.ANYMAIL = {"WEBHOOK_SECRET": [SECRET], "MAILGUN_WEBHOOK_SIGNING_KEY": KEY}
    settings.BOUNCE_ADDRESS = "bounces@example.org"
    go(now)
    clock.move_to(now + DAY)
    return lesson_of("alice")


HARD: dict[str, Make] = {
    "mailgun": lambda mail, at: mailgun(mail, "failed", at, **failed(USER_UNKNOWN)),
    "mailgun, its list": lambda mail, at: mailgun(
        mail,
        "failed",
        at,
        **failed("605 Not delivering to previously bounced address", reason="suppress-bounce"),
    ),
    "postmark": lambda mail, at: postmark(mail, "HardBounce", at, "The server was unable to deliver it."),
    "postmark, syntax": lambda mail, at: postmark(mail, "HardBounce", at, "smtp;550 5.1.1 unknown"),
    "brevo": lambda mail, at: brevo(mail, "hard_bounce", at, USER_UNKNOWN),
    "brevo, syntax": lambda mail, at: brevo(mail, "invalid_email", at),
    "sendgrid": lambda mail, at: sendgrid(mail, "bounce", at, reason=USER_UNKNOWN, type="bounce"),
    "sendgrid, its list": lambda mail, at: sendgrid(mail, "dropped", at, reason="Bounced Address"),
    "mailjet": lambda mail, at: mailjet(mail, "bounce", at, hard_bounce=True, error="user unknown"),
    "resend": lambda mail, at: resend(
        mail, "email.bounced", at, bounce={"message": "The email bounced.", "type": "Permanent"}
    ),
}
SOFT: dict[str, Make] = {
    "mailgun, spam": lambda mail, at: mailgun(mail, "failed", at, **failed(BLOCKED)),
    "mailgun, without a status": lambda mail, at: mailgun(
        mail, "failed", at, **failed("550 Spam is not taken")
    ),
    "postmark": lambda mail, at: postmark(mail, "SoftBounce", at, "550 5.1.1 unknown"),
    "brevo": lambda mail, at: brevo(mail, "soft_bounce", at, "452 4.2.2 mailbox full"),
    "brevo, hard for spam": lambda mail, at: brevo(mail, "hard_bounce", at, BLOCKED),
    "sendgrid": lambda mail, at: sendgrid(mail, "bounce", at, reason=USER_UNKNOWN, type="blocked"),
    "mailjet": lambda mail, at: mailjet(mail, "bounce", at, hard_bounce=False, error="quota exceeded"),
    "resend": lambda mail, at: resend(
        mail, "email.bounced", at, bounce={"message": "The inbox is full.", "type": "Transient"}
    ),
}
COMPLAINED: dict[str, Make] = {
    "postmark": lambda mail, at: postmark(mail, "SpamComplaint", at),
    "brevo": lambda mail, at: brevo(mail, "spam", at),
    "sendgrid": lambda mail, at: sendgrid(mail, "spamreport", at),
    "mailjet": lambda mail, at: mailjet(mail, "spam", at),
    "resend": lambda mail, at: resend(mail, "email.complained", at),
}


def post(client: Any, name: str, payload: Payload) -> None:
    assert Door(client, name.partition(",")[0]).post(payload).status_code == 200


@pytest.mark.parametrize("name", HARD)
def test_an_address_that_is_gone(name: str, lesson: Delivery, client: Any, now: datetime) -> None:
    post(client, name, HARD[name](lesson, now + HOUR))

    returned = DeliveryEvent.objects.get()
    assert (returned.delivery, returned.bad_address, returned.at) == (lesson, True, now + HOUR)
    assert Suppression.objects.get().reason == "bounced"


@pytest.mark.parametrize("name", SOFT)
def test_an_address_that_is_not_at_fault(name: str, lesson: Delivery, client: Any, now: datetime) -> None:
    post(client, name, SOFT[name](lesson, now + HOUR))

    assert DeliveryEvent.objects.values_list("delivery", "bad_address").get() == (lesson.pk, False)
    assert not Suppression.objects.exists()
    lesson.enrollment.refresh_from_db()
    assert lesson.enrollment.state == "active"


@pytest.mark.parametrize("name", COMPLAINED)
def test_a_complaint(name: str, lesson: Delivery, client: Any, now: datetime) -> None:
    post(client, name, COMPLAINED[name](lesson, now + HOUR))
    assert Suppression.objects.get().reason == "complained"


def test_where_a_provider_renames_mails_the_last_one_before_is_meant(
    lesson: Delivery, client: Any, go: Any, now: datetime
) -> None:
    go(now + DAY)
    post(client, "postmark", postmark(lesson, "SoftBounce", now + HOUR, MessageID="", ID=1))
    post(client, "postmark", postmark(lesson, "SoftBounce", now + DAY + HOUR, ID=2))
    post(client, "postmark", postmark(lesson, "SoftBounce", now - HOUR, ID=3))

    days = DeliveryEvent.objects.values_list("delivery__day", flat=True)
    assert list(days) == [1, 2]


def test_our_own_names_go_before_its_guess(lesson: Delivery, client: Any, go: Any, now: datetime) -> None:
    """Our Message-ID, in a header or in metadata, names the older of two mails."""
    go(now + DAY)
    for kept in ({"Metadata": {"mail": lesson.message_id}}, {"Headers": [{"Value": lesson.message_id}]}):
        post(client, "postmark", postmark(lesson, "SoftBounce", now + DAY + HOUR, ID=str(kept), **kept))
    assert set(DeliveryEvent.objects.values_list("delivery__day", flat=True)) == {1}


FAR_AWAY = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-03-03T09:00:00"]


@pytest.mark.parametrize("stamp", FAR_AWAY)
@pytest.mark.parametrize("is_named", [True, False])
def test_odd_clocks_do_no_harm(
    stamp: str, is_named: bool, lesson: Delivery, client: Any, now: datetime
) -> None:
    names = {"mail": lesson.message_id} if is_named else {}
    post(client, "postmark", postmark(lesson, "HardBounce", now, BouncedAt=stamp, Metadata=names))
    assert all(each.at <= now + DAY for each in DeliveryEvent.objects.all())
    assert DeliveryEvent.objects.exists() or stamp.startswith("0001")
