"""A suppressed address stays suppressed, also after the runner was erased and signs up again."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import User
from challenge.enrollment.sign_up import SignUpData, sign_up
from challenge.inbound.bounce_mail import receive
from challenge.models import Delivery, DeliveryEvent, Enrollment, Program, Suppression
from tests.support.cast import lesson_of
from tests.support.returned_mails import dsn
from tests.support.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def lesson(alice: Any, go: Any, now: datetime, settings: Any) -> Delivery:
    settings.BOUNCE_ADDRESS = "bounces@example.org"
    go(now)
    lesson = lesson_of("alice")
    receive(dsn(lesson), [], now)
    return lesson


def test_erasing_a_runner_deletes_the_events_and_keeps_the_hash(lesson: Delivery) -> None:
    runner = lesson.enrollment.runner
    assert Suppression.objects.get().runner == runner

    call_command("erase", runner.email, "--yes")

    assert not DeliveryEvent.objects.exists()
    assert not Delivery.objects.exists()
    kept = Suppression.objects.get()
    assert (kept.address_hash, kept.reason, kept.runner) == (runner.address_hash, "bounced", None)
    assert "alice" not in str(vars(kept)).lower()


def test_an_erased_address_that_signs_up_again_is_not_written_to(
    lesson: Delivery, program: Program, sink: SmtpServer, go: Any, now: datetime
) -> None:
    call_command("erase", "alice@example.com", "--yes")
    already = len(sink.mails)

    wish = SignUpData("alice@example.com", "Alice", program, date(2026, 3, 10), time(7), "Europe/London")
    sign_up(wish, "192.0.2.1", now + DAY)
    go(now + DAY)

    assert Enrollment.objects.get().state == "pending"
    assert len(sink.mails) == already


def test_an_imported_runner_is_not_written_to(
    lesson: Delivery, sink: SmtpServer, go: Any, enroll: Any, now: datetime
) -> None:
    """An import may create an active enrollment without any of the checks."""
    call_command("erase", "alice@example.com", "--yes")
    already = len(sink.mails)

    enroll("alice", now=now + DAY)
    go(now + DAY)

    assert User.objects.get().email == "alice@example.com"
    assert len(sink.mails) == already
    assert Delivery.objects.get().reason == "suppressed"
