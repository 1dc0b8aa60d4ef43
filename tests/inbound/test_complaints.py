"""Complaints by mail (feedback loops): mail stops at once, and nobody can complain in another's name."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from challenge.inbound.bounce_mail import Outcome, take_mail
from challenge.mail.links import Purpose, url
from challenge.mail.return_path import return_path
from challenge.models import Delivery, Event, Returned, Suppression
from tests.support.answers import lesson_of
from tests.support.returned_mails import complaint, dsn
from tests.support.smtp_sink import Sink

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

Go = Callable[[datetime], None]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def _bounces(settings: Any) -> None:
    settings.BOUNCE_ADDRESS = "bounces@example.org"


@pytest.fixture
def lesson(trio: list[Any], go: Go, now: datetime) -> Delivery:
    go(now)
    return lesson_of("alice")


def raw_of(sink: Sink, name: str) -> bytes:
    """What the mail server got for a runner."""
    return sink.handler.raw[sink.handler.recipients.index(f"{name}@example.com")]


def test_a_complaint_about_a_real_mail_stops_all_mail_at_once(
    lesson: Delivery, sink: Sink, go: Go, now: datetime
) -> None:
    """What it returns is the mail as it left: its Message-ID and its own link to leave are the proof."""
    assert take_mail(complaint(raw_of(sink, "alice")), [], now + HOUR) is Outcome.TAKEN

    suppression = Suppression.objects.get()
    assert (suppression.address_hash, suppression.reason) == (
        lesson.enrollment.runner.address_hash,
        "complained",
    )
    lesson.enrollment.refresh_from_db()
    assert lesson.enrollment.state == "paused"
    assert Event.objects.get(kind=Event.Kind.PAUSED).detail == "complaint"
    returned = Returned.objects.get()
    assert (returned.kind, returned.source, returned.delivery) == ("complained", "arf", lesson)

    go(now + DAY)
    assert sorted(mail["To"] for mail in sink.mails[3:]) == ["bob@example.com", "charlie@example.com"]


def test_a_complaint_comes_before_a_bounce_and_counts_once(
    lesson: Delivery, sink: Sink, now: datetime
) -> None:
    take_mail(dsn(lesson), [], now)
    assert take_mail(complaint(raw_of(sink, "alice")), [], now) is Outcome.TAKEN
    assert take_mail(complaint(raw_of(sink, "alice")), [], now + HOUR) is Outcome.KNOWN
    assert take_mail(dsn(lesson, "5.1.2", "smtp; 550 5.1.2 no"), [], now + HOUR) is Outcome.KNOWN
    assert Suppression.objects.get().reason == "complained"


def test_its_return_path_is_proof_enough(lesson: Delivery, now: datetime) -> None:
    """Loops that blacken all else leave the return path, in the mail or beside it."""
    path = return_path(lesson.pk)
    bare = b"Subject: Day 1\r\n\r\nBreathe out.\r\n"
    assert take_mail(complaint(bare), [], now) is Outcome.UNPROVEN
    assert take_mail(complaint(bare, extra=f"Original-Mail-From: <{path}>\n"), [], now) is Outcome.TAKEN

    named = f"Return-Path: <{path}>\r\n".encode() + bare
    assert take_mail(complaint(named), [], now) is Outcome.KNOWN
    assert Suppression.objects.get().reason == "complained"


@pytest.mark.parametrize("feedback", ["not-spam", "virus", "other", "auth-failure", ""])
def test_other_feedback_stops_nothing(feedback: str, lesson: Delivery, sink: Sink, now: datetime) -> None:
    assert take_mail(complaint(raw_of(sink, "alice"), feedback), [], now) is Outcome.OTHER
    assert not Suppression.objects.exists()
    assert not Returned.objects.exists()


def test_nobody_complains_in_anothers_name(lesson: Delivery, sink: Sink, now: datetime) -> None:
    """Bob knows his own mail; he has a Message-ID of alice's, and links of hers for other purposes."""
    bob = lesson_of("bob")
    hers = raw_of(sink, "alice")
    forged = [
        raw_of(sink, "bob").replace(str(bob.pk).encode(), str(lesson.pk).encode()),
        _with_link(hers, url(Purpose.LEAVE, now, bob.enrollment_id)),
        _with_link(hers, url(Purpose.PAUSE, now, lesson.enrollment_id).replace("/pause/", "/leave/")),
        _with_link(hers, url(Purpose.LEAVE, now, lesson.enrollment_id)[:-4]),
        _with_link(hers, "https://example.org/leave/"),
        hers.replace(b"Message-ID:", b"X-Message-ID:"),
        hers.replace(str(lesson.pk).encode(), b"00000000-0000-4000-8000-000000000000"),
    ]
    for about in forged:
        assert take_mail(complaint(about), [], now) is Outcome.UNPROVEN
    assert not Suppression.objects.exists()
    assert not Returned.objects.exists()


def test_her_link_proves_it_after_it_has_ended(lesson: Delivery, sink: Sink, now: datetime) -> None:
    assert take_mail(complaint(raw_of(sink, "alice")), [], now + 900 * DAY) is Outcome.TAKEN


def _with_link(mail: bytes, link: str) -> bytes:
    head, _, rest = mail.partition(b"List-Unsubscribe: ")
    assert rest
    return head + b"List-Unsubscribe: <" + link.encode() + b">" + rest[rest.index(b"\r\n") :]
