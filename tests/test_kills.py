"""kill -9 of senders while mail flows: nothing is lost, and at most one message a kill goes twice."""

import random
from itertools import accumulate
from pathlib import Path
from signal import SIGCONT, SIGSTOP
from typing import Any

import pytest

from challenge.models import Delivery
from tests.crowd import crowd
from tests.workers import Group, Mailroom, await_ready, is_ready, mailroom, prompting, wait_until

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

SEED = 20261121


def all_sent(count: int) -> bool:
    return Delivery.objects.filter(state=Delivery.State.SENT).count() == count


def check_ledger(room: Mailroom, count: int, kills: int) -> None:
    """What the sink wrote down and what the ledger says must agree, whatever was killed when."""
    arrived = room.arrived()
    deliveries = {delivery.message_id: delivery for delivery in Delivery.objects.all()}
    assert set(arrived) == set(deliveries), "lost"
    assert len(deliveries) == count
    doubled = [message_id for message_id, times in arrived.items() if times > 1]
    assert arrived.total() - count <= kills
    assert all(deliveries[message_id].uncertain for message_id in doubled)
    assert sum(delivery.uncertain for delivery in deliveries.values()) <= kills
    for message_id, delivery in deliveries.items():
        outcomes = [attempt["outcome"] for attempt in delivery.attempts]
        assert outcomes[-1:] == ["accepted"]
        assert set(outcomes[:-1]) <= {"uncertain"}
        assert delivery.uncertain == (len(outcomes) > 1)
        assert arrived[message_id] <= len(outcomes)


def kill_now_and_then(room: Mailroom, senders: list[Group], moments: list[int]) -> None:
    """Kill one of the senders that are up each time that so many mails have arrived; start it again."""
    for number, moment in enumerate(moments):
        room.wait_for_mail(moment)
        victim = senders[number % len(senders)]
        victim.kill()
        victim.start()


def moments(kills: int, least: int, most: int) -> list[int]:
    """After how many mails to kill: the seed is fixed, but the very instant is chance."""
    chance = random.Random(SEED)
    return list(accumulate(chance.randint(least, most) for _ in range(kills)))


def test_killed_workers_lose_nothing(program: Any, redis_url: str, tmp_path: Path) -> None:
    crowd(program, 300)
    with mailroom(tmp_path, redis_url) as room:
        workers = [room.worker(), room.worker()]
        await_ready(*workers)
        with prompting(redis_url):
            kill_now_and_then(room, workers, moments(3, 30, 80))
            wait_until(lambda: all_sent(300), 60, f"all are sent, seed {SEED}", 0.2)
        check_ledger(room, 300, kills=3)


def test_killed_loops_without_a_broker_lose_nothing(program: Any, tmp_path: Path) -> None:
    crowd(program, 120)
    with mailroom(tmp_path) as room:
        loops = [room.start("manage.py", "send_due", "--loop") for _ in range(2)]
        kill_now_and_then(room, loops, moments(2, 20, 40))
        wait_until(lambda: all_sent(120), 60, f"all are sent, seed {SEED}", 0.2)
        check_ledger(room, 120, kills=2)


def test_a_frozen_worker_cannot_write_what_is_stale(program: Any, redis_url: str, tmp_path: Path) -> None:
    crowd(program, 40)
    with mailroom(tmp_path, redis_url, seconds=0.2) as room:
        frozen = room.worker()
        await_ready(frozen)
        with prompting(redis_url):
            room.wait_for_mail(3)
            frozen.signal(SIGSTOP)
            other = room.worker()
            wait_until(lambda: all_sent(40), 60, "the other sends what the frozen one held", 0.2)
            frozen.signal(SIGCONT)
            wait_until(lambda: frozen.said("the lease was lost"), 20, "the stale result is refused")
        assert is_ready(other)
        check_ledger(room, 40, kills=1)
