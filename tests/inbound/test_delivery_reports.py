"""Delivery reports by mail: no further mail to an address that is gone, and nothing else stops."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from challenge.enrollment import transitions
from challenge.inbound.bounce_mail import Disposition, receive
from challenge.mail.links import return_path
from challenge.models import Delivery, DeliveryEvent, Event, Suppression
from tests.support import returned_mails
from tests.support.returned_mails import FULL, dsn, qmail, with_headers
from tests.support.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db

Go = Callable[[datetime], None]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def stopped() -> list[str]:
    others = Delivery.objects.exclude(enrollment__state="active").values_list(
        "enrollment__runner__first_name"
    )
    return sorted({name for (name,) in others})


def test_an_address_that_is_gone_is_suppressed_and_the_lessons_stop(
    lesson: Delivery, sink: SmtpServer, go: Go, now: datetime
) -> None:
    assert receive(dsn(lesson), [], now + HOUR) is Disposition.RECORDED

    suppression = Suppression.objects.get()
    runner = lesson.enrollment.runner
    assert (suppression.address_hash, suppression.reason) == (runner.address_hash, "bounced")
    assert stopped() == ["Alice"]
    event = Event.objects.get(kind=Event.Kind.PAUSED)
    assert (event.actor, event.detail) == ("system", "bad_address")
    returned = DeliveryEvent.objects.get()
    assert (returned.delivery, returned.kind, returned.source) == (lesson, "bounced", "dsn")
    assert (returned.bad_address, returned.at) == (True, now + HOUR)

    go(now + DAY)
    assert sorted(mail["To"] for mail in sink.mails[3:]) == ["bob@example.com", "charlie@example.com"]


def test_what_is_kept_of_a_report_names_nobody(lesson: Delivery, now: datetime) -> None:
    said = "smtp; 550 5.1.1 <Alice@Example.com> alice=example.com@relay: alice\0 is\nunknown"
    receive(dsn(lesson, diagnostic=said), [], now)

    for detail in (DeliveryEvent.objects.get().detail, Suppression.objects.get().detail):
        assert "5.1.1" in detail
        assert "alice" not in detail.lower()
        assert "@" not in detail


def test_a_report_that_comes_twice_counts_once(lesson: Delivery, now: datetime) -> None:
    receive(dsn(lesson), [], now)
    Suppression.objects.all().delete()
    assert transitions.resume(lesson.enrollment_id, Event.Actor.COACH, now + HOUR)

    again = with_headers(dsn(lesson), Received="from elsewhere; Wed, 4 Mar 2026 08:00:00 +0000")
    assert receive(again, [], now + 2 * HOUR) is Disposition.KNOWN
    assert not Suppression.objects.exists()
    assert stopped() == []


def test_a_late_report_after_the_coach_has_set_things_right_stops_nothing(
    lesson: Delivery, now: datetime
) -> None:
    assert transitions.pause(lesson.enrollment_id, transitions.PauseCause.COACH, now + HOUR)
    assert transitions.resume(lesson.enrollment_id, Event.Actor.COACH, now + 2 * HOUR)

    assert receive(dsn(lesson), [], now + DAY) is Disposition.RECORDED
    assert DeliveryEvent.objects.count() == 1
    assert not Suppression.objects.exists()
    assert stopped() == []


@pytest.mark.parametrize(
    ("status", "diagnostic"),
    [
        ("5.2.2", FULL),
        ("4.4.7", "smtp; 450 4.4.7 retry timeout exceeded"),
        ("5.7.1", "smtp; 550 5.7.1 Message blocked: your IP is listed"),
        ("5.0.0", "smtp; 550 Access denied, see http://listed.example.net/?ip=5.1.1.9"),
        ("5.1.1", "smtp; 550 5.7.26 This mail is unauthenticated"),
        ("5.1.8", "smtp; 553 5.1.8 Sender address rejected: Domain not found"),
        ("5.1.0", "smtp; 554 5.1.0 192.0.2.1 blocked AUP#O-1260"),
        ("5.0.0", "smtp; 550 Requested action not taken"),
        ("", ""),
        ("5.1", "x-unix; user unknown"),
        ("5.99999.1", "smtp; 999"),
    ],
)
def test_a_refusal_that_is_not_of_the_address_suppresses_nobody(
    status: str, diagnostic: str, lesson: Delivery, now: datetime
) -> None:
    assert receive(dsn(lesson, status, diagnostic), [], now) is Disposition.RECORDED

    assert DeliveryEvent.objects.values_list("kind", "bad_address").get() == ("bounced", False)
    assert not Suppression.objects.exists()
    assert stopped() == []


@pytest.mark.parametrize(
    ("status", "diagnostic"),
    [
        ("5.0.0", "smtp; 550 5.1.1 no"),
        ("5.1.10", "smtp; 556 5.1.10 Recipient address has null MX"),
        ("5.0.0", "smtp; 550 No such user here"),
        ("5.2.1", "smtp; 550 5.2.1 The account is disabled"),
        ("5.1.1 (bad destination mailbox address)", ""),
    ],
)
def test_servers_say_in_many_ways_that_an_address_is_gone(
    status: str, diagnostic: str, lesson: Delivery, now: datetime
) -> None:
    receive(dsn(lesson, status, diagnostic), [], now)
    assert Suppression.objects.get().reason == "bounced"


@pytest.mark.parametrize(
    ("action", "kind"),
    [("delayed", "deferred"), ("Delayed (will retry)", "deferred"), ("delivered", "delivered")],
)
def test_a_delay_or_a_delivery_is_recorded_and_stops_nothing(
    action: str, kind: str, lesson: Delivery, now: datetime
) -> None:
    receive(dsn(lesson, action=action), [], now)

    assert DeliveryEvent.objects.get().kind == kind
    assert not Suppression.objects.exists()
    assert stopped() == []


@pytest.mark.parametrize("action", ["relayed", "expanded", "", "gesendet"])
def test_an_action_that_says_nothing_is_left_alone(action: str, lesson: Delivery, now: datetime) -> None:
    assert receive(dsn(lesson, action=action), [], now) is Disposition.OTHER
    assert not DeliveryEvent.objects.exists()


def test_a_report_of_an_address_to_which_the_runner_forwards_suppresses_nobody(
    lesson: Delivery, now: datetime
) -> None:
    receive(dsn(lesson, recipient="alice@elsewhere.example.net"), [], now)

    assert DeliveryEvent.objects.values_list("kind", "bad_address").get() == ("bounced", False)
    assert not Suppression.objects.exists()


def test_an_answer_of_a_machine_stops_nothing(lesson: Delivery, now: datetime) -> None:
    assert receive(returned_mails.out_of_office(lesson), [], now) is Disposition.RECORDED

    assert DeliveryEvent.objects.get().kind == "autoresponded"
    assert not Suppression.objects.exists()
    assert stopped() == []


def test_what_a_person_writes_is_left_alone(lesson: Delivery, now: datetime) -> None:
    assert receive(returned_mails.reply(lesson), [], now) is Disposition.OTHER
    assert not DeliveryEvent.objects.exists()


def test_a_report_without_a_part_for_machines_is_understood(lesson: Delivery, now: datetime) -> None:
    assert receive(qmail(lesson), [], now) is Disposition.RECORDED
    assert Suppression.objects.get().reason == "bounced"


@pytest.mark.parametrize(
    ("said", "recipient"),
    [("550 5.7.1 blocked", "alice@example.com"), ("550 5.1.1 no such user", "a@elsewhere.example.net")],
)
def test_nor_does_such_a_report_suppress_for_anything_else(
    said: str, recipient: str, lesson: Delivery, now: datetime
) -> None:
    assert receive(qmail(lesson, said, recipient), [], now) is Disposition.RECORDED
    assert DeliveryEvent.objects.get().kind == "bounced"
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("header", ["Delivered-To", "X-Original-To", "Envelope-To"])
def test_the_return_path_is_found_wherever_servers_keep_it(
    header: str, lesson: Delivery, now: datetime
) -> None:
    raw = dsn(lesson, to="postmaster@example.org")
    assert receive(raw, [], now) is Disposition.UNPROVEN
    named = with_headers(raw, **{header.replace("-", "_"): return_path(lesson.pk)})
    assert receive(named, [], now) is Disposition.RECORDED


def test_the_envelope_names_it_too(lesson: Delivery, now: datetime) -> None:
    recipients = ["someone@example.org", return_path(lesson.pk)]
    assert receive(dsn(lesson, to="undisclosed-recipients:;"), recipients, now) is Disposition.RECORDED


def test_a_report_that_proves_no_mail_of_ours_does_nothing(
    lesson: Delivery, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    returned = f"Message-ID: {lesson.message_id}\nTo: alice@example.com\nSubject: Day 1\n\nBreathe out.\n"
    tag = return_path(lesson.pk).partition("+")[2].partition("@")[0]
    forged = tag[:-1] + ("a" if tag[-1] != "a" else "i")
    for to in ("bounces@example.org", f"bounces+{forged}@example.org", "bounces+@example.org", "", "<>"):
        raw = dsn(lesson, to=to or " ", returned=returned)
        assert receive(raw, [to], now) is Disposition.UNPROVEN

    assert not DeliveryEvent.objects.exists()
    assert not Suppression.objects.exists()
    assert stopped() == []
    assert "a report that proves no mail of ours" in caplog.text
    assert "alice" not in caplog.text.lower()


def test_a_mail_that_was_erased_meanwhile_changes_nothing(lesson: Delivery, now: datetime) -> None:
    raw = dsn(lesson)
    lesson.enrollment.runner.delete()

    assert receive(raw, [], now) is Disposition.UNPROVEN
    assert not Suppression.objects.exists()
