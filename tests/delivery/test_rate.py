"""A thousand mails due at once, two workers and a limit: no second exceeds the limit."""

from pathlib import Path
from typing import Any

import pytest

from challenge.models import Delivery, Limit
from tests.support.crowd import crowd
from tests.support.workers import Mailroom, await_ready, mailroom, prompting, wait_until

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

PER_SECOND, WORKERS = 80, 2
# A busy machine may delay one mail of each sender between its slot and the server.
HELD_UP = WORKERS


def most_in_a_second(moments: list[float]) -> int:
    moments, first, most = sorted(moments), 0, 0
    for place, moment in enumerate(moments):
        while moment - moments[first] >= 1:
            first += 1
        most = max(most, place - first + 1)
    return most


def arrivals(room: Mailroom, domain: str = "") -> list[float]:
    lines = [line.split() for line in room.log.read_text().splitlines()]
    return [float(time) for time, _, recipient in lines if recipient.startswith(domain)]


def send(room: Mailroom, redis_url: str, count: int) -> None:
    await_ready(*[room.worker() for _ in range(WORKERS)])
    with prompting(redis_url):
        room.wait_for_mail(count, seconds=60)


@pytest.mark.both_databases
def test_a_thousand_at_once_leave_at_the_pace_of_all_mail(
    program: Any, redis_url: str, tmp_path: Path
) -> None:
    crowd(program, 1000)
    with mailroom(tmp_path, redis_url, seconds=0, SMTP_PER_SECOND=str(PER_SECOND), BATCH_SIZE="50") as room:
        send(room, redis_url, 4 * PER_SECOND)
        moments = arrivals(room)

    assert most_in_a_second(moments) <= PER_SECOND + HELD_UP
    assert Delivery.objects.exclude(state="sent").count() > 500  # it was the limit that took the time


def test_the_pace_of_a_domain_holds_and_holds_nobody_else_up(
    program: Any, redis_url: str, tmp_path: Path
) -> None:
    crowd(program, 200, domain="slow.example")
    crowd(program, 200, first=1000)
    Limit.objects.create(domain="slow.example", per_second=10)
    with mailroom(tmp_path, redis_url, seconds=0) as room:
        await_ready(*[room.worker() for _ in range(WORKERS)])
        with prompting(redis_url):
            wait_until(lambda: len(arrivals(room, "example.com")) == 200, 60, "the others are through", 0.05)
            at_most = len(arrivals(room, "slow.example"))
            wait_until(lambda: len(arrivals(room, "slow.example")) >= 40, 60, "it goes on alone", 0.05)
        slow, others = arrivals(room, "slow.example"), arrivals(room, "example.com")

    assert most_in_a_second(slow) <= 10 + HELD_UP
    assert at_most <= 12 * (max(others) - min(slow + others) + 1)
    assert (len(slow) - 1) / (max(slow) - min(slow)) >= 3
