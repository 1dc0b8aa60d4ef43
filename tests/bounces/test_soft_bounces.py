"""Soft bounces, such as a full mailbox: the third in a row pauses, with the reason."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from challenge.bounces import record as bounces
from challenge.bounces.record import ReportedEvent, event_id_of, record_refusal
from challenge.checkins.record import CheckInData, record
from challenge.enrollment import transitions
from challenge.inbound.bounce_mail import receive
from challenge.models import Answer, Delivery, DeliveryEvent, Event, Outcome, Phase, Suppression
from tests.support.returned_mails import FULL, dsn
from tests.support.threads import together

pytestmark = pytest.mark.django_db

Go = Callable[[datetime], None]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def _bounces(settings: Any) -> None:
    settings.BOUNCE_ADDRESS = "bounces@example.org"


@pytest.fixture
def days(alice: Any, go: Go, now: datetime) -> Callable[[int], Delivery]:
    """Send alice one lesson a day: days(3) is the lesson of day 3."""

    def lesson(day: int) -> Delivery:
        sent = Delivery.objects.filter(enrollment=alice, kind="lesson", sent_at__isnull=False)
        while sent.count() < day:
            go(now + sent.count() * DAY)
        return sent.get(day=day)

    return lesson


def comes_back(mail: Delivery, at: datetime, status: str = "5.2.2", diagnostic: str = FULL) -> None:
    receive(dsn(mail, status, diagnostic), [], at)


def report(mail: Delivery, kind: str, at: datetime, *, received_at: datetime | None = None) -> None:
    """Record a provider's event of an instant, then or later."""
    event_id, source = event_id_of(mail.pk, kind, at), DeliveryEvent.Source.WEBHOOK
    event = ReportedEvent(mail.pk, DeliveryEvent.Kind(kind), source, event_id, at)
    bounces.record(event, received_at or at)


def state(enrollment: Any) -> str:
    enrollment.refresh_from_db()
    return str(enrollment.state)


def test_the_third_in_a_row_pauses_and_says_why(alice: Any, days: Any, now: datetime) -> None:
    for day in (1, 2):
        comes_back(days(day), now + day * DAY - HOUR)
        assert state(alice) == "active"
    comes_back(days(3), now + 3 * DAY - HOUR)

    assert (state(alice), alice.next_due_at) == ("paused", None)
    event = Event.objects.get(enrollment=alice, kind=Event.Kind.UNREACHABLE)
    assert (event.actor, event.detail) == ("system", "soft_bounces")
    assert not Suppression.objects.exists()
    assert DeliveryEvent.objects.filter(kind="bounced").count() == 3


def test_days_late_and_out_of_order_they_count_all_the_same(alice: Any, days: Any, now: datetime) -> None:
    """A server may try for four days; by then more mail has left, of which nobody has reported anything."""
    lessons = [days(day) for day in range(1, 8)]
    for place in (2, 0, 1):
        assert state(alice) == "active"
        comes_back(lessons[place], now + 6 * DAY + HOUR)
    assert state(alice) == "paused"


def test_one_that_was_delivered_in_between_ends_the_row(alice: Any, days: Any, now: datetime) -> None:
    for day, kind in enumerate(["bounced", "bounced", "delivered", "bounced", "bounced"], 1):
        report(days(day), kind, now + day * DAY - HOUR)
        assert state(alice) == "active"
    report(days(6), "bounced", now + 6 * DAY - HOUR)
    assert state(alice) == "paused"


def test_one_that_nobody_complained_of_ends_the_row_too(alice: Any, days: Any, now: datetime) -> None:
    for day in (1, 2, 4, 5):
        comes_back(days(day), now + day * DAY - HOUR)
    assert state(alice) == "active"


def test_what_is_only_delayed_has_not_come_back(alice: Any, days: Any, now: datetime) -> None:
    for day in (1, 2, 3, 4):
        report(days(day), "deferred", now + day * DAY - HOUR)
    assert state(alice) == "active"


