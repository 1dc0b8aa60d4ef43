"""The metrics for Prometheus, read from the ledger at each scrape: they are the same in every process."""

from collections.abc import Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from challenge.models import Alarm
from challenge.models.heartbeat import Heartbeat, last
from challenge.monitoring.statistics import by_domain, queue, start_of_day, today

DOMAINS = 20
# A domain with fewer mails may belong to one person, and its name would identify that person.
LEAST = 5
OTHER = "other"
STATES = ("waiting", "sent", "retry", "failed", "withheld")


def exposition(now: datetime) -> bytes:
    """Write all metrics in Prometheus' text format, version 0.0.4."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Ledger(now))
    return generate_latest(registry)


class Ledger(Collector):
    def __init__(self, now: datetime) -> None:
        self._now = now

    def describe(self) -> list[Metric]:
        return []  # registering must not query

    def collect(self) -> Iterator[Metric]:
        now = self._now
        waits = queue(now)
        age = (now - waits.oldest).total_seconds() if waits.oldest else 0
        yield _value("due_now", "Mails that may leave now.", waits.due)
        yield _value("retrying_now", "Mails that were tried and wait for their next try.", waits.retrying)
        yield _value("oldest_due_seconds", "How long the oldest of both has been due.", age)
        yield from _today(now)
        looked = last(Heartbeat.Name.PLANNER)
        if looked:
            since = (now - looked).total_seconds()
            yield _value("planner_age_seconds", "How long ago the planner looked.", since)
        alarms = Alarm.objects.filter(told_at__isnull=False).count()
        yield _value("alarms", "What is wrong now, of which the operator was told.", alarms)


def _today(now: datetime) -> Iterator[Metric]:
    """Count the mails due today, on the coach's clock, by domain and state; and give the rate."""
    midnight = start_of_day(now)
    total, rate = today(midnight, now)
    domains = by_domain(midnight, now, DOMAINS, LEAST)
    rest = total  # read before the domains: mail that moves in between must not make it negative
    for tally in domains.values():
        rest = rest - tally
    mails = GaugeMetricFamily(
        "runner_reset_mails_today", "Mails due today, by their state.", labels=["domain", "state"]
    )
    uncertain = GaugeMetricFamily(
        "runner_reset_uncertain_today", "Mails due today that may have arrived twice.", labels=["domain"]
    )
    for domain, tally in [*domains.items(), (OTHER, rest)]:
        for state in STATES:
            mails.add_metric([domain, state], max(0, getattr(tally, state)))
        uncertain.add_metric([domain], max(0, tally.uncertain))
    yield mails
    yield uncertain
    yield _value("sent_per_minute", "Mails a minute over the last five minutes.", rate.short)
    yield _value("sent_per_minute_of_an_hour", "Mails a minute over the last hour.", rate.long)


def _value(name: str, help_text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"runner_reset_{name}", help_text, value=value)
