"""A worker that no task reaches any more ends by itself, so that it is replaced; one whose broker is away, or
whose processes are all busy, does not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import Celery
from redis import Redis

from challenge.runtime.redis import Server
from challenge.worker.broker_watchdog import MOST_MISSED, QUEUE_EXPIRES_SECONDS
from tests.support.workers import Group, Mailroom, await_ready, mailroom, wait_until

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def room(redis: Server, tmp_path: Path) -> Iterator[Mailroom]:
    with mailroom(tmp_path, redis.url, seconds=0.2) as room:
        yield room


@pytest.fixture
def remote(redis: Server) -> Iterator[Celery]:
    with Celery(broker=redis.url, set_as_current=False) as app:
        yield app


@pytest.fixture
def worker(room: Mailroom) -> Group:
    worker = room.worker("tests.support.quick_watchdog")
    await_ready(worker)
    wait_until(lambda: worker.said("tasks.ping"), 20, "its pings arrive")
    return worker


def test_a_worker_that_no_longer_consumes_ends(worker: Group, redis: Server, remote: Celery) -> None:
    [queues] = remote.control.inspect(timeout=5, limit=1).active_queues().values()
    assert len(queues) == 2
    for queue in queues:
        remote.control.cancel_consumer(queue["name"])
    assert worker.exit_code(40) == 1
    assert worker.said("receives no tasks any more")
    with Redis(unix_socket_path=str(redis.path)) as client:
        [queue] = client.keys("ping.*")
        assert 0 < client.ttl(queue) <= QUEUE_EXPIRES_SECONDS


def test_a_worker_whose_loop_hangs_ends(worker: Group, remote: Celery) -> None:
    remote.control.broadcast("freeze", arguments={"seconds": 3600})
    assert worker.exit_code(40) == 1


def test_a_broker_that_is_away_excuses_it(worker: Group, redis: Server) -> None:
    redis.kill()
    wait_until(lambda: worker.said("Trying again in 4.00 seconds"), 60, "Redis is away for a while")
    redis.start()
    pings = worker.count("tasks.ping")
    wait_until(lambda: worker.count("tasks.ping") > pings, 60, "its pings arrive again")
    assert not worker.said("receives no tasks any more")


def test_full_hands_excuse_it(worker: Group, redis: Server, remote: Celery, tmp_path: Path) -> None:
    for _ in range(3):
        remote.send_task("tests.hold", [str(tmp_path / "enough")])
    with Redis(unix_socket_path=str(redis.path)) as client:

        def waiting() -> int:
            return sum(client.llen(name) for name in client.keys("ping.*"))

        wait_until(lambda: waiting() > MOST_MISSED, 60, "it has sent more pings than a deaf one")
    pings = worker.count("tasks.ping")
    (tmp_path / "enough").touch()
    wait_until(lambda: worker.count("tasks.ping") > pings, 60, "its pings arrive again")
    assert not worker.said("receives no tasks any more")
