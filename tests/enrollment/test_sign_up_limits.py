"""Limits on how often strangers may make the site write to somebody, and machines that fill in everything."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from challenge.enrollment.sign_up import send_links
from challenge.models import Delivery
from tests.support.threads import together
from tests.support.visitor import Visitor, form, seen

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

HOUR = timedelta(hours=1)


def test_the_field_that_people_do_not_see_catches_machines(visitor: Visitor) -> None:
    caught = seen(visitor.post(website="https://spam.example"))

    assert not User.objects.exists()
    assert caught == seen(visitor.post())


def test_a_connection_may_ask_so_often_within_an_hour(visitor: Visitor, settings: Any, now: datetime) -> None:
    settings.SIGN_UPS_PER_IP = 3
    for number in range(3):
        assert visitor.post(email=f"r{number}@example.com").status_code == 302

    answer = visitor.post(email="late@example.com", HTTP_X_FORWARDED_FOR="203.0.113.9")
    assert answer.status_code == 429
    page = answer.content.decode()
    assert "Too many requests came from this connection" in page
    assert 'value="late@example.com"' in page
    assert '<option value="Europe/London" selected' in page
    assert "data-prefill" not in page
    assert not User.objects.filter(email="late@example.com").exists()

    assert visitor.post(ip="192.0.2.2", email="other@example.com").status_code == 302
    visitor.clock.move_to(now + HOUR)
    assert visitor.post(email="late@example.com").status_code == 302


def test_a_forged_forwarding_header_opens_nothing(visitor: Visitor, settings: Any) -> None:
    settings.SIGN_UPS_PER_IP = 1
    answers = [
        visitor.client.post(
            "/", form(email=f"r{n}@example.com"), headers={"X-Forwarded-For": f"203.0.113.{n}"}
        ).status_code
        for n in range(2)
    ]
    assert answers == [302, 429]

    settings.PROXY_COUNT = 1
    answer = visitor.client.post(
        "/", form(email="r3@example.com"), headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.77"}
    )
    assert answer.status_code == 302
    answer = visitor.client.post(
        "/", form(email="r4@example.com"), headers={"X-Forwarded-For": "198.51.100.2, 203.0.113.77"}
    )
    assert answer.status_code == 429


def test_a_whole_ipv6_network_counts_as_one(visitor: Visitor, settings: Any) -> None:
    settings.SIGN_UPS_PER_IP = 2
    ips = ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:2::3", "2001:db8:1:3::1")

    answers = [
        visitor.post(ip=ip, email=f"r{number}@example.com").status_code for number, ip in enumerate(ips)
    ]

    assert answers == [302, 302, 429, 302]


def test_an_address_gets_one_mail_in_24_hours_and_three_in_all(visitor: Visitor, now: datetime) -> None:
    mails = []
    for hours in (0, 1, 23, 24, 30, 49, 74, 99, 140, 164):
        at = now + hours * HOUR
        visitor.clock.move_to(at)
        assert visitor.post(ip=f"192.0.2.{hours}", starts_on="2026-03-20").status_code == 302
        visitor.go(at)
        mails.append(len(visitor.sink.mails))

    assert mails == [1, 1, 1, 2, 2, 3, 3, 3, 3, 3]


def test_the_limit_of_a_connection_tells_nobody_who_is_known(
    visitor: Visitor, alice: Any, settings: Any
) -> None:
    settings.SIGN_UPS_PER_IP = 4
    for address in ("nobody@example.com", "alice@example.com", "none@example.com", "alice@example.com"):
        assert visitor.client.post("/links/", {"email": address}).status_code == 302

    for address in ("alice@example.com", "nobody@example.com"):
        assert visitor.client.post("/links/", {"email": address}).status_code == 429


@pytest.mark.django_db(transaction=True)
def test_links_asked_for_twice_at_once_are_sent_once(alice: Any, now: datetime) -> None:
    for day in range(6):
        at = now + day * 24 * HOUR
        together(*[lambda: send_links("alice@example.com", "192.0.2.1", at)] * 2)  # noqa: B023

        assert Delivery.objects.filter(kind="links").count() == day + 1
