"""The page of sending limits: the coach's columns and the senders' own, and the server's words."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from challenge.models import Enrollment, Limit
from challenge.models.limit import ALL
from tests.coach.test_access import entered
from tests.support.desk import logged, plain
from tests.support.smtp_script import accept
from tests.support.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db

PAGE = "/coach/challenge/limit/"
EMPTY = {"domain": "", "per_second": "", "connections": "", "warm_up_from": "", "first_day": ""}
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def at_the_desk(clock: Any) -> None:
    """The coach looks at the page at NOW."""


def test_the_coach_sets_a_limit(coach: Client) -> None:
    coach.post(f"{PAGE}add/", EMPTY | {"domain": " @Example.COM ", "per_second": "0.5", "connections": "2"})
    coach.post(f"{PAGE}add/", EMPTY | {"per_second": "10"})

    rows = Limit.objects.values_list("domain", "per_second", "connections")
    assert list(rows) == [("*", 10, None), ("example.com", 0.5, 2)]
    assert "All mail 10.0 - — Mail flows. example.com 0.5 2 — Mail flows." in plain(coach, PAGE)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"domain": "runner@example.com"}, "Write the part of an address after the @: example.com"),
        ({"domain": "no domain"}, "Write the part of an address after the @: example.com"),
        ({"domain": "taken.example"}, "It has a limit already; change that one."),
        ({"per_second": "0"}, "Ensure this value is greater than or equal to 0.001."),
        ({"per_second": "nan"}, "Enter a number."),
        ({"connections": "0"}, "Ensure this value is greater than or equal to 1."),
        ({"warm_up_from": "2026-03-03"}, "A warm-up needs both its first day and a number."),
        ({"first_day": "50"}, "A warm-up needs both its first day and a number."),
        (
            {"warm_up_from": "2026-03-03", "first_day": "0"},
            "Ensure this value is greater than or equal to 1.",
        ),
    ],
)
def test_what_makes_no_sense_is_said(given: dict[str, str], said: str, coach: Client) -> None:
    Limit.objects.create(domain="taken.example")

    answer = coach.post(f"{PAGE}add/", EMPTY | given)

    assert escape(said) in answer.content.decode()
    assert Limit.objects.count() == 1


def test_the_warm_up_of_today_is_shown(coach: Client, now: datetime) -> None:
    first = date(2026, 3, 1)
    Limit.objects.create(domain=ALL, warm_up_from=first, first_day=50, counted_on=now.date(), counted=12)

    assert "12 of 200" in plain(coach, PAGE)


def test_a_change_leaves_alone_what_the_senders_wrote(coach: Client, now: datetime) -> None:
    limit = Limit.objects.create(domain="example.com", per_second=1, counted_on=now.date(), counted=3)
    page = f"{PAGE}{limit.pk}/change/"
    assert "example.com" in plain(coach, page)
    Limit.objects.update(counted=40, free_at=now)
    coach.post(page, EMPTY | {"domain": "other.example", "per_second": "2"})

    limit.refresh_from_db()
    assert (limit.domain, limit.per_second, limit.counted, limit.free_at) == ("example.com", 2, 40, now)


def test_a_suspension_is_shown_with_its_reason_and_ended_by_the_coach(
    coach: Client, trio: list[Enrollment], sink: SmtpServer, go: Any, now: datetime
) -> None:
    kept = Limit.objects.create(domain="example.com", connections=2, suspensions=1)
    sink.script = lambda phase, to: (
        "450 4.7.1 <b>too fast</b>, coach@localhost" if phase == "recipient" else None
    )
    go(now)

    said = "Left alone until Tue 3 Mar 2026, 08:30. 3 mails were refused in a row, the last with: "
    assert said + escape("450 4.7.1 <b>too fast</b>, ...") in plain(coach, PAGE)
    assert said in plain(coach, f"{PAGE}{kept.pk}/change/")
    coach.post(PAGE, {"action": "send_again", "_selected_action": kept.pk})
    kept.refresh_from_db()
    assert (kept.suspended_until, kept.reason, kept.suspensions, kept.connections) == (None, "", 0, 2)
    assert logged() == [("lane_opened", {})]
    assert "Mail flows." in plain(coach, PAGE)
    sink.script = accept
    go(now + 2 * timedelta(minutes=1))
    assert len(sink.mails) == 3


def test_a_row_of_the_senders_own_goes_with_its_suspension(coach: Client, now: datetime) -> None:
    limit = Limit.objects.create(domain="slow.example", slow_until=now + timedelta(minutes=5))
    said = "It answers slowly: its mail goes apart, one at a time, until Tue 3 Mar 2026, 08:05."
    assert said in plain(coach, PAGE)

    answer = coach.post(PAGE, {"action": "send_again", "_selected_action": limit.pk}, follow=True)

    assert "Mail to 1 lane is sent again." in answer.content.decode()
    assert not Limit.objects.exists()


def test_nobody_but_a_coach_comes_here(alice: Enrollment, now: datetime) -> None:
    limit = Limit.objects.create(domain="example.com", suspended_until=now + HOUR, suspensions=1)
    for client in (Client(), entered()):
        for address in (PAGE, f"{PAGE}add/", f"{PAGE}{limit.pk}/change/"):
            assert client.get(address)["Location"].startswith("/coach/login/")
            client.post(address, {"action": "send_again", "_selected_action": limit.pk})
    limit.refresh_from_db()
    assert limit.suspended_until == now + HOUR
