"""Why a runner did not get today's lesson, in a sentence that needs no code."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Consent, withdraw
from challenge.coach.runners.lesson_status import Reasons
from challenge.coach.runners.without_lesson import without_todays_lesson
from challenge.delivery.plan import plan
from challenge.enrollment.transitions import leave, pause, reschedule, resume
from challenge.models import Delivery, Enrollment, Event, Heartbeat, Limit, RestoreStop, Returned, Suppression
from challenge.models.enrollment import note
from challenge.models.heartbeat import beat
from tests.support.smtp_sink import Sink

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
Go = Callable[[datetime], None]
RUNNER = Event.Actor.RUNNER


@pytest.fixture(autouse=True)
def _coach_in_utc(settings: Any, clock: Any) -> None:
    settings.TIME_ZONE = "UTC"


def why(enrollment: Enrollment, now: datetime) -> str:
    """The sentence; empty when she got today's lesson."""
    found = without_todays_lesson(now).filter(pk=enrollment.pk).select_related("runner", "program").first()
    return Reasons([found], now).of(found) if found else ""


def test_whoever_got_it_is_not_asked_about(alice: Enrollment, go: Go, now: datetime) -> None:
    assert why(alice, now) != ""
    go(now)
    assert why(alice, now) == ""
    assert why(alice, now.replace(hour=23, minute=59)) == ""
    assert why(alice, now + DAY - 8 * HOUR) == "Still to come at 07:00 her time."


def test_today_is_the_runner_s_own(charlie: Enrollment, go: Go, now: datetime) -> None:
    """20:15 in Auckland is 07:15 UTC; her next date begins at 11:00 UTC."""
    go(now)
    assert why(charlie, now + 2 * HOUR) == ""
    assert why(charlie, now + 4 * HOUR) == "Still to come at 20:15 her time."


def test_still_to_come_and_not_begun(bob: Enrollment, enroll: Any, now: datetime) -> None:
    assert why(bob, now) == "Still to come at 06:30 her time."
    later = enroll("dora", starts_on=date(2026, 3, 9))
    assert why(later, now) == "Her course begins on Monday, 9 March at 07:00 her time."


def test_nobody_has_planned(alice: Enrollment, now: datetime) -> None:
    beat(Heartbeat.Name.PLANNER, now - 20 * MINUTE)
    said = "It has been due since 07:00; the planner last looked: 20\xa0minutes ago."
    assert why(alice, now) == said


def test_it_waits_for_its_turn(alice: Enrollment, now: datetime) -> None:
    plan(now)
    assert why(alice, now) == "Day 1 has been due since 07:00 and waits for its turn."
    Delivery.objects.update(state="sending", lease="00000000-0000-0000-0000-000000000001", leased_until=now)
    assert why(alice, now) == "Day 1 is being sent right now."


def test_her_server_puts_it_off(alice: Enrollment, sink: Sink, go: Go, now: datetime) -> None:
    sink.script(lambda phase, recipient: "421 4.7.0 try again later" if phase == "recipient" else None)
    go(now)
    said = why(alice, now)
    assert said.startswith(
        "The server of example.com put day 1 off once: 421 4.7.0 try again later; next try at 08:0"
    )
    go(now + 5 * MINUTE)
    go(now + 15 * MINUTE)
    said = why(alice, now + 15 * MINUTE)
    assert said.startswith("The server of example.com put day 1 off 3 times, last with: 421 4.7.0 try again")
    assert why(alice, now.replace(hour=22)).startswith("Day 1 did not get through before 21:00. ")


def test_her_domain_rests(alice: Enrollment, now: datetime) -> None:
    plan(now)
    why_so: dict[str, Any] = {"reason": "as_written", "reason_values": {"text": "20 refusals in a row."}}
    Limit.objects.create(domain="example.com", suspended_until=now + HOUR, **why_so)
    assert why(alice, now).endswith(
        "waits for its turn. Mail to example.com rests until 09:00: 20 refusals in a row."
    )


def test_everything_is_held(alice: Enrollment, now: datetime) -> None:
    RestoreStop.objects.create(counted_at=now, reason=RestoreStop.Reason.OLDER, stopped_since=now)
    assert why(alice, now) == "Nothing is sent to anybody: an older state of the database was restored."


def test_our_server_is_away(alice: Enrollment, sink: Sink, go: Go, now: datetime) -> None:
    sink.script(lambda phase, recipient: "550 not you" if phase == "sender" else None)
    go(now)
    assert why(alice, now) == "The mail server took nothing (550 not you); next try of day 1 at 08:00."


