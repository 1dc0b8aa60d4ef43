"""Complaints by mail (feedback loops): mail stops at once; nobody can complain in another runner's name."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from challenge.inbound.bounce_mail import Disposition, receive
from challenge.mail.links import Purpose, return_path, url
from challenge.models import Delivery, DeliveryEvent, Event, Suppression
from tests.support.cast import lesson_of
from tests.support.returned_mails import complaint, dsn
from tests.support.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db

Go = Callable[[datetime], None]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def raw_of(sink: SmtpServer, name: str) -> bytes:
    return sink.raw[sink.recipients.index(f"{name}@example.com")]


def test_a_complaint_about_a_real_mail_stops_all_mail_at_once(
    lesson: Delivery, sink: SmtpServer, go: Go, now: datetime
) -> None:
    """The returned mail proves it by its Message-ID and by its own link to leave."""
    assert receive(complaint(raw_of(sink, "alice")), [], now + HOUR) is Disposition.RECORDED

    suppression = Suppression.objects.get()
    assert (suppression.address_hash, suppression.reason) == (
        lesson.enrollment.runner.address_hash,
        "complained",
    )
    lesson.enrollment.refresh_from_db()
    assert lesson.enrollment.state == "paused"
    assert Event.objects.get(kind=Event.Kind.PAUSED).detail == "complaint"
    returned = DeliveryEvent.objects.get()
    assert (returned.kind, returned.source, returned.delivery) == ("complained", "arf", lesson)

    go(now + DAY)
    assert sorted(mail["To"] for mail in sink.mails[3:]) == ["bob@example.com", "charlie@example.com"]


def test_a_complaint_comes_before_a_bounce_and_counts_once(
    lesson: Delivery, sink: SmtpServer, now: datetime
) -> None:
    receive(dsn(lesson), [], now)
    assert receive(complaint(raw_of(sink, "alice")), [], now) is Disposition.RECORDED
    assert receive(complaint(raw_of(sink, "alice")), [], now + HOUR) is Disposition.KNOWN
    assert receive(dsn(lesson, "5.1.2", "smtp; 550 5.1.2 no"), [], now + HOUR) is Disposition.KNOWN
    assert Suppression.objects.get().reason == "complained"


def test_its_return_path_is_proof_enough(lesson: Delivery, now: datetime) -> None:
    """Feedback loops that redact everything else keep the return path, in the mail or beside it."""
    path = return_path(lesson.pk)
    bare = b"Subject: Day 1\r\n\r\nBreathe out.\r\n"
    assert receive(complaint(bare), [], now) is Disposition.UNPROVEN
    assert receive(complaint(bare, extra=f"Original-Mail-From: <{path}>\n"), [], now) is Disposition.RECORDED

    named = f"Return-Path: <{path}>\r\n".encode() + bare
    assert receive(complaint(named), [], now) is Disposition.KNOWN
    assert Suppression.objects.get().reason == "complained"


@pytest.mark.parametrize("feedback", ["not-spam", "virus", "other", "auth-failure", ""])
def test_other_feedback_stops_nothing(
    feedback: str, lesson: Delivery, sink: SmtpServer, now: datetime
) -> None:
    assert receive(complaint(raw_of(sink, "alice"), feedback), [], now) is Disposition.OTHER
    assert not Suppression.objects.exists()
    assert not DeliveryEvent.objects.exists()


def test_nobody_complains_in_anothers_name(lesson: Delivery, sink: SmtpServer, now: datetime) -> None:
    """Bob knows his own mail, Alice's Message-ID, and links of Alice's for other purposes."""
    bob = lesson_of("bob")
    alices = raw_of(sink, "alice")
    forged = [
        raw_of(sink, "bob").replace(str(bob.pk).encode(), str(lesson.pk).encode()),
        _with_link(alices, url(Purpose.LEAVE, now, bob.enrollment)),
        _with_link(alices, url(Purpose.PAUSE, now, lesson.enrollment).replace("/pause/", "/leave/")),
        _with_link(alices, url(Purpose.LEAVE, now, lesson.enrollment)[:-4]),
        _with_link(alices, "https://example.org/leave/"),
        alices.replace(b"Message-ID:", b"X-Message-ID:"),
        alices.replace(str(lesson.pk).encode(), b"00000000-0000-4000-8000-000000000000"),
    ]
    for about in forged:
        assert receive(complaint(about), [], now) is Disposition.UNPROVEN
    assert not Suppression.objects.exists()
    assert not DeliveryEvent.objects.exists()


def test_the_link_to_leave_proves_it_after_its_end(lesson: Delivery, sink: SmtpServer, now: datetime) -> None:
    assert receive(complaint(raw_of(sink, "alice")), [], now + 900 * DAY) is Disposition.RECORDED


def _with_link(mail: bytes, link: str) -> bytes:
    head, _, rest = mail.partition(b"List-Unsubscribe: ")
    assert rest
    return head + b"List-Unsubscribe: <" + link.encode() + b">" + rest[rest.index(b"\r\n") :]
