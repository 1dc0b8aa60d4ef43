"""Another hour, another zone, mid-course: no day is repeated or skipped."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client

from challenge.models import Delivery, Event
from tests.support.smtp_server import SmtpServer
from tests.support.stepping import due_looks
from tests.support.visitor import Runner, link, whole_database

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Go = Callable[[datetime], None]


def test_half_an_hour_earlier_neither_repeats_nor_skips_a_day(
    runner: Runner, alice: Any, go: Go, clock: Any, now: datetime
) -> None:
    go(now + DAY)
    clock.move_to(now + DAY)
    path = link(runner.mail, "hour")
    before = whole_database()
    assert b"<option selected>07:00" in runner.client.get(path).content
    assert whole_database() == before

    answer = runner.client.post(path, {"send_at": "06:30", "time_zone": "Europe/London"})
    assert answer.status_code == 302
    assert b"no day is skipped or repeated" in runner.client.get(answer["Location"]).content
    for at in due_looks(now + DAY, timedelta(minutes=15), now + 4 * DAY):
        go(at)

    sent = Delivery.objects.filter(kind="lesson").order_by("sent_at").values_list("day", "sent_at")
    assert list(sent)[2:] == [
        (3, datetime(2026, 3, 5, 6, 30, tzinfo=UTC)),
        (4, datetime(2026, 3, 6, 6, 30, tzinfo=UTC)),
        (5, datetime(2026, 3, 7, 6, 30, tzinfo=UTC)),
    ]
    assert Event.objects.get(kind="rescheduled").says == "06:30 Europe/London"


@pytest.mark.parametrize("hour_there", [time(6, 30), time(19, 30)], ids=["a morning", "an evening"])
def test_from_auckland_to_los_angeles_all_21_and_never_two_within_12_hours(
    client: Client, enroll: Any, sink: SmtpServer, go: Go, clock: Any, now: datetime, hour_there: time
) -> None:
    charlie = enroll("charlie", time_zone="Pacific/Auckland", send_at=hour_there)
    # An hour after an evening's lesson, six before the new zone's morning.
    changes = now + timedelta(days=10, minutes=-30)
    for at in due_looks(now + timedelta(minutes=30), HOUR, changes):
        go(at)
    clock.move_to(changes)
    client.post(link(sink.mails[-1], "hour"), {"send_at": "06:30", "time_zone": "America/Los_Angeles"})
    for at in due_looks(changes, HOUR, now + 26 * DAY):
        go(at)

    charlie.refresh_from_db()
    assert charlie.time_zone == "America/Los_Angeles"
    subjects = [str(mail["Subject"]).partition(":")[0] for mail in sink.lessons]
    assert subjects == [f"Day {day}" for day in range(1, 22)]
    sent = list(Delivery.objects.filter(kind="lesson").order_by("day").values_list("sent_at", flat=True))
    gaps = [later - earlier for earlier, later in pairwise(sent)]  # type: ignore[operator]
    assert min(gaps) >= 12 * HOUR
    assert max(gaps) <= 48 * HOUR


@pytest.mark.parametrize("fields", [{"send_at": "06:37"}, {"time_zone": "Mars/Olympus"}, {}])
def test_an_hour_that_is_none_changes_nothing(runner: Runner, alice: Any, fields: dict[str, str]) -> None:
    typed = {"send_at": "06:30", "time_zone": "Asia/Tokyo", **fields} if fields else {}
    answer = runner.client.post(link(runner.mail, "hour"), typed)

    assert answer.status_code == 422
    assert b'aria-invalid="true"' in answer.content
    alice.refresh_from_db()
    assert (alice.send_at, alice.time_zone) == (time(7), "Europe/London")


def test_who_has_left_has_no_hour_to_change(runner: Runner) -> None:
    runner.client.post(link(runner.mail, "leave"))

    assert runner.client.get(link(runner.mail, "hour")).status_code == 410
