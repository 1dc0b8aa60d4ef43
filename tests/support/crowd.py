"""Many runners whose lessons are due at this very moment."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Consent, User
from challenge.models import Enrollment


def noon_zone(now: datetime) -> str:
    """Return a zone where it is between noon and one o'clock, so that lessons may leave for hours yet."""
    offset = 12 - now.astimezone(UTC).hour
    return f"Etc/GMT{-offset:+d}"  # these names have the opposite sign (tz database, etcetera)


def crowd(program: Any, count: int, first: int = 0, domain: str = "example.com") -> list[Enrollment]:
    """Make `count` active runners, runner-`first` and on, who asked for their lesson an hour ago."""
    now = timezone.now()
    numbers, zone = range(first, first + count), noon_zone(now)
    enrollments = unsaved_enrollments(program, numbers, now, domain)
    for one in enrollments:
        one.send_at, one.time_zone, one.next_due_at = time(11), zone, now - timedelta(minutes=1)
    return Enrollment.objects.bulk_create(enrollments)


def unsaved_enrollments(
    program: Any, numbers: Iterable[int], now: datetime, domain: str = "example.com"
) -> list[Enrollment]:
    """Make runners who have agreed to mail. Return their enrollments, which have no hour and no zone yet."""
    names = [f"runner-{number}" for number in numbers]
    runners = User.objects.bulk_create(
        [User(email=f"{name}@{domain}", first_name=name, password="!") for name in names]
    )
    Consent.objects.bulk_create(
        [Consent(user=runner, purpose=Consent.Purpose.MAIL, asked_at=now, given_at=now) for runner in runners]
    )
    facts = {"program": program, "state": Enrollment.State.ACTIVE, "starts_on": now.date()}
    return [Enrollment(runner=runner, created_at=now, confirmed_at=now, **facts) for runner in runners]
