"""2,000 returned mails and complaints and 900 webhooks, broken or forged: no crash, no delay, and nobody is
stopped without proof."""

import json
import logging
import random
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

import pytest

from challenge.inbound.bounce_mail import receive
from challenge.mail.links import Purpose, return_path, url
from challenge.models import Delivery, DeliveryEvent, Enrollment, Event, Suppression
from tests.support import provider_events, returned_mails
from tests.support.cast import lesson_of
from tests.support.mutations import mutate
from tests.support.provider_events import KEY, SECRET, USER_UNKNOWN, Door, failed
from tests.support.returned_mails import FULL, complaint, dsn, qmail

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SECONDS_EACH = 5  # a hundred times what one takes, for a busy machine


@pytest.fixture(autouse=True)
def _log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Check that no log line names a runner or holds a traceback."""
    caplog.set_level(logging.INFO)
    yield
    assert "@example.com" not in caplog.text
    assert "Traceback" not in caplog.text


@pytest.fixture
def mails(
    trio: list[Any], sink: Any, go: Any, now: datetime, clock: Any, settings: Any
) -> dict[str, Delivery]:
    """The lessons of Alice, Bob and Charlie. Alice, the attacker, knows one mail and all Message-IDs."""
    settings.BOUNCE_ADDRESS = "bounces@example.org"
    settings.ANYMAIL = {"WEBHOOK_SECRET": [SECRET], "MAILGUN_WEBHOOK_SIGNING_KEY": KEY}
    go(now)
    clock.move_to(now + DAY)
    return {name: lesson_of(name) for name in ("alice", "bob", "charlie")}


def timed(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def untouched(mail: Delivery) -> bool:
    """Return whether no runner was changed by anything that came in."""
    mail.enrollment.refresh_from_db()
    runner = mail.enrollment.runner
    return (
        mail.enrollment.state == Enrollment.State.ACTIVE
        and not DeliveryEvent.objects.filter(delivery=mail).exists()
        and not Suppression.objects.filter(address_hash=runner.address_hash).exists()
    )


def forgeries(alices: Delivery, bobs: Delivery, raw: bytes, now: datetime) -> list[bytes]:
    """Return reports about Bob's mail, made by Alice, who has only mail to Alice."""
    good, path = return_path(alices.pk), return_path(bobs.pk)
    tag, wanted = (text.partition("+")[2].partition("@")[0] for text in (good, path))
    tags = [wanted[:26] + tag[26:], tag[:26] + wanted[26:], wanted[:-1], wanted[1:], wanted[:20] + "a" * 22]
    reports = [
        dsn(bobs, to=f"bounces+{each}@example.org", recipient="bob@example.com")
        for each in tags
        if each != wanted
    ]
    named = raw.replace(str(alices.pk).encode(), str(bobs.pk).encode())
    fields = f"Original-Mail-From: bounces+{tags[0]}@example.org\nOriginal-Rcpt-To: bob@example.com\n"
    hour = url(Purpose.HOUR, now, bobs.enrollment).replace("/hour/", "/leave/")
    bobs_id = f"Message-ID: {bobs.message_id}\n"
    return [
        *reports,
        dsn(bobs, to="bounces@example.org", returned=f"{bobs_id}To: bob@example.com\n\nx\n"),
        complaint(named, extra=fields),
        complaint(f"{bobs_id}List-Unsubscribe: <{hour}>\n\nx\n".encode()),
        qmail(Delivery(pk=uuid.UUID(int=7)), recipient="bob@example.com"),
    ]


def test_2000_mails_gone_wrong_or_forged(mails: dict[str, Delivery], sink: Any, now: datetime) -> None:
    alices, bobs = mails["alice"], mails["bob"]
    raw = sink.raw[sink.recipients.index("alice@example.com")]
    short = raw[: raw.index(b"\r\n\r\n")] + b"\r\n\r\nBreathe out.\r\n"
    real = [
        dsn(alices), dsn(alices, "5.2.2", FULL), dsn(alices, action="delayed"), qmail(alices),
        returned_mails.shift_jis(alices), returned_mails.out_of_office(alices), returned_mails.reply(alices),
        complaint(short), complaint(short, extra=f"Original-Mail-From: <{return_path(alices.pk)}>\n"),
    ]  # fmt: skip
    false = forgeries(alices, bobs, short, now)
    chance, slowest = random.Random(7), 0.0
    for number in range(2000):
        base = false if number % 4 else real
        raw = mutate(chance.choice(base), [*real, *false], chance)
        slowest = max(slowest, timed(lambda raw=raw: receive(raw, [], now)))

    assert slowest < SECONDS_EACH
    assert untouched(bobs)
    assert untouched(mails["charlie"])
    # Enough reports of Alice's own mail were still readable.
    assert set(DeliveryEvent.objects.values_list("kind", flat=True)) >= {"bounced", "deferred", "complained"}
    assert set(DeliveryEvent.objects.values_list("delivery", flat=True)) == {alices.pk}
    assert DeliveryEvent.objects.count() < 10


