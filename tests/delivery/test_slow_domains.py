"""A domain that answers after seconds does not delay mail to others."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from time import monotonic
from typing import Any

import pytest
from django.utils import timezone

from challenge.delivery import sender_pool
from challenge.delivery.plan import plan
from challenge.delivery.throttle import circuit_breaker, lanes
from challenge.models import Delivery, Limit
from challenge.models.attempt import Answer, Outcome, Phase
from tests.support.crowd import crowd
from tests.support.smtp_script import Act, accept, after
from tests.support.smtp_server import SmtpServer
from tests.support.threads import together

pytestmark = pytest.mark.django_db(transaction=True)

SLOW, QUICK = "slow.example", "example.com"
SECONDS = 1.0


@pytest.fixture
def server(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmtpServer]:
    """A mail server that takes a second for each mail to slow.example, which makes it a slow domain."""
    settings.SMTP_CONNECTIONS, settings.SMTP_TIMEOUT = 1, 15
    monkeypatch.setattr(circuit_breaker, "SLOW_SECONDS", SECONDS / 2)
    monkeypatch.setattr(lanes, "_next_turn", {})

    def script(phase: str, recipient: str) -> Act | None:
        is_slow = phase == "answer" and recipient.endswith(SLOW)
        return after(SECONDS, "250 at last") if is_slow else None

    with SmtpServer(script) as faulty:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", faulty.port
        yield faulty


def queue(program: Any, slow: int, quick: int) -> None:
    crowd(program, slow, domain=SLOW)
    plan(timezone.now())
    Delivery.objects.update(try_at=timezone.now() - timedelta(minutes=1))
    crowd(program, quick, first=1000)
    plan(timezone.now())


def arrivals(server: SmtpServer, domain: str) -> list[float]:
    return [
        message.ended for message in server.accepted if message.recipient.endswith(domain) and message.ended
    ]


@pytest.mark.parametrize("senders", [1, 2])
def test_others_wait_for_no_more_than_one_of_its_mails(
    senders: int, program: Any, server: SmtpServer
) -> None:
    """Each sender is in a worker of its own: 50 mails leave while the slow domain gets a few."""
    queue(program, slow=6, quick=50)
    began, over = monotonic(), threading.Event()

    def work() -> None:
        sender_pool.send_due(timezone.now, 60, stop=over.is_set)

    def watch() -> None:
        while len(arrivals(server, QUICK)) < 50 and monotonic() < began + 40:
            over.wait(0.01)
        over.set()

    together(watch, *[work] * senders)

    quick, slow = arrivals(server, QUICK), arrivals(server, SLOW)
    assert len(quick) == 50
    before = [moment for moment in slow if moment < max(quick)]
    # One each until the domain counts as slow; after that at most one in its share of the time.
    assert len(before) <= senders + (max(quick) - began) / SECONDS / lanes.SLOW_SHARE + 1
    assert Limit.objects.get().is_slow(timezone.now())


def test_all_of_its_mail_goes_one_by_one(program: Any, server: SmtpServer) -> None:
    queue(program, slow=4, quick=5)
    together(*[lambda: sender_pool.send_due(timezone.now, 60)] * 3)
    if Delivery.objects.exclude(state="sent").exists():
        sender_pool.send_due(timezone.now, 60)

    slow = [message for message in server.accepted if message.recipient.endswith(SLOW)]
    apart = sorted((message.began, message.ended or 0.0) for message in slow)
    assert len(apart) == 4
    # The first may have gone while another was found to be slow.
    overlaps = sum(later[0] < earlier[1] for earlier, later in pairwise(apart))
    assert overlaps <= 1
    assert len(server.accepted) == Delivery.objects.filter(state="sent", uncertain=False).count() == 9


def test_a_domain_that_is_quick_again_goes_with_the_others(program: Any, server: SmtpServer) -> None:
    queue(program, slow=3, quick=3)
    Limit.objects.create(domain=SLOW, slow_until=timezone.now() + timedelta(minutes=5))
    server.script = accept
    sender_pool.send_due(timezone.now, 60)

    assert len(server.accepted) == 6
    assert not Limit.objects.exists()


def test_a_mail_server_that_is_slow_for_all_sets_few_apart(program: Any) -> None:
    queue(program, slow=0, quick=1)
    delivery = Delivery.objects.get()
    accepted = Answer(Outcome.ACCEPTED, Phase.ANSWER, 250, "kept")
    lanes.read(timezone.now())
    for number in range(30):
        delivery.domain = f"domain-{number}.example"
        circuit_breaker.learn(delivery, accepted, 3.0, timezone.now())

    assert 1 <= Limit.objects.count() <= 3


def test_a_connection_that_takes_long_to_open_is_nobody_s_slowness(program: Any) -> None:
    queue(program, slow=1, quick=0)
    away = Answer(Outcome.UNAVAILABLE, Phase.CONNECT, None, "timed out")
    circuit_breaker.learn(Delivery.objects.get(), away, 30.0, timezone.now())

    assert not Limit.objects.exists()
