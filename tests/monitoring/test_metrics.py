"""/metrics: protected by its token, consistent with the ledger, without persons, cheap on a long ledger."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from prometheus_client.parser import text_string_to_metric_families

from challenge.models import Delivery, Enrollment, Heartbeat
from challenge.models.heartbeat import beat
from challenge.monitoring.metrics import exposition
from challenge.monitoring.stall import stall

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
MINUTE = timedelta(minutes=1)


def read(client: Client) -> dict[tuple[str, ...], float]:
    """Return each sample's value, by its name and the values of its labels."""
    response = client.get("/metrics", headers={"Authorization": "Bearer open sesame"})
    assert response.status_code == 200
    assert response["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    families = text_string_to_metric_families(response.content.decode())
    samples = [sample for family in families for sample in family.samples]
    return {(sample.name, *sample.labels.values()): sample.value for sample in samples}


@pytest.fixture
def scraper(client: Client, settings: Any, clock: Any) -> Client:
    settings.METRICS_TOKEN = "open sesame"
    settings.TIME_ZONE = "UTC"
    return client


class Ledger:
    def __init__(self, enrollment: Enrollment) -> None:
        self._enrollment, self._count = enrollment, 0

    def add(self, domain: str, state: str, due_at: datetime, count: int = 1, **fields: Any) -> None:
        values = {"kind": "lesson", "day": 1, "domain": domain, "state": state, **fields}
        numbers = range(self._count, self._count + count)
        Delivery.objects.queue_many(
            [
                Delivery.objects.prepare(due_at=due_at, enrollment=self._enrollment, copy=copy, **values)
                for copy in numbers
            ]
        )
        self._count += count


@pytest.fixture
def ledger(alice: Enrollment) -> Ledger:
    return Ledger(alice)


def test_without_a_token_it_does_not_exist_and_with_a_wrong_one_it_is_closed(
    client: Client, settings: Any
) -> None:
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    settings.METRICS_TOKEN = "open sesame"
    for given in ({}, {"Authorization": "Bearer open"}, {"Authorization": "open sesame"}):
        response = client.get("/metrics", headers=given)
        assert (response.status_code, response.content) == (401, b"")
        assert response["WWW-Authenticate"].startswith("Bearer")


def test_the_figures_are_those_of_the_ledger(scraper: Client, ledger: Ledger, now: datetime) -> None:
    ledger.add("example.com", "sent", now - 30 * MINUTE, 6, sent_at=now - 20 * MINUTE)
    ledger.add("example.com", "sent", now - 30 * MINUTE, 4, sent_at=now - 2 * MINUTE, uncertain=True)
    ledger.add("example.com", "sent", now - timedelta(hours=9), 3, sent_at=now - timedelta(hours=9))
    ledger.add("example.com", "queued", now - 40 * MINUTE, 2)
    ledger.add("example.com", "queued", now - 60 * MINUTE, try_at=now + timedelta(hours=3))  # for the morning
    ledger.add("example.com", "retry", now - 50 * MINUTE, try_at=now + 10 * MINUTE)
    ledger.add("example.com", "failed", now - 90 * MINUTE)
    ledger.add("example.com", "withheld", now - 90 * MINUTE, 2)
    ledger.add("example.com", "queued", now + timedelta(days=7))
    beat(Heartbeat.Name.PLANNER, now - timedelta(seconds=40))

    found = read(scraper)

    def of_today(state: str) -> float:
        return found["runner_reset_mails_today", "example.com", state]

    states = ("sent", "waiting", "retry", "failed", "withheld")
    assert [of_today(state) for state in states] == [10, 3, 1, 1, 2]
    assert found["runner_reset_uncertain_today", "example.com"] == 4
    assert found[("runner_reset_due_now",)] == 2
    assert found[("runner_reset_retrying_now",)] == 1
    assert found[("runner_reset_oldest_due_seconds",)] == 50 * 60
    assert found[("runner_reset_sent_per_minute",)] == 4 / 5
    assert found[("runner_reset_sent_per_minute_of_an_hour",)] == 10 / 60
    assert found[("runner_reset_planner_age_seconds",)] == 40
    assert found[("runner_reset_alarms",)] == 0


def test_domains_beyond_the_twentieth_and_of_few_people_are_taken_together(
    scraper: Client, ledger: Ledger, now: datetime
) -> None:
    for number in range(25):
        ledger.add(f"host-{number:02}.example", "sent", now - MINUTE, 30 - number, sent_at=now)
    ledger.add("jane-doe.example", "sent", now - MINUTE, 4, sent_at=now)

    sent = {name[1]: value for name, value in read(scraper).items() if name[2:] == ("sent",)}

    busiest = {f"host-{number:02}.example": 30 - number for number in range(20)}
    assert sent == {**busiest, "other": 10 + 9 + 8 + 7 + 6 + 4}


def test_no_person_is_in_it(scraper: Client, ledger: Ledger, now: datetime) -> None:
    ledger.add("jane-doe.example", "sent", now - MINUTE, 4, sent_at=now)
    text = exposition(now).decode().lower()
    assert "@" not in text
    assert "alice" not in text
    assert "jane" not in text


def test_a_scrape_costs_as_many_statements_for_ten_mails_as_for_a_thousand(
    scraper: Client, ledger: Ledger, now: datetime
) -> None:
    counts = []
    for count in (10, 990):
        ledger.add(f"{count}.example", "sent", now - MINUTE, count, sent_at=now)
        with CaptureQueriesContext(connection) as captured:
            read(scraper)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 5


def test_the_mail_of_other_days_is_not_read(scraper: Client, ledger: Ledger, now: datetime) -> None:
    for days in range(1, 51):
        ledger.add("example.com", "sent", now - timedelta(days=days), 200, sent_at=now - timedelta(days=days))
    ledger.add("example.com", "sent", now - MINUTE, 20, sent_at=now - 20 * MINUTE)
    ledger.add("example.com", "queued", now - 20 * MINUTE)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    statements: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        read(scraper)
        stall(now)
    asked = [each for each in statements if "challenge_delivery" in each[0]]
    assert len(asked) >= 5
    for sql, params in asked:
        plan = explained(sql, params)
        found = re.search(r"delivery_(waiting|leased)|delivery_due.*due_at ?>", plan, re.DOTALL)
        assert found, f"{sql}: {plan}"


def explained(sql: str, params: Any) -> str:
    """Return the database's plan of a statement with the same parameters."""
    prefix = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        cursor.execute(f"{prefix} {sql}", params)
        return "\n".join(str(row) for row in cursor.fetchall())