def webhooks(mail: Delivery, at: datetime) -> dict[str, list[bytes]]:
    events: dict[str, list[Any]] = {
        "mailgun": [
            provider_events.mailgun(mail, "failed", at, **failed(USER_UNKNOWN)),
            provider_events.mailgun(mail, "complained", at),
            provider_events.mailgun(mail, "unsubscribed", at),
        ],
        "postmark": [
            provider_events.postmark(mail, "HardBounce", at, USER_UNKNOWN),
            provider_events.postmark(mail, "SpamComplaint", at),
        ],
        "brevo": [provider_events.brevo(mail, "hard_bounce", at, USER_UNKNOWN)],
        "mailjet": [provider_events.mailjet(mail, "bounce", at, hard_bounce=True)],
        "resend": [provider_events.resend(mail, "email.bounced", at, bounce={"message": USER_UNKNOWN})],
    }
    return {name: [json.dumps(event).encode() for event in told] for name, told in events.items()}


def test_300_webhooks_gone_wrong(mails: dict[str, Delivery], client: Any, now: datetime) -> None:
    """A provider that shows its secret gets an answer, whatever it posts."""
    told = webhooks(mails["alice"], now + HOUR)
    bodies = [body for each in told.values() for body in each]
    chance, slowest, answers = random.Random(8), 0.0, set()
    for _ in range(300):
        provider = chance.choice(list(told))
        body = mutate(chance.choice(told[provider]), bodies, chance)
        began = perf_counter()
        answers.add(Door(client, provider).post(body).status_code)
        slowest = max(slowest, perf_counter() - began)

    assert slowest < SECONDS_EACH
    assert answers <= {200, 400, 403}
    assert answers >= {200, 400}
    assert DeliveryEvent.objects.filter(delivery=mails["alice"]).exists()


def test_600_forged_webhooks(mails: dict[str, Delivery], client: Any, now: datetime) -> None:
    """An attacker has no secret, a nearly right one, or a nearly right signature."""
    told = webhooks(mails["bob"], now + HOUR)
    chance, answers = random.Random(9), set()
    for number in range(600):
        provider = chance.choice(list(told))
        body = chance.choice(told[provider])
        secret = mutate(SECRET.encode(), [b"provider:", b"x"], chance).decode("latin-1")
        if number % 3 == 0:
            event = provider_events.mailgun(mails["bob"], "complained", now, key=secret)
            provider, body, secret = "mailgun", json.dumps(event).encode(), SECRET
        elif secret == SECRET:
            continue
        answers.add(Door(client, provider, secret).post(body).status_code)

    assert answers == {403}
    assert all(map(untouched, mails.values()))
    assert not Event.objects.filter(kind__in=["paused", "withdrawn"]).exists()


def _many(start: bytes, piece: bytes, size: int = 300_000) -> bytes:
    return start + piece * (size // len(piece))


BOMBS = {
    "parentheses": _many(b"Content-Type: multipart/report\r\nTo: ", b"("),
    "addresses": _many(b"To: ", b"bounces+aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@example.org, "),
    "pluses": _many(b"To: ", b"+"),
    "header fields": _many(b"", b"a: b\r\n"),
    "one field": _many(b"", b"Delivered-To: x\r\n"),
    "parameters": _many(b"Content-Type: multipart/report", b"; a*0*=b"),
    "quotes": _many(b'Content-Type: multipart/report; boundary="', b'\\"'),
    "encoded words": _many(b"Subject: ", b"=?utf-8?q?=41?= "),
    "folded": _many(b"To: x", b"\r\n "),
    "a line": _many(b"From: MAILER-DAEMON\r\n\r\n", b"550 "),
    "lines": _many(b"From: MAILER-DAEMON\r\n\r\n", b"550 5.1.1 <a@b.c>\r\n"),
    "angles": _many(b"From: MAILER-DAEMON\r\n\r\n", b"<"),
    "blocks": _many(b"Content-Type: message/delivery-status\r\n\r\n", b"Action: failed\r\n\r\n"),
    "statuses": _many(b"Content-Type: message/delivery-status\r\n\r\nAction: failed\r\nStatus: ", b"5.1.1 "),
    "base64": _many(b"From: MAILER-DAEMON\r\nContent-Transfer-Encoding: base64\r\n\r\n", b"=A=="),
    "quoted-printable": _many(
        b"From: postmaster\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", b"="
    ),
    "nul": _many(b"", b"\0"),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_what_is_built_to_take_long_does_not(bomb: str, mails: dict[str, Delivery], now: datetime) -> None:
    to = f"To: {return_path(mails['alice'].pk)}\r\n".encode()
    assert timed(lambda: receive(BOMBS[bomb], [], now)) < SECONDS_EACH
    assert timed(lambda: receive(to + BOMBS[bomb], [], now)) < SECONDS_EACH
    assert not Suppression.objects.exists()