def test_it_may_have_arrived(alice: Enrollment, sink: Sink, go: Go, now: datetime) -> None:
    sink.script(lambda phase, recipient: "drop" if phase == "answer" else None)
    go(now)
    assert why(alice, now).startswith("Day 1 may have arrived: nobody confirmed it; it goes again at 08:0")


def test_the_server_refused_the_message(alice: Enrollment, sink: Sink, go: Go, now: datetime) -> None:
    sink.script(lambda phase, recipient: "554 5.7.1 spam" if phase == "answer" else None)
    go(now)
    failed, then = why(alice, now).split(". ")
    assert failed == "Day 1 failed: The mail server refused it: 554 5.7.1 spam"
    assert then == "Her next lesson is due on Wednesday, 4 March at 07:00 her time."


def test_she_is_unreachable(alice: Enrollment, sink: Sink, go: Go, now: datetime) -> None:
    sink.script(lambda phase, recipient: "550 5.1.1 no such user" if phase == "recipient" else None)
    go(now)
    said = why(alice, now)
    assert said.startswith("Unreachable: the address refused mail on 3 March. ")
    assert "5.1.1 no such user" in said


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (Suppression.Reason.COMPLAINED, "Unreachable: the mail was reported as unwanted on 3 March. spam"),
        (Suppression.Reason.UNSUBSCRIBED, "Unreachable: she unsubscribed on 3 March. spam"),
        (Suppression.Reason.BLOCKED, "Unreachable: the coach blocked the address on 3 March. spam"),
    ],
)
def test_her_address_is_suppressed(alice: Enrollment, now: datetime, reason: str, said: str) -> None:
    values = {"address_hash": alice.runner.address_hash, "reason": reason, "detail": "spam"}
    Suppression.objects.create(created_at=now, **values)
    assert why(alice, now) == said


def test_it_came_back_after_it_was_sent(alice: Enrollment, go: Go, now: datetime) -> None:
    go(now)
    Returned.objects.create(
        delivery=Delivery.objects.get(kind="lesson"),
        kind="bounced",
        source="dsn",
        at=now,
        detail="mailbox full",
    )
    assert why(alice, now).startswith("Day 1 came back: mailbox full. Her next lesson is due on Wednesday")


def test_she_paused(alice: Enrollment, now: datetime) -> None:
    pause(alice.pk, RUNNER, now - 2 * DAY)
    assert why(alice, now) == "Paused by the runner since 1 March."
    resume(alice.pk, RUNNER, now + 10 * HOUR)
    said = "Paused by the runner from 1 March to 3 March. It has been due since 07:00; "
    assert why(alice, now + 10 * HOUR).startswith(said)


def test_the_system_paused_her(alice: Enrollment, now: datetime) -> None:
    Enrollment.objects.update(state="paused", next_due_at=None)
    note(alice, Event.Kind.UNREACHABLE, Event.Actor.SYSTEM, now, "Three mails in a row came back.")
    assert why(alice, now) == "Unreachable since 3 March. Three mails in a row came back."


def test_she_moved_her_hour(alice: Enrollment, now: datetime) -> None:
    plan(now)
    reschedule(alice.pk, time(18), "Europe/London", RUNNER, now)
    said = "Day 1 was held back: It waits for the new hour. Still to come at 18:00 her time."
    assert why(alice, now) == said


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("pending", "Not confirmed: the sign-up of 3 March waits for the button in the mail."),
        ("screening", "Her answers at sign-up are looked at first."),
        ("held", "Held: nothing is sent until her lessons are released."),
    ],
)
def test_she_is_not_active(enroll: Any, now: datetime, state: str, said: str) -> None:
    assert why(enroll("dora", state=state), now) == said


def test_she_withdrew_her_consent_and_whoever_left_is_not_asked_about(
    alice: Enrollment, now: datetime
) -> None:
    withdraw(alice.runner, Consent.Purpose.MAIL, now)
    assert why(alice, now) == "There is no consent to mail."
    leave(alice.pk, RUNNER, now)
    assert why(alice, now) == ""


def test_a_zone_that_this_machine_does_not_know_hides_nobody(alice: Enrollment, now: datetime) -> None:
    Enrollment.objects.update(time_zone="Mars/Olympus", next_due_at=now + DAY)
    assert why(alice, now) == "This machine does not know her time zone, Mars/Olympus."


def test_her_page_says_it(coach: Client, alice: Enrollment, go: Go, now: datetime) -> None:
    address = f"/coach/challenge/enrollment/{alice.pk}/change/"
    assert "It has been due since 07:00" in coach.get(address).content.decode()
    go(now)
    assert "No lesson today" not in coach.get(address).content.decode()
