"""The lane that a sender serves next: each limit holds, lanes take turns, none delays another."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from challenge.delivery.claim import claim, record, release, waiting
from challenge.delivery.plan import plan
from challenge.delivery.throttle import lanes
from challenge.delivery.throttle.lanes import grants, sleep_until_slot
from challenge.models import Delivery, Limit
from challenge.models.limit import ALL
from tests.support.crowd import crowd
from tests.support.threads import together

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
SLOW, OTHER = "slow.example", "example.com"


@pytest.fixture
def due(program: Any) -> Callable[..., datetime]:
    """Queue lessons that may leave at once: due(example_com=3, slow_example=4) says when."""

    def queue(**counts: int) -> datetime:
        for number, (name, count) in enumerate(counts.items()):
            crowd(program, count, first=1000 * number, domain=name.replace("_", "."))
        now = timezone.now()
        plan(now)
        return now

    return queue


def claimed(now: datetime, size: int = 10) -> Counter[str]:
    return Counter(delivery.domain for delivery in claim(now, size))


def sent(batch: list[Delivery]) -> None:
    for delivery in batch:
        record(delivery, state=Delivery.State.SENT)


def test_without_limits_there_is_one_lane(due: Any) -> None:
    now = due(example_com=3, slow_example=3)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        batch = claim(now, 10)

    assert {delivery.lane for delivery in batch} == {""}
    assert len(batch) == 6
    assert sum("challenge_limit" in query["sql"] for query in asked) == 1


def test_a_batch_belongs_to_one_lane_and_lanes_take_turns(due: Any) -> None:
    Limit.objects.create(domain=SLOW, connections=3)
    now = due(slow_example=8, example_com=8)
    batches = [claim(now, 4) for _ in range(5)]

    assert sorted(batch[0].lane for batch in batches[:4]) == ["", "", SLOW, SLOW]
    for batch in batches[:4]:
        assert {delivery.domain for delivery in batch} == {batch[0].lane or OTHER}
    assert batches[4] == []


def test_a_limited_domain_gets_no_more_than_it_may_send_at_once(due: Any) -> None:
    """A sender does not wait for its slots while other mail waits."""
    Limit.objects.create(domain=SLOW, per_second=5)
    now = due(slow_example=20, example_com=40)
    batches = [claim(now, 10) for _ in range(5)]

    assert sorted(len(batch) for batch in batches if batch[0].domain == SLOW) == [1]
    assert sum(len(batch) for batch in batches if batch[0].domain == OTHER) == 40


def test_with_nothing_else_to_do_a_second_s_worth_is_claimed(due: Any) -> None:
    Limit.objects.create(domain=SLOW, per_second=5)
    now = due(slow_example=20)
    first = claim(now, 10)

    assert first[0].lane == SLOW
    assert 1 <= len(first) <= 5
    assert 4 <= len(first + claim(now, 10)) <= 6
    assert claim(now, 10) == []


def test_the_pace_of_all_mail_holds_in_every_lane(due: Any) -> None:
    Limit.objects.create(domain=ALL, per_second=5)
    now = due(slow_example=10, example_com=10)

    assert 8 <= sum(claimed(now).total() for _ in range(4)) <= 10


def test_the_pace_of_all_mail_comes_from_the_settings(due: Any, settings: Any) -> None:
    settings.SMTP_PER_SECOND = 2
    now = due(example_com=20)

    assert claimed(now).total() + claimed(now).total() <= 4
    Limit.objects.filter(domain=ALL).update(per_second=1000)
    assert claimed(now, 20).total() >= 16


def test_what_rests_is_left_in_the_ledger(due: Any) -> None:
    now = due(slow_example=5, example_com=5)
    Limit.objects.create(domain=SLOW, suspended_until=now + HOUR, suspensions=1)

    assert claimed(now) + claimed(now) == {OTHER: 5}
    assert claimed(now + HOUR) == {SLOW: 3}  # tried with a few


def test_nothing_leaves_while_the_mail_server_rests(due: Any) -> None:
    now = due(slow_example=5, example_com=5)
    Limit.objects.create(domain=ALL, suspended_until=now + HOUR, suspensions=1)

    assert claimed(now) == {}
    assert claimed(now + HOUR).total() == 3


def test_a_slow_domain_has_one_connection_and_one_mail_at_a_time(due: Any) -> None:
    now = due(slow_example=5, example_com=5)
    Limit.objects.create(domain=SLOW, slow_until=now + SECOND)
    batches = [claim(now, 10) for _ in range(3)]

    assert sorted(len(batch) for batch in batches) == [0, 1, 5]
    sent([delivery for batch in batches for delivery in batch])
    assert claimed(now) == {SLOW: 1}


def test_a_slow_domain_waits_for_its_turn_while_there_is_other_mail(
    due: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "_next_turn", {})
    now = due(slow_example=5, example_com=6)
    Limit.objects.create(domain=SLOW, slow_until=now + SECOND)
    lanes.delay_turn(SLOW, 3600)

    assert [claimed(now, 2) for _ in range(4)] == [{OTHER: 2}] * 3 + [{SLOW: 1}]


def test_a_day_of_the_warm_up_ends(due: Any) -> None:
    now = due(slow_example=5, example_com=5)
    limit = Limit.objects.create(domain=SLOW, warm_up_from=now.date(), first_day=3)

    assert claimed(now) + claimed(now) == {SLOW: 3, OTHER: 5}
    Delivery.objects.filter(domain=SLOW, state="sending").update(
        state="queued", lease=None, leased_until=None
    )
    Limit.objects.filter(pk=limit.pk).update(counted_on=now.date(), counted=3)
    assert claimed(now) == {}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("domain", [ALL, OTHER])
def test_no_more_senders_than_connections(domain: str, due: Any) -> None:
    Limit.objects.create(domain=domain, connections=2)
    now = due(example_com=60)
    batches: list[list[Delivery]] = []

    together(*[lambda: batches.append(claim(now, 5))] * 6)
    held = [batch for batch in batches if batch]
    assert 1 <= len(held) <= 2
    while len(held) < 2:
        held.append(claim(now, 5))
    assert claim(now, 5) == []
    release(held[0], now)
    assert len(claim(now, 5)) == 5


@pytest.mark.django_db(transaction=True)
def test_a_sender_that_was_frozen_in_its_claim_stops_no_other_lane(due: Any) -> None:
    """PostgreSQL keeps that lane's row locked."""
    if connection.vendor == "sqlite":
        return  # there is one writer at a time, whatever it writes
    Limit.objects.create(domain=SLOW, connections=1)
    now = due(slow_example=5, example_com=5)
    found = Counter[str]()
    with transaction.atomic():
        lane = [grant for grant in grants(now, 5) if grant.lane == SLOW]
        together(lambda: found.update(claimed(now) + claimed(now)))

    assert lane
    assert found == {OTHER: 5}


