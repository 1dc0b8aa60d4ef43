"""The page on sending: today's counts, the alarms, a reason for each runner without today's lesson."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from challenge.models import Delivery, Enrollment, Heartbeat, Limit, Suppression
from challenge.models.heartbeat import beat
from challenge.monitoring import alarms
from challenge.monitoring.wording import AlarmText, Code
from tests.support.crowd import crowd
from tests.support.desk import enter, said
from tests.support.smtp_server import SmtpServer

PAGE = "/coach/challenge/delivery/sending/"
MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.django_db
Go = Callable[[datetime], None]


def test_the_figures_of_today(
    coach: Client, clock: Any, trio: list[Enrollment], bob_is_busy: None, go: Go, now: datetime
) -> None:
    go(now)
    beat(Heartbeat.Name.PLANNER, now - 2 * MINUTE)
    text = said(coach.get(PAGE))
    assert "Due today 3 Sent 2 Waiting 0 Retry 1 Failed 0 Held back 0 Uncertain 0" in text
    assert "Mails a minute, last 5 minutes 0.4" in text
    assert "Unreachable runners 0" in text
    assert "The planner last looked 2 minutes ago" in text
    assert (
        "1 runner without today's lesson Bob The server of example.com put day 1 off once: 450 busy;" in text
    )
    assert "example.com 3 2 0 1 0 0" in text
    assert "No alarm is on." in text


@pytest.fixture
def bob_is_busy(sink: SmtpServer) -> None:
    sink.script = lambda phase, recipient: (
        "450 busy" if (phase, recipient[:3]) == ("recipient", "bob") else None
    )


def test_what_is_wrong(coach: Client, clock: Any, now: datetime) -> None:
    alarms.raise_alarm("stall", AlarmText(Code.AS_WRITTEN, {"text": "Nothing moves."}), now - 5 * MINUTE)
    for domain, minutes, text in (("example.com", 9, "20 refusals."), ("example.net", -9, "Long over.")):
        until, why = now + minutes * MINUTE, {"reason": "as_written", "reason_values": {"text": text}}
        Limit.objects.create(domain=domain, suspended_until=until, **why)
    text = said(coach.get(PAGE))
    assert "Nothing moves. Since Tue 3 Mar, 07:55. The operator was told on Tue 3 Mar, 07:55." in text
    assert "example.com until Tue 3 Mar, 08:09: 20 refusals." in text
    assert "Long over." not in text


def test_everybody_got_it(coach: Client, clock: Any, alice: Enrollment, go: Go, now: datetime) -> None:
    go(now)
    assert "Everybody got today's lesson." in said(coach.get(PAGE))


def test_who_wants_looking_into_comes_first_and_fifty_are_on_a_page(
    coach: Client, clock: Any, enroll: Any, now: datetime
) -> None:
    for number in range(51):
        enroll(f"runner-{number:02}", state="pending")
    enroll("alice")
    first, second = (said(coach.get(f"{PAGE}?page={number}")) for number in (1, 2))
    assert "52 runners without today's lesson Alice It has been due since 07:00" in first
    assert first.count("Not confirmed") == 49
    assert second.count("Not confirmed") == 2
    assert "Page 1 of 2 Next" in first
    for wish in ("3", "-1", "x", "99999999999999999999"):
        assert "Page 1 of 2 Next" in said(coach.get(PAGE, {"page": wish}))


def test_nothing_of_it_is_for_those_who_are_not_coaches(client: Client, program: Any) -> None:
    assert client.get(PAGE).status_code == 302


def test_the_desk_leads_to_it(coach: Client, program: Any) -> None:
    for address in ("/coach/", "/coach/challenge/delivery/"):
        assert f'href="{PAGE}"' in coach.get(address).content.decode()
    assert coach.post(PAGE).status_code == 405


def test_it_costs_as_many_statements_for_a_thousand_as_for_ten(coach: Client, program: Any) -> None:
    counts = []
    for first, count in ((0, 10), (10, 990)):
        runners = crowd(program, count, first)
        lessons = [Delivery.objects.prepare("lesson", each.created_at, each, day=1) for each in runners]
        Delivery.objects.queue_many(lessons)
        Suppression.objects.create(
            address_hash=runners[0].runner.address_hash, reason="bounced", created_at=runners[0].created_at
        )
        with CaptureQueriesContext(connection) as captured:
            assert coach.get(PAGE).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 25


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_a_phone_and_a_desk(
    coach: Client, program: Any, site: str, open_page: Callable[..., Any], width: int
) -> None:
    crowd(program, 3)
    page = open_page(width=width)
    enter(page, site, coach)
    page.goto(site + PAGE)
    assert page.locator("ul.missing li").count() == 3
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
