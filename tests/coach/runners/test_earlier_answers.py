"""A runner's page shows what a check-in said before, and nothing of what was removed."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from challenge.checkins.earlier import put_back, remove
from challenge.checkins.record import CheckInData, record
from challenge.models import Delivery, EarlierCheckIn, Enrollment

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _today(now: datetime) -> Iterator[None]:
    with time_machine.travel(now + timedelta(days=2), tick=False):
        yield


@pytest.fixture
def answers(alice: Enrollment, now: datetime) -> None:
    Delivery.objects.queue("lesson", now, alice, 1, state="sent", sent_at=now)
    record(alice.pk, 1, CheckInData("done", pain=5, pain_where="Left hip", note="Stiff"), now)
    record(alice.pk, 1, CheckInData("done", pain=5), now + HOUR)
    record(alice.pk, 1, CheckInData("partly", pain=1, note="Fine"), now + 2 * HOUR)


def page(coach: Client, alice: Enrollment) -> str:
    answer = coach.get(f"/coach/challenge/enrollment/{alice.pk}/change/")
    return str(answer.content.decode())


def titles(text: str) -> list[str]:
    return re.findall(r'<h3><span class="kind">Check-in</span> ([^<]*)</h3>', text)


def test_they_stand_below_the_check_in(coach: Client, alice: Enrollment, answers: Any) -> None:
    text = page(coach, alice)

    # The second answer changed nothing.
    assert titles(text) == ["Day 1: Partly", "Earlier answer of day 1: Done"]
    told = text.partition("Earlier answer of day 1")[2]
    for line in ("Pain 5 of 10.", "It hurts here: Left hip.", "Stiff", "replaced Tue 3 Mar 2026, 10:00."):
        assert line in told


def test_what_was_removed_is_nowhere_at_the_desk(
    coach: Client, alice: Enrollment, answers: Any, now: datetime
) -> None:
    remove(alice.pk, 1, now + 3 * HOUR)

    addresses = ("enrollment/", "checkin/", f"enrollment/{alice.pk}/change/")
    texts = [coach.get(f"/coach/challenge/{address}").content.decode() for address in addresses]
    for text in texts:
        for word in ("Left hip", "Fine", "Day 1: Partly"):
            assert word not in text
    assert titles(texts[-1]) == []
    assert "Removed a check-in by the runner" in texts[-1]

    newest = EarlierCheckIn.objects.latest("updated_at").saved_at
    put_back(alice.pk, 1, newest, now + 4 * HOUR)
    assert titles(page(coach, alice)) == ["Day 1: Partly", "Earlier answer of day 1: Done"]