def test_what_is_left_of_a_limit_that_is_taken_away_goes_out(due: Any) -> None:
    Limit.objects.create(domain=SLOW, per_second=0.1, connections=1)
    now = due(slow_example=5)
    assert claimed(now) == {SLOW: 1}
    Limit.objects.all().delete()

    assert claimed(now) == {SLOW: 4}


def test_a_sender_stays_for_slots_that_come_soon(due: Any) -> None:
    now = due(slow_example=5)

    def sleeps(seconds: float) -> bool:
        lanes.read(now)
        return sleep_until_slot(waiting(now), now, seconds)

    assert not sleeps(20)
    limit = Limit.objects.create(domain=SLOW, per_second=0.1, free_at=now + 1.1 * SECOND)
    assert sleeps(20)
    Limit.objects.filter(pk=limit.pk).update(free_at=now + 30 * SECOND)
    assert not sleeps(20)
    Limit.objects.filter(pk=limit.pk).update(free_at=None, suspended_until=now + HOUR)
    assert not sleeps(20)
    Limit.objects.filter(pk=limit.pk).update(domain=ALL, suspended_until=None)
    assert sleeps(20)
    Limit.objects.filter(pk=limit.pk).update(
        warm_up_from=now.date(), first_day=3, counted_on=now.date(), counted=3
    )
    assert not sleeps(20)
    Limit.objects.filter(pk=limit.pk).update(warm_up_from=None)
    Delivery.objects.all().delete()
    assert not sleeps(20)
