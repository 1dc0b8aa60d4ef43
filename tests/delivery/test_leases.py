"""Only the holder of the lease records a result."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from challenge.delivery.claim import claim, record, release, renew_lease
from challenge.delivery.plan import plan
from challenge.delivery.rescue import rescue
from challenge.delivery.send import send_batch
from challenge.delivery.smtp.transport import Transport
from challenge.models import Delivery
from tests.support.crowd import crowd
from tests.support.smtp_server import SmtpServer
from tests.support.threads import together

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
LEASE = timedelta(seconds=60)


@pytest.fixture
def queue(settings: Any, enroll: Callable[..., Any], now: datetime) -> None:
    settings.LEASE_SECONDS = LEASE.total_seconds()
    for name in ("alice", "bob", "charlie"):
        enroll(name)
    plan(now)


def states() -> list[str]:
    return sorted(Delivery.objects.values_list("state", flat=True))


def test_a_claim_leases_each_row_once(queue: None, now: datetime) -> None:
    first, second = claim(now, 2), claim(now, 2)

    assert [len(first), len(second), len(claim(now, 2))] == [2, 1, 0]
    assert {delivery.leased_until for delivery in first} == {now + LEASE}
    assert len({delivery.lease for delivery in first}) == 1
    assert first[0].lease != second[0].lease
    assert states() == ["sending"] * 3


def test_what_is_not_due_or_closed_is_not_claimed(queue: None, now: datetime) -> None:
    early, late, due = Delivery.objects.all()
    Delivery.objects.filter(pk=early.pk).update(try_at=now + timedelta(seconds=1))
    Delivery.objects.filter(pk=late.pk).update(closes_at=now)

    assert [delivery.pk for delivery in claim(now, 10)] == [due.pk]


def test_rescue_puts_all_back_and_doubts_the_first(queue: None, now: datetime) -> None:
    batch = claim(now, 10)

    assert rescue(now + LEASE - timedelta(seconds=1)) == 0
    assert rescue(now + LEASE) == 3
    assert rescue(now + LEASE) == 0

    first, *others = [Delivery.objects.get(pk=delivery.pk) for delivery in batch]
    assert (first.state, first.uncertain) == ("retry", True)
    assert [(a["phase"], a["outcome"]) for a in first.attempts] == [("unknown", "uncertain")]
    assert [(d.state, d.uncertain, d.attempts) for d in others] == [("queued", False, [])] * 2
    assert set(Delivery.objects.values_list("lease", "leased_until")) == {(None, None)}


def test_rescue_doubts_one_of_each_batch_and_none_that_was_recorded(queue: None, now: datetime) -> None:
    pair, [single] = claim(now, 2), claim(now, 2)
    record(pair[0], state=Delivery.State.SENT, sent_at=now)

    assert rescue(now + LEASE) == 2

    doubted = set(Delivery.objects.filter(uncertain=True).values_list("pk", flat=True))
    assert doubted == {pair[1].pk, single.pk}


def test_a_sender_without_its_lease_records_nothing(queue: None, now: datetime) -> None:
    frozen = claim(now, 1)[0]
    rescue(now + LEASE)

    assert not record(frozen, state=Delivery.State.SENT, sent_at=now)
    assert not renew_lease([frozen], now + LEASE)
    again = next(d for d in claim(now + LEASE, 10) if d.pk == frozen.pk)
    assert not record(frozen, state=Delivery.State.FAILED, reason="stale")
    release([frozen], now)
    assert record(again, state=Delivery.State.SENT, sent_at=now + LEASE)

    row = Delivery.objects.get(pk=frozen.pk)
    assert (row.state, row.reason, row.sent_at) == ("sent", "", now + LEASE)


@pytest.mark.django_db(transaction=True)
def test_a_sender_stops_at_the_lease_it_lost(queue: None, sink: SmtpServer, now: datetime) -> None:
    moment = now

    def lose(phase: str, recipient: str) -> None:
        nonlocal moment
        if phase == "answer" and moment == now:
            moment = now + 2 * LEASE
            together(lambda: rescue(moment))

    sink.script = lose
    with Transport() as transport:
        send_batch(transport, lambda: moment)

    assert len(sink.mails) == 1
    assert states() == ["queued", "queued", "retry"]


def test_a_lease_is_kept_while_the_batch_lasts(queue: None, now: datetime) -> None:
    first, second, _ = claim(now, 10)
    soon, later = now + timedelta(seconds=10), now + timedelta(seconds=55)

    assert renew_lease([first], soon)
    assert set(Delivery.objects.values_list("leased_until", flat=True)) == {now + LEASE}
    assert renew_lease([second], later)
    assert set(Delivery.objects.values_list("leased_until", flat=True)) == {later + LEASE}
    assert rescue(now + LEASE) == 0


def test_what_is_put_back_waits_as_before(queue: None, now: datetime) -> None:
    tried, fresh, held = claim(now, 10)
    tried.attempts = [
        {"at": now.isoformat(), "phase": "data", "outcome": "deferred", "code": 451, "answer": ""}
    ]
    later = now + timedelta(minutes=1)

    release([tried, fresh], later)

    rows = [Delivery.objects.get(pk=delivery.pk) for delivery in (tried, fresh, held)]
    assert [row.state for row in rows] == ["retry", "queued", "sending"]
    assert [row.try_at for row in rows[:2]] == [later, later]
    assert claim(now, 10) == []
    assert {delivery.pk for delivery in claim(later, 10)} == {tried.pk, fresh.pk}


@pytest.mark.django_db(transaction=True)
def test_claims_at_the_same_time_are_disjoint(program: Any) -> None:
    crowd(program, 120)
    plan(timezone.now())
    claimed: list[UUID] = []

    def work() -> None:
        while batch := claim(timezone.now(), 7):
            claimed.extend(delivery.pk for delivery in batch)

    together(*[work] * 4)

    assert len(claimed) == len(set(claimed)) == 120
    assert states() == ["sending"] * 120