def test_a_check_in_in_between_shows_that_mail_arrives(alice: Any, days: Any, now: datetime) -> None:
    for day in (1, 2):
        comes_back(days(day), now + day * DAY - HOUR)
    record(alice.pk, 1, CheckInData("done"), now + 2 * DAY - HOUR)
    comes_back(days(3), now + 3 * DAY - HOUR)
    assert state(alice) == "active"


def test_one_mail_that_comes_back_three_times_is_one(alice: Any, days: Any, now: datetime) -> None:
    for hour in (1, 2, 3):
        report(days(1), "bounced", now + hour * HOUR)
        comes_back(days(1), now + hour * HOUR, "4.4.1", f"smtp; 451 4.4.1 try {hour}")
    assert state(alice) == "active"


def test_an_old_delivery_heard_of_late_unmakes_no_bounce(alice: Any, days: Any, now: datetime) -> None:
    for day in (1, 2, 3):
        sent = now + (day - 1) * DAY
        days(day)
        if day == 3:
            report(days(3), "bounced", sent + 2 * HOUR)
        else:
            report(days(day), "bounced", sent + 2 * HOUR)
            report(days(day), "delivered", sent + HOUR, received_at=sent + 3 * HOUR)
    assert state(alice) == "paused"

    report(days(3), "delivered", now + 2 * DAY + HOUR, received_at=now + 3 * DAY)
    assert state(alice) == "paused"


def test_after_a_resume_the_count_begins_again(alice: Any, days: Any, now: datetime) -> None:
    for day in (1, 2, 3):
        comes_back(days(day), now + day * DAY - HOUR)
    assert transitions.resume(alice.pk, Event.Actor.COACH, now + 3 * DAY - HOUR / 2)

    for day in (4, 5):
        comes_back(days(day), now + day * DAY - HOUR)
        assert state(alice) == "active"
    comes_back(days(6), now + 6 * DAY - HOUR)
    assert state(alice) == "paused"


def test_another_runners_mails_do_not_count(alice: Any, enroll: Any, go: Go, now: datetime) -> None:
    bob = enroll("bob")
    go(now)
    go(now + DAY)
    for mail in Delivery.objects.filter(kind="lesson"):
        comes_back(mail, now + 2 * DAY)
    assert (state(alice), state(bob)) == ("active", "active")


def test_reports_of_mails_from_weeks_ago_pause_nobody(alice: Any, days: Any, now: datetime) -> None:
    for day in (1, 2, 3):
        days(day)
    days(12)
    for day in (1, 2, 3):
        comes_back(days(day), now + 12 * DAY)
    assert state(alice) == "active"


def test_refusals_by_the_mail_server_count_as_well(alice: Any, days: Any, now: datetime) -> None:
    full = Answer(Outcome.REFUSED, Phase.RECIPIENT, 552, "5.2.2 mailbox full")
    for day in (1, 2, 3):
        at = now + (day - 1) * DAY
        mail = days(day)
        Delivery.objects.filter(pk=mail.pk).update(state="failed", sent_at=None)
        record_refusal(Delivery.objects.get(pk=mail.pk), full, at + HOUR)
        Delivery.objects.filter(pk=mail.pk).update(sent_at=at)  # so that the next day is sent
    assert state(alice) == "paused"
    assert set(DeliveryEvent.objects.values_list("source", "kind")) == {("smtp", "bounced")}


def test_a_refusal_of_a_bad_address_suppresses_at_once(alice: Any, days: Any, now: datetime) -> None:
    mail = days(1)
    record_refusal(mail, Answer(Outcome.REFUSED, Phase.DATA, 550, "5.1.1 no such user"), now)
    assert not DeliveryEvent.objects.exists()

    record_refusal(mail, Answer(Outcome.REFUSED, Phase.RECIPIENT, 550, "no such user"), now)
    assert (state(alice), Suppression.objects.get().reason) == ("paused", "bounced")


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
def test_three_at_the_same_instant_are_three(alice: Any, days: Any, now: datetime) -> None:
    lessons = [days(day) for day in (1, 2, 3)]
    together(*(partial(comes_back, mail, now + 3 * DAY) for mail in lessons))
    assert state(alice) == "paused"
    assert Event.objects.filter(kind=Event.Kind.UNREACHABLE).count() == 1
