"""Sign-ups that nobody confirms: reminded once, dropped after seven days."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from challenge.enrollment import pending
from challenge.models import Delivery, Enrollment
from tests.support.visitor import Visitor, link

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_who_does_not_confirm_is_reminded_once_at_the_chosen_hour(visitor: Visitor, now: datetime) -> None:
    visitor.signs_up(now, send_at="10:00", starts_on="2026-03-20")
    for hour in range(6 * 24):
        pending.remind_unconfirmed(now + hour * HOUR)
        visitor.go(now + hour * HOUR)

    _confirmation, reminder = visitor.sink.mails
    assert reminder["Subject"] == "Still want it? The 21-Day Runner Reset"
    assert Delivery.objects.get(kind="reminder").sent_at == datetime(2026, 3, 5, 10, tzinfo=UTC)
    visitor.clock.move_to(now + 3 * DAY)
    visitor.confirms(link(reminder, "confirm"))
    assert Enrollment.objects.get().state == "active"


def test_a_reminder_whose_hour_is_past_today_waits_for_tomorrows(visitor: Visitor, now: datetime) -> None:
    visitor.signs_up(now, send_at="07:00", starts_on="2026-03-20")
    assert pending.remind_unconfirmed(now + 2 * DAY) == 1

    assert Delivery.objects.get(kind="reminder").due_at == datetime(2026, 3, 6, 7, tzinfo=UTC)


def test_who_confirms_before_the_reminder_leaves_is_not_reminded(visitor: Visitor, now: datetime) -> None:
    path = visitor.signs_up(now, send_at="10:00", starts_on="2026-03-20")
    assert pending.remind_unconfirmed(now + 2 * DAY) == 1
    visitor.clock.move_to(now + 2 * DAY)
    visitor.confirms(path)
    visitor.go(now + 2 * DAY + 2 * HOUR)

    assert "Still want it? The 21-Day Runner Reset" not in [mail["Subject"] for mail in visitor.sink.mails]


def test_a_sign_up_is_dropped_after_seven_days_and_the_person_with_it(
    visitor: Visitor, alice: Any, now: datetime
) -> None:
    path = visitor.signs_up(now)
    assert pending.delete_unconfirmed(now + 7 * DAY - timedelta(seconds=1)) == 0
    assert User.objects.filter(email="maya@example.com").exists()

    assert pending.delete_unconfirmed(now + 7 * DAY) == 1

    assert list(User.objects.values_list("email", flat=True)) == ["alice@example.com"]
    assert list(Enrollment.objects.all()) == [alice]
    visitor.clock.move_to(now + 7 * DAY - timedelta(seconds=1))
    for answer in (visitor.client.get(path), visitor.client.post(path)):
        assert answer.status_code == 410
        assert b"This sign-up was deleted" in answer.content
        assert b'name="first_name"' in answer.content


def test_dropping_spares_who_is_known_otherwise(visitor: Visitor, enroll: Any, now: datetime) -> None:
    enroll("alice", state="completed")
    User.objects.create_user("coach@example.com", is_staff=True)
    for name in ("alice", "coach"):
        visitor.signs_up(now, email=f"{name}@example.com")

    assert pending.delete_unconfirmed(now + 7 * DAY) == 2

    assert set(User.objects.values_list("email", flat=True)) == {"alice@example.com", "coach@example.com"}
    assert [enrollment.state for enrollment in Enrollment.objects.all()] == ["completed"]


def test_a_sign_up_from_a_zone_that_nobody_knows_keeps_nobody_else_from_a_reminder(
    enroll: Any, now: datetime
) -> None:
    lost, bob = enroll("alice", state="pending"), enroll("bob", state="pending")
    Enrollment.objects.filter(pk=lost.pk).update(time_zone="Mars/Olympus")

    pending.remind_unconfirmed(now + 2 * DAY)

    assert [reminder.enrollment for reminder in Delivery.objects.filter(kind="reminder")] == [bob]
