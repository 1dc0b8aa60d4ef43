"""A worker opens several connections to a mail server that is far away, and one to a near one."""

import threading
from typing import Any

import pytest
from django.utils import timezone

from challenge.delivery import sender_pool
from challenge.delivery.plan import plan
from challenge.models import Delivery
from tests.support.crowd import crowd
from tests.support.smtp_script import Reply
from tests.support.smtp_server import SmtpServer
from tests.support.smtp_session import Client

pytestmark = pytest.mark.django_db(transaction=True)

CONNECTIONS = 5


class Slow:
    """Take `seconds` for each message, and count how many are in hand at the same time."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._in_hand, self._lock = seconds, 0, threading.Lock()
        self.most = 0

    def __call__(self, phase: str, recipient: str) -> Reply:
        return self._take if phase == "answer" else None

    def _take(self, client: Client) -> None:
        with self._lock:
            self._in_hand += 1
            self.most = max(self.most, self._in_hand)
        client.wait(self._seconds)
        with self._lock:
            self._in_hand -= 1
        client.send(b"250 kept\r\n")


@pytest.fixture
def slow(sink: SmtpServer, settings: Any, request: pytest.FixtureRequest) -> Slow:
    settings.SMTP_CONNECTIONS = CONNECTIONS
    sink.script = script = Slow(request.param)
    return script


def send(program: Any, count: int) -> None:
    crowd(program, count)
    plan(timezone.now())
    assert not sender_pool.send_due(timezone.now, 60)


@pytest.mark.parametrize("slow", [0.05], indirect=True)
def test_a_far_server_gets_as_many_connections_as_allowed(program: Any, slow: Slow, sink: SmtpServer) -> None:
    send(program, 300)
    assert len(sink.raw) == len(set(sink.recipients)) == 300
    assert Delivery.objects.filter(state="sent", uncertain=False).count() == 300
    assert slow.most == sink.connections == CONNECTIONS


@pytest.mark.parametrize("slow", [0.0], indirect=True)
def test_a_near_server_gets_one(
    program: Any, slow: Slow, sink: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender_pool, "FAR_SECONDS", 5)  # for a busy machine
    send(program, 60)
    assert len(sink.raw) == 60
    assert slow.most == sink.connections == 1


@pytest.mark.parametrize("slow", [0.05], indirect=True)
def test_what_stops_one_sender_is_said_when_all_have_ended(
    program: Any, slow: Slow, sink: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    drain, calls = sender_pool.drain, iter(range(100))

    def break_the_second(*arguments: Any, **options: Any) -> bool:
        if next(calls) == 1:
            raise RuntimeError("out of order")
        return drain(*arguments, **options)

    monkeypatch.setattr(sender_pool, "drain", break_the_second)
    crowd(program, 60)
    plan(timezone.now())
    with pytest.raises(RuntimeError, match="out of order"):
        sender_pool.send_due(timezone.now, 60)
    assert Delivery.objects.filter(state="sent").count() == 60
