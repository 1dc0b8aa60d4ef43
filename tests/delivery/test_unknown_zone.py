"""A time zone that this machine does not know delays nobody else's mail."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from challenge.models import Delivery, Enrollment
from tests.support.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db


def test_late_mail_to_an_unknown_zone_holds_nobody_else_up(
    enroll: Callable[..., Any], sink: SmtpServer, go: Callable[[datetime], None], now: datetime
) -> None:
    """The runner's time is needed only for mail that is an hour late."""
    lost, bob = enroll("alice"), enroll("bob")
    Enrollment.objects.filter(pk=lost.pk).update(time_zone="Mars/Olympus")
    Enrollment.objects.update(next_due_at=None)
    for enrollment in (lost, bob):
        Delivery.objects.queue(Delivery.Kind.WELCOME, now, enrollment)

    go(now + timedelta(hours=2))

    assert [mail["To"] for mail in sink.mails] == ["bob@example.com"]
    assert Delivery.objects.get(enrollment=lost).state == "retry"
