"""Several planners and senders at once, and a Redis that hangs: every mail goes once."""

import os
import threading
from pathlib import Path
from signal import SIGCONT, SIGSTOP
from typing import Any

import pytest
from django.utils import timezone
from redis import Redis

from challenge.delivery.plan import plan
from challenge.delivery.send import send_batch
from challenge.delivery.smtp.transport import Transport
from challenge.models import Delivery
from challenge.runtime.redis import Server
from tests.support.crowd import crowd
from tests.support.smtp_server import SmtpServer
from tests.support.threads import together
from tests.support.workers import Mailroom, await_ready, mailroom, wait_until

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


@pytest.mark.both_databases
def test_three_schedulers_double_nothing(program: Any, sink: SmtpServer, settings: Any) -> None:
    settings.BATCH_SIZE = 7
    crowd(program, 100)
    planned = threading.Event()

    def planner() -> None:
        while plan(timezone.now(), size=8):
            pass
        if Delivery.objects.count() == 100:
            planned.set()

    def sender() -> None:
        with Transport() as transport:
            while send_batch(transport, timezone.now) or not planned.is_set():
                pass

    together(*[planner, sender] * 3)

    deliveries = Delivery.objects.all()
    assert sorted(mail["Message-ID"] for mail in sink.mails) == sorted(d.message_id for d in deliveries)
    assert len(deliveries) == 100
    assert {(delivery.state, len(delivery.attempts)) for delivery in deliveries} == {("sent", 1)}


def all_sent(count: int) -> bool:
    return Delivery.objects.filter(state=Delivery.State.SENT, uncertain=False).count() == count


def check_each_once(room: Mailroom, count: int) -> None:
    wait_until(lambda: all_sent(count), 10, "the last is recorded")
    assert room.arrived() == {delivery.message_id: 1 for delivery in Delivery.objects.all()}


def test_a_redis_that_hangs_stops_nobody_for_good(program: Any, redis: Server, tmp_path: Path) -> None:
    with mailroom(tmp_path, redis.url) as room, Redis(unix_socket_path=str(redis.path)) as broker:
        process_id = broker.info("server")["process_id"]
        await_ready(room.worker())
        beat = room.beat()
        crowd(program, 60)
        room.wait_for_mail(45, seconds=60)  # by now a task waits, to be acknowledged while Redis hangs
        os.kill(process_id, SIGSTOP)
        wait_until(lambda: all_sent(60), 60, "what the worker had begun does not need Redis")
        wait_until(lambda: beat.said("SchedulingError", times=5), 60, "Redis hangs for a while")
        os.kill(process_id, SIGCONT)
        crowd(program, 20, first=60)
        room.wait_for_mail(80, seconds=60)
        check_each_once(room, 80)
