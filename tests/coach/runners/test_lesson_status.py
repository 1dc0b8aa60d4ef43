"""The reason why a runner did not get today's lesson, worded for the coach."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Consent, withdraw_consent
from challenge.coach.runners.lesson_status import LessonStatus
from challenge.coach.runners.without_lesson import without_todays_lesson
from challenge.delivery.plan import plan
from challenge.enrollment.leaving import leave
from challenge.enrollment.transitions import PauseCause, pause, reschedule, resume
from challenge.models import (
    Delivery,
    DeliveryEvent,
    Enrollment,
    Event,
    Heartbeat,
    Limit,
    RestoreStop,
    Suppression,
)
from challenge.models.enrollment import log_event
from challenge.models.heartbeat import beat
from tests.support.smtp_script import always, drop
from tests.support.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
Go = Callable[[datetime], None]
RUNNER = Event.Actor.RUNNER


@pytest.fixture(autouse=True)
def _coach_in_utc(settings: Any, clock: Any) -> None:
    settings.TIME_ZONE = "UTC"


def status(enrollment: Enrollment, now: datetime) -> str:
    """Return the reason; empty when today's lesson was sent."""
    found = without_todays_lesson(now).filter(pk=enrollment.pk).select_related("runner", "program").first()
    return LessonStatus([found], now).of(found) if found else ""


def test_a_runner_who_got_it_has_no_reason(alice: Enrollment, go: Go, now: datetime) -> None:
    assert status(alice, now) != ""
    go(now)
    assert status(alice, now) == ""
    assert status(alice, now.replace(hour=23, minute=59)) == ""
    assert status(alice, now + DAY - 8 * HOUR) == "Still to come at 07:00 on the runner's clock."


def test_today_is_the_runner_s_own(charlie: Enrollment, go: Go, now: datetime) -> None:
    """20:15 in Auckland is 07:15 UTC; the next date there begins at 11:00 UTC."""
    go(now)
    assert status(charlie, now + 2 * HOUR) == ""
    assert status(charlie, now + 4 * HOUR) == "Still to come at 20:15 on the runner's clock."


def test_still_to_come_and_not_begun(bob: Enrollment, enroll: Any, now: datetime) -> None:
    assert status(bob, now) == "Still to come at 06:30 on the runner's clock."
    later = enroll("dora", starts_on=date(2026, 3, 9))
    assert status(later, now) == "The course begins on Monday, 9 March at 07:00 on the runner's clock."


def test_nobody_has_planned(alice: Enrollment, now: datetime) -> None:
    beat(Heartbeat.Name.PLANNER, now - 20 * MINUTE)
    text = "It has been due since 07:00; the planner last looked: 20\xa0minutes ago."
    assert status(alice, now) == text


def test_it_waits_for_its_turn(alice: Enrollment, now: datetime) -> None:
    plan(now)
    assert status(alice, now) == "Day 1 has been due since 07:00 and waits for its turn."
    Delivery.objects.update(state="sending", lease="00000000-0000-0000-0000-000000000001", leased_until=now)
    assert status(alice, now) == "Day 1 is being sent right now."


def test_the_server_of_the_recipient_puts_it_off(
    alice: Enrollment, sink: SmtpServer, go: Go, now: datetime
) -> None:
    sink.script = lambda phase, recipient: "421 4.7.0 try again later" if phase == "recipient" else None
    go(now)
    text = status(alice, now)
    assert text.startswith(
        "The server of example.com put day 1 off once: 421 4.7.0 try again later; next try at 08:0"
    )
    go(now + 5 * MINUTE)
    go(now + 15 * MINUTE)
    text = status(alice, now + 15 * MINUTE)
    assert text.startswith("The server of example.com put day 1 off 3 times, last with: 421 4.7.0 try again")
    assert status(alice, now.replace(hour=22)).startswith("Day 1 did not get through before 21:00. ")


def test_a_domain_is_suspended(alice: Enrollment, now: datetime) -> None:
    plan(now)
    reason: dict[str, Any] = {"reason": "as_written", "reason_values": {"text": "20 refusals in a row."}}
    Limit.objects.create(domain="example.com", suspended_until=now + HOUR, **reason)
    assert status(alice, now).endswith(
        "waits for its turn. Mail to example.com rests until 09:00: 20 refusals in a row."
    )


def test_a_restore_stop(alice: Enrollment, now: datetime) -> None:
    RestoreStop.objects.create(counted_at=now, reason=RestoreStop.Reason.OLDER, stopped_since=now)
    assert status(alice, now) == "Nothing is sent to anybody: an older state of the database was restored."


def test_our_own_server_takes_nothing(alice: Enrollment, sink: SmtpServer, go: Go, now: datetime) -> None:
    sink.script = lambda phase, recipient: "550 not you" if phase == "sender" else None
    go(now)
    assert status(alice, now) == "The mail server took nothing (550 not you); next try of day 1 at 08:00."


