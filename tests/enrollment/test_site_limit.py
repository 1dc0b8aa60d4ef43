"""The whole site sends so many confirmations an hour; the others wait, and the operator is told."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from challenge.enrollment.request_limits import LONGEST_WAIT
from challenge.models import Alarm, Delivery, Enrollment
from challenge.monitoring.checks import check
from tests.support.visitor import Visitor, seen

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

HOUR = timedelta(hours=1)
Code = Alarm.Code


@pytest.fixture
def two_an_hour(settings: Any) -> None:
    settings.CONFIRMATIONS_PER_HOUR = 2


def asks(visitor: Visitor, number: int, **changes: Any) -> Any:
    return visitor.post(ip=f"192.0.2.{number}", **{"email": f"r{number}@example.com", **changes})


def test_who_finds_no_place_waits_for_one(visitor: Visitor, two_an_hour: None, now: datetime) -> None:
    for number in range(5):
        assert asks(visitor, number).status_code == 200
    mails = []
    for minutes in (0, 59, 60, 119, 120):
        visitor.go(now + timedelta(minutes=minutes))
        mails.append(len(visitor.sink.mails))
    assert mails == [2, 2, 4, 4, 5]


def test_the_operator_is_told_and_the_visitor_too(visitor: Visitor, two_an_hour: None, now: datetime) -> None:
    asks(visitor, 1)
    asks(visitor, 2)
    assert Code.CONFIRMATIONS not in {text.code for text in check(now)}
    assert "within a few minutes" in visitor.client.get("/sent/").content.decode()
    asks(visitor, 3)
    [told] = [text for text in check(now) if text.code == Code.CONFIRMATIONS]
    assert str(told) == (
        "More than 2 people an hour sign up, so confirmations wait until Tue 3 Mar, 09:00 UTC."
    )
    assert "it may take some hours" in visitor.client.get("/sent/").content.decode()
    check(now + 2 * HOUR)
    assert not Alarm.objects.filter(code=Code.CONFIRMATIONS).exists()
    visitor.clock.move_to(now + HOUR)
    assert "within a few minutes" in visitor.client.get("/sent/").content.decode()


def test_nobody_waits_longer_than_some_hours(visitor: Visitor, settings: Any, now: datetime) -> None:
    settings.CONFIRMATIONS_PER_HOUR = 1
    hours = int(LONGEST_WAIT / HOUR)
    for number in range(hours + 1):
        assert asks(visitor, number).status_code == 200
    answer = asks(visitor, 99)
    assert answer.status_code == 429
    page = answer.content.decode()
    assert "Very many people are signing up just now. Nothing is lost" in page
    assert 'value="r99@example.com"' in page
    visitor.clock.move_to(now + HOUR)
    assert asks(visitor, 99).status_code == 200


def test_a_place_tells_nothing_of_an_address(
    visitor: Visitor, enroll: Any, two_an_hour: None, now: datetime
) -> None:
    """A request takes a place whether a mail follows or not."""
    enroll("active")
    enroll("pending", state="pending")
    pages = []
    for number, name in enumerate(("active", "pending", "new")):
        Delivery.objects.all().delete()
        visitor.clock.move_to(now + number * 3 * HOUR)
        address = f"{name}@example.com"
        answers = [asks(visitor, 10 * number + n, email=address) for n in range(3)]
        taken = [(a.status_code, a.content.replace(address.encode(), b"ADDRESS")) for a in answers]
        pages.append([*taken, seen(visitor.client.get("/sent/"))[:2]])
    assert pages[0] == pages[1] == pages[2]
    assert b"some hours" in pages[0][-1][1]


def test_runners_get_their_links_beside_it(
    visitor: Visitor, two_an_hour: None, alice: Enrollment, now: datetime
) -> None:
    for number in range(4):
        asks(visitor, number)
    visitor.client.post("/links/", {"email": "alice@example.com"})
    visitor.go(now)
    assert "Your fresh links" in [mail["Subject"] for mail in visitor.sink.to("alice@example.com")]


def test_no_limit_is_none(visitor: Visitor, settings: Any, now: datetime) -> None:
    settings.CONFIRMATIONS_PER_HOUR = 0
    for number in range(5):
        asks(visitor, number)
    visitor.go(now)
    assert len(visitor.sink.mails) == 5
