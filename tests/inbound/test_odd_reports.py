"""Malformed delivery reports: parsed within bounds, and nobody is suppressed wrongly."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from challenge.inbound.bounce_mail import Disposition, receive
from challenge.mail.links import return_path
from challenge.models import Delivery, DeliveryEvent, Suppression
from tests.support import returned_mails
from tests.support.returned_mails import dsn

pytestmark = pytest.mark.django_db

LEFT_ALONE = (Disposition.OTHER, Disposition.UNPROVEN)


@pytest.mark.both_databases
def test_a_report_in_shift_jis_is_understood(lesson: Delivery, now: datetime) -> None:
    assert receive(returned_mails.shift_jis(lesson), [], now) is Disposition.RECORDED
    assert Suppression.objects.get().reason == "bounced"
    DeliveryEvent.objects.get().detail.encode()


def test_a_report_that_breaks_off_suppresses_nobody_before_it_has_said_why(
    lesson: Delivery, now: datetime
) -> None:
    raw = dsn(lesson)
    until = raw.index(b"Status: 5.1.1") + len(b"Status: 5.1")
    for end in range(0, until, 7):
        receive(raw[:end], [return_path(lesson.pk)], now)
        assert not Suppression.objects.exists(), raw[:end]
    assert set(DeliveryEvent.objects.values_list("kind", flat=True)) <= {"bounced", "autoresponded"}


@pytest.mark.parametrize("tangle", [returned_mails.nested, returned_mails.divided, returned_mails.late])
def test_a_tangled_mail_is_not_parsed(
    tangle: Callable[[Any], bytes], lesson: Delivery, now: datetime
) -> None:
    assert receive(tangle(lesson), [], now) in LEFT_ALONE
    assert not DeliveryEvent.objects.exists()


def test_a_huge_mail_is_read_no_further_than_its_beginning(lesson: Delivery, now: datetime) -> None:
    raw = dsn(lesson, returned="Subject: Day 1\n\n" + "Breathe out.\n" * 1_000_000)
    assert len(raw) > 10_000_000
    assert receive(raw, [], now) is Disposition.RECORDED
    assert Suppression.objects.get().reason == "bounced"


def test_a_report_inside_a_mail_says_nothing_of_the_mail_around_it(lesson: Delivery, now: datetime) -> None:
    """The runner forwards a bounce of another mail to the return path."""
    inner = dsn(lesson, to="alice@example.com").replace(b"4Fk2.1772524810", b"another.mail")
    outer = (
        b"From: Alice <alice@example.com>\r\nTo: " + return_path(lesson.pk).encode() + b"\r\n"
        b'Content-Type: multipart/mixed; boundary="outer"\r\n\r\n--outer\r\n\r\nWhat is this?\r\n'
        b"--outer\r\nContent-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--outer--\r\n"
    )
    assert receive(outer, [], now) is Disposition.OTHER
    assert not Suppression.objects.exists()