def test_it_may_have_arrived(alice: Enrollment, sink: SmtpServer, go: Go, now: datetime) -> None:
    sink.script = always("answer", drop())
    go(now)
    assert status(alice, now).startswith("Day 1 may have arrived: nobody confirmed it; it goes again at 08:0")


def test_the_server_refused_the_message(alice: Enrollment, sink: SmtpServer, go: Go, now: datetime) -> None:
    sink.script = lambda phase, recipient: "554 5.7.1 spam" if phase == "answer" else None
    go(now)
    failed, then = status(alice, now).split(". ")
    assert failed == "Day 1 failed: The mail server refused it: 554 5.7.1 spam"
    assert then == "The next lesson is due on Wednesday, 4 March at 07:00 on the runner's clock."


def test_the_runner_is_unreachable(alice: Enrollment, sink: SmtpServer, go: Go, now: datetime) -> None:
    sink.script = lambda phase, recipient: "550 5.1.1 no such user" if phase == "recipient" else None
    go(now)
    text = status(alice, now)
    assert text.startswith("Unreachable: the address refused mail on 3 March. ")
    assert "5.1.1 no such user" in text


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        (Suppression.Reason.COMPLAINED, "Unreachable: the mail was reported as unwanted on 3 March. spam"),
        (Suppression.Reason.UNSUBSCRIBED, "Unreachable: the runner unsubscribed on 3 March. spam"),
        (Suppression.Reason.BLOCKED, "Unreachable: the coach blocked the address on 3 March. spam"),
    ],
)
def test_the_address_is_suppressed(alice: Enrollment, now: datetime, reason: str, text: str) -> None:
    values = {"address_hash": alice.runner.address_hash, "reason": reason, "detail": "spam"}
    Suppression.objects.create(created_at=now, **values)
    assert status(alice, now) == text


def test_it_bounced_after_it_was_sent(alice: Enrollment, go: Go, now: datetime) -> None:
    go(now)
    DeliveryEvent.objects.create(
        delivery=Delivery.objects.get(kind="lesson"),
        kind="bounced",
        source="dsn",
        at=now,
        detail="mailbox full",
    )
    assert status(alice, now).startswith("Day 1 came back: mailbox full. The next lesson is due on Wednesday")


def test_the_runner_paused(alice: Enrollment, now: datetime) -> None:
    pause(alice.pk, PauseCause.RUNNER, now - 2 * DAY)
    assert status(alice, now) == "Paused by the runner since 1 March."
    resume(alice.pk, RUNNER, now + 10 * HOUR)
    text = "Paused by the runner from 1 March to 3 March. It has been due since 07:00; "
    assert status(alice, now + 10 * HOUR).startswith(text)


def test_the_system_paused_the_enrollment(alice: Enrollment, now: datetime) -> None:
    Enrollment.objects.update(state="paused", next_due_at=None)
    log_event(alice, Event.Kind.UNREACHABLE, Event.Actor.SYSTEM, now, Event.Detail.SOFT_BOUNCES)
    assert status(alice, now) == "Unreachable since 3 March. Three mails in a row came back."


def test_the_runner_changed_the_hour(alice: Enrollment, now: datetime) -> None:
    plan(now)
    reschedule(alice.pk, time(18), "Europe/London", RUNNER, now)
    text = "Day 1 was held back: It waits for the new hour. Still to come at 18:00 on the runner's clock."
    assert status(alice, now) == text


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ("pending", "Not confirmed: the sign-up of 3 March waits for the button in the mail."),
        ("screening", "The runner has not answered the questions before the course."),
        ("held", "Held: nothing is sent until the lessons are released."),
    ],
)
def test_an_enrollment_that_is_not_active(enroll: Any, now: datetime, state: str, text: str) -> None:
    assert status(enroll("dora", state=state), now) == text


def test_without_consent_and_after_leaving(alice: Enrollment, now: datetime) -> None:
    withdraw_consent(alice.runner, Consent.Purpose.MAIL, now)
    assert status(alice, now) == "There is no consent to mail."
    leave(alice.pk, RUNNER, now)
    assert status(alice, now) == ""


def test_a_zone_that_this_machine_does_not_know_hides_nobody(alice: Enrollment, now: datetime) -> None:
    Enrollment.objects.update(time_zone="Mars/Olympus", next_due_at=now + DAY)
    assert status(alice, now) == "This machine does not know the runner's time zone, Mars/Olympus."


def test_the_runner_page_says_it(coach: Client, alice: Enrollment, go: Go, now: datetime) -> None:
    address = f"/coach/challenge/enrollment/{alice.pk}/change/"
    assert "It has been due since 07:00" in coach.get(address).content.decode()
    go(now)
    assert "No lesson today" not in coach.get(address).content.decode()
