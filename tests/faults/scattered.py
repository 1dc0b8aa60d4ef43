"""Runners all over the world, each at an hour of her own, whose course begins."""

from datetime import datetime, time
from itertools import cycle

from accounts.models import Consent, User
from challenge import schedule
from challenge.models import Enrollment, Program
from tests.faults.zones import clocks

# Early, in the day, late, and so late that the window ends with the date.
WALLS = (time(7), time(6, 30), time(12, 15), time(18), time(21, 30), time(23, 45), time(2, 30))


def scattered(count: int, now: datetime) -> list[Enrollment]:
    """So many active runners, runner-0 and on, each with another way of keeping time while there are any."""
    names = [clock.names[0] for clock in clocks()]
    zones = cycle(names[:: max(1, len(names) // count)])
    walls = cycle(WALLS)
    runners = User.objects.bulk_create(
        [User(email=f"runner-{number}@example.com", password="!") for number in range(count)]
    )
    Consent.objects.bulk_create(
        [Consent(user=runner, purpose=Consent.Purpose.MAIL, asked_at=now, given_at=now) for runner in runners]
    )
    program = Program.objects.get()
    enrollments = [
        Enrollment(
            runner=runner,
            program=program,
            state=Enrollment.State.ACTIVE,
            starts_on=now.date(),
            send_at=next(walls),
            time_zone=next(zones),
            created_at=now,
            confirmed_at=now,
        )
        for runner in runners
    ]
    for one in enrollments:
        one.next_due_at = schedule.first_due(one.starts_on, now, one.send_at, one.zone)
    return Enrollment.objects.bulk_create(enrollments)
