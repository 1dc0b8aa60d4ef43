"""Many runners at once, whose lessons are due at this very moment."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Consent, User
from challenge.models import Enrollment


def noon_zone(now: datetime) -> str:
    """A zone where it is between noon and one o'clock, so that lessons may leave for hours yet."""
    offset = 12 - now.astimezone(UTC).hour
    return f"Etc/GMT{-offset:+d}"  # the sign of these names is turned round (tz database, etcetera)


def crowd(program: Any, count: int, first: int = 0, domain: str = "example.com") -> list[Enrollment]:
    """`count` active runners, runner-`first` and on, who asked for their lesson an hour ago."""
    now = timezone.now()
    names = [f"runner-{number}" for number in range(first, first + count)]
    runners = User.objects.bulk_create(
        [User(email=f"{name}@{domain}", first_name=name, password="!") for name in names]
    )
    Consent.objects.bulk_create(
        [Consent(user=runner, purpose=Consent.Purpose.MAIL, asked_at=now, given_at=now) for runner in runners]
    )
    zone = noon_zone(now)
    return Enrollment.objects.bulk_create(
        [
            Enrollment(
                runner=runner,
                program=program,
                state=Enrollment.State.ACTIVE,
                starts_on=now.date(),
                send_at=time(11, 0),
                time_zone=zone,
                created_at=now,
                confirmed_at=now,
                next_due_at=now - timedelta(minutes=1),
            )
            for runner in runners
        ]
    )
