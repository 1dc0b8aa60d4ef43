"""A sender that gets SIGTERM finishes its message, releases the others, and ends soon."""

from collections.abc import Callable
from pathlib import Path
from signal import SIGTERM
from time import monotonic
from typing import Any

import pytest

from challenge.models import Delivery
from tests.support.crowd import crowd
from tests.support.workers import Group, Mailroom, await_ready, mailroom, prompting, wait_until

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

# The server takes so long for one message, so a batch of 20 takes 10 s and a drain 20 s.
SECONDS = 0.5


def to_the_first(sender: Group) -> None:
    """Signal the first process, as Docker and bin/dev do."""
    sender.ask_to_end()


def to_all(sender: Group) -> None:
    """Signal every process, as systemd and a terminal do."""
    sender.signal(SIGTERM)


def check_stop(room: Mailroom, sender: Group, stop: Callable[[Group], None]) -> None:
    room.wait_for_mail(3)
    stop(sender)
    began = monotonic()
    assert sender.exit_code(20) == 0
    assert monotonic() - began < 8, "a batch would have taken longer"
    arrived = room.arrived()
    assert 3 <= len(arrived) < 20
    assert set(arrived.values()) == {1}
    sent = {d.message_id for d in Delivery.objects.filter(state="sent", uncertain=False)}
    assert sent == set(arrived), "the message in hand was finished and recorded"
    left = Delivery.objects.exclude(state="sent").values_list("state", "lease", "uncertain", "attempts")
    assert {(*row[:3], len(row[3])) for row in left} == {("queued", None, False, 0)}
    assert len(left) == 40 - len(arrived)


@pytest.mark.parametrize("stop", [to_the_first, to_all], ids=lambda stop: stop.__name__)
def test_a_worker(program: Any, redis_url: str, tmp_path: Path, stop: Callable[[Group], None]) -> None:
    crowd(program, 40)
    with mailroom(tmp_path, redis_url, SECONDS) as room:
        worker = room.worker()
        await_ready(worker)
        with prompting(redis_url):
            check_stop(room, worker, stop)


@pytest.mark.parametrize("options", [[], ["--loop"]], ids=["once", "loop"])
def test_the_loop_without_a_broker(program: Any, tmp_path: Path, options: list[str]) -> None:
    crowd(program, 40)
    with mailroom(tmp_path, seconds=SECONDS) as room:
        check_stop(room, room.send_due(*options), to_the_first)


def test_a_resting_loop_ends_at_once(program: Any, tmp_path: Path) -> None:
    crowd(program, 1)
    with mailroom(tmp_path) as room:
        loop = room.send_due("--loop")
        wait_until(Delivery.objects.filter(state="sent").exists, 40, "its round is over")
        loop.ask_to_end()
        assert loop.exit_code(5) == 0
