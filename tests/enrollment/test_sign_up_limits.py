"""Limits on how often strangers may make the site write to somebody, and machines that fill in everything."""

from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

import pytest

from accounts.models import User
from challenge.enrollment import request_limits
from challenge.enrollment.request_limits import SITE_FACTOR, TooManyRequests
from challenge.enrollment.sign_up import SignUpData, sign_up
from challenge.models import Cohort, Delivery, Program
from tests.support.threads import together
from tests.support.visitor import Visitor, form, seen

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def test_the_field_that_people_do_not_see_catches_machines(visitor: Visitor) -> None:
    caught = seen(visitor.post(website="https://spam.example"))

    assert not User.objects.exists()
    assert caught == seen(visitor.post())


@pytest.mark.both_databases
def test_a_connection_may_ask_so_often_within_an_hour(visitor: Visitor, settings: Any, now: datetime) -> None:
    settings.SIGN_UPS_PER_IP = 3
    for number in range(3):
        assert visitor.post(email=f"r{number}@example.com").status_code == 200

    answer = visitor.post(email="late@example.com", HTTP_X_FORWARDED_FOR="203.0.113.9")
    assert answer.status_code == 429
    page = answer.content.decode()
    assert "Too many requests came from this connection" in page
    assert 'value="late@example.com"' in page
    assert '<option value="Europe/London" selected' in page
    assert "data-prefill" not in page
    assert not User.objects.filter(email="late@example.com").exists()

    assert visitor.post(ip="192.0.2.2", email="other@example.com").status_code == 200
    visitor.clock.move_to(now + HOUR)
    assert visitor.post(email="late@example.com").status_code == 200


def test_a_forged_forwarding_header_opens_nothing(visitor: Visitor, settings: Any) -> None:
    settings.SIGN_UPS_PER_IP = 1
    answers = [
        visitor.client.post(
            "/", form(email=f"r{n}@example.com"), headers={"X-Forwarded-For": f"203.0.113.{n}"}
        ).status_code
        for n in range(2)
    ]
    assert answers == [200, 429]

    settings.PROXY_COUNT = 1
    answer = visitor.client.post(
        "/", form(email="r3@example.com"), headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.77"}
    )
    assert answer.status_code == 200
    answer = visitor.client.post(
        "/", form(email="r4@example.com"), headers={"X-Forwarded-For": "198.51.100.2, 203.0.113.77"}
    )
    assert answer.status_code == 429


@pytest.mark.parametrize(
    "hops",
    [
        [
            "203.0.113.7:1024",
            "203.0.113.7:1025",
            "203.0.113.7",
            "::ffff:203.0.113.7",
            "[::ffff:203.0.113.7]:80",
        ],
        ["[2001:db8::1]:443", "[2001:db8::2]:80", "2001:db8::3", "2001:db8::4%eth0", "[2001:db8::5]"],
        ["unknown", "_hidden", "not an address", "203.0.113", ":"],
    ],
)
def test_a_port_makes_no_other_connection(visitor: Visitor, settings: Any, hops: list[str]) -> None:
    settings.SIGN_UPS_PER_IP, settings.PROXY_COUNT = 4, 1
    answers = [
        visitor.client.post("/", form(email=f"r{n}@example.com"), headers={"X-Forwarded-For": hop})
        for n, hop in enumerate(hops)
    ]
    assert [answer.status_code for answer in answers] == [200] * 4 + [429]


def test_a_whole_ipv6_network_counts_as_one(visitor: Visitor, settings: Any) -> None:
    settings.SIGN_UPS_PER_IP = 2
    ips = ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:2::3", "2001:db8:1:3::1")

    answers = [
        visitor.post(ip=ip, email=f"r{number}@example.com").status_code for number, ip in enumerate(ips)
    ]

    assert answers == [200, 200, 429, 200]


def test_a_network_of_networks_counts_more_generously(visitor: Visitor, settings: Any) -> None:
    settings.SIGN_UPS_PER_IP = 1
    ips = [f"2001:db8:1:{home:x}::1" for home in range(SITE_FACTOR + 1)]

    answers = [visitor.post(ip=ip, email=f"{n}@example.com").status_code for n, ip in enumerate(ips)]

    assert answers == [200] * SITE_FACTOR + [429]
    assert visitor.post(ip="2001:db8:2::1", email="other@example.com").status_code == 200


def test_a_club_signs_up_over_one_connection(visitor: Visitor, settings: Any, now: datetime) -> None:
    """Each confirms within minutes; a crowd on the page of a cohort may do so later."""
    settings.SIGN_UPS_PER_IP, settings.COHORT_SIGN_UPS_PER_IP = 3, 12
    for number in range(20):
        visitor.confirms(visitor.signs_up(now, email=f"r{number}@example.com"))

    Cohort.objects.create(
        program=Program.objects.get(), slug="club", name="Club", starts_on=now.date() + timedelta(days=9)
    )
    answers = [visitor.post(path="/join/club/", email=f"c{n}@example.com").status_code for n in range(13)]
    assert answers == [200] * 12 + [429]
    assert visitor.post(email="alone@example.com").status_code == 429
    Cohort.objects.update(starts_on=now.date())
    assert visitor.post(path="/join/club/", email="late@example.com", ip="192.0.2.9").status_code == 200
    settings.SIGN_UPS_PER_IP = 1
    assert visitor.post(path="/join/club/", email="later@example.com", ip="192.0.2.9").status_code == 429


def test_the_limit_of_a_connection_tells_nobody_who_is_known(
    visitor: Visitor, alice: Any, settings: Any
) -> None:
    settings.SIGN_UPS_PER_IP = 4
    for address in ("nobody@example.com", "alice@example.com", "none@example.com", "alice@example.com"):
        assert visitor.client.post("/links/", {"email": address}).status_code == 302

    for address in ("alice@example.com", "nobody@example.com"):
        assert visitor.client.post("/links/", {"email": address}).status_code == 429


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ips", [["192.0.2.1"] * 8, [f"2001:db8:1:{n:x}::1" for n in range(8)]])
def test_limits_are_exact_when_many_ask_at_once(
    program: Program, settings: Any, monkeypatch: pytest.MonkeyPatch, now: datetime, ips: list[str]
) -> None:
    settings.SIGN_UPS_PER_IP = 3
    monkeypatch.setattr(request_limits, "SITE_FACTOR", 1)
    refused = []

    def ask(number: int) -> None:
        try:
            sign_up(wish(program, f"r{number}@example.com"), ips[number], now)
        except TooManyRequests:
            refused.append(number)

    together(*[partial(ask, number) for number in range(8)])

    assert (User.objects.count(), len(refused)) == (3, 5)


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_the_sites_places_are_exact_when_many_ask_at_once(
    program: Program, settings: Any, now: datetime
) -> None:
    settings.CONFIRMATIONS_PER_HOUR = 3

    def ask(number: int) -> None:
        sign_up(wish(program, f"r{number}@example.com"), f"192.0.2.{number}", now)

    together(*[partial(ask, number) for number in range(8)])

    leave = Delivery.objects.filter(kind="confirmation").order_by("due_at").values_list("due_at", flat=True)
    assert list(leave) == [now] * 3 + [now + HOUR] * 3 + [now + 2 * HOUR] * 2


def wish(program: Program, email: str) -> SignUpData:
    return SignUpData(email, "Maya", program, date(2026, 3, 4), time(7), "Europe/London")
