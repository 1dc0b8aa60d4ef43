"""A mail server that is far away gets several connections from a worker; one that is near gets one."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.utils import timezone

from challenge.delivery import sender_pool
from challenge.delivery.plan import plan
from challenge.models import Delivery
from tests.support.crowd import crowd
from tests.support.smtp_sink import Handler, Sink

pytestmark = pytest.mark.django_db(transaction=True)

CONNECTIONS = 5


class Slow(Handler):
    """Takes `seconds` for each message, and counts how many it has in hand at the same time."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds, self._in_hand = seconds, 0
        self.most, self.sessions = 0, set[int]()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.sessions.add(id(server))
        self._in_hand += 1
        self.most = max(self.most, self._in_hand)
        await asyncio.sleep(self._seconds)
        self._in_hand -= 1
        return await super().handle_DATA(server, session, envelope)


@pytest.fixture
def slow(settings: Any, request: pytest.FixtureRequest) -> Iterator[Slow]:
    handler = Slow(request.param)
    server = Sink(handler)
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.SMTP_CONNECTIONS = CONNECTIONS
    yield handler
    server.stop()


def send(program: Any, count: int) -> None:
    crowd(program, count)
    plan(timezone.now())
    assert not sender_pool.send_due(timezone.now, 60)


@pytest.mark.parametrize("slow", [0.05], indirect=True)
def test_a_far_server_gets_as_many_connections_as_allowed(program: Any, slow: Slow) -> None:
    send(program, 300)
    assert len(slow.raw) == len(set(slow.recipients)) == 300
    assert Delivery.objects.filter(state="sent", uncertain=False).count() == 300
    assert slow.most == len(slow.sessions) == CONNECTIONS


@pytest.mark.parametrize("slow", [0.0], indirect=True)
def test_a_near_server_gets_one(program: Any, slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender_pool, "FAR_SECONDS", 5)  # near is what the machine of a test can hold
    send(program, 60)
    assert len(slow.raw) == 60
    assert slow.most == len(slow.sessions) == 1


@pytest.mark.parametrize("slow", [0.05], indirect=True)
def test_what_stops_one_sender_is_said_when_all_have_ended(
    program: Any, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sender that joined in fails; the first goes on, nothing is lost, and the failure is not hidden."""
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
