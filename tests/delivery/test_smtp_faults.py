"""A mail server that breaks off, is silent or away, and what the ledger records of it."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import pytest

from challenge.curriculum.slots import Compiled
from challenge.delivery.plan import plan
from challenge.delivery.send import drain, send_batch
from challenge.delivery.smtp.transport import Transport
from challenge.mail.compose import message, written
from challenge.models import Delivery
from challenge.models.attempt import Outcome
from tests.support import free_port
from tests.support.cast import ALICE, COACH, MESSAGE, lesson_of, story
from tests.support.smtp_script import Once, Reply, Script, accept, always, drop, silence
from tests.support.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db

Go = Callable[[datetime], None]
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


# Broken off


@pytest.mark.parametrize("phase", ["sender", "recipient"])
def test_a_connection_that_drops_before_data_doubles_nothing(
    phase: str, trio: list[Any], sink: SmtpServer, go: Go, now: datetime
) -> None:
    sink.script = Once(phase, drop())

    go(now)
    go(now + 2 * MINUTE)

    assert sorted(mail["Message-ID"] for mail in sink.mails) == sorted(
        delivery.message_id for delivery in Delivery.objects.all()
    )
    assert not Delivery.objects.exclude(state="sent", uncertain=False).exists()


def test_a_connection_that_drops_after_the_final_dot_costs_one_more_try(
    trio: list[Any], sink: SmtpServer, go: Go, now: datetime
) -> None:
    sink.script = Once("answer", drop())

    go(now)
    assert set(Delivery.objects.values_list("state", "uncertain")) == {("retry", True)}
    go(now + 2 * MINUTE)
    go(now + DAY / 4)

    for name in ("alice", "bob", "charlie"):
        lesson = lesson_of(name)
        assert [mail["Message-ID"] for mail in sink.to(f"{name}@example.com")] == [lesson.message_id] * 2
        assert (lesson.state, lesson.uncertain) == ("sent", True)
        assert story(lesson) == [("answer", "uncertain", None), ("answer", "accepted", 250)]


def test_a_message_that_is_never_confirmed_goes_twice_at_most(
    alice: Any, sink: SmtpServer, go: Go, now: datetime
) -> None:
    sink.script = always("answer", drop(), ALICE)

    for minutes in range(0, 60, 2):
        go(now + minutes * MINUTE)

    lesson = lesson_of("alice")
    assert len(sink.mails) == 2
    assert (lesson.state, lesson.uncertain) == ("sent", True)
    assert lesson.reason == "unconfirmed"


# Silent


@pytest.fixture
def impatient(settings: Any) -> float:
    """SMTP_TIMEOUT is half a second, so that an attempt ends within one; two more of grace."""
    settings.SMTP_TIMEOUT = 0.5
    return 3


@pytest.mark.parametrize("phase", ["sender", "recipient", "answer"])
def test_silence_ends_the_attempt_and_other_mail_flows(
    phase: str, trio: list[Any], impatient: float, sink: SmtpServer, now: datetime
) -> None:
    plan(now)
    sink.script = Once(phase, silence, only_first=True)

    with Transport() as transport:
        began = monotonic()
        assert send_batch(transport, lambda: now)
    assert monotonic() - began < impatient

    outcome = "uncertain" if phase == "answer" else "deferred"
    doubtful = Delivery.objects.get(state="retry")
    assert story(doubtful) == [(phase, outcome, None)]
    assert doubtful.uncertain == (phase == "answer")
    assert Delivery.objects.filter(state="sent").count() == 2


@contextmanager
def server(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                try:
                    talk(connection)
                except OSError:
                    continue

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def say_nothing(connection: socket.socket) -> None:
    connection.recv(1)


def drip(connection: socket.socket) -> None:
    """Send an endless first line, a byte each tenth of a second."""
    connection.settimeout(0.1)
    while True:
        connection.sendall(b"2")
        try:
            if not connection.recv(1):
                return
        except TimeoutError:
            continue


def drip_after_the_greeting(connection: socket.socket) -> None:
    connection.sendall(b"220 welcome\r\n")
    connection.recv(1000)
    connection.sendall(b"250-")
    drip(connection)


@pytest.mark.parametrize("talk", [say_nothing, drip, drip_after_the_greeting])
def test_a_server_that_never_comes_to_the_point_is_left_in_time(
    talk: Callable[[socket.socket], None], impatient: float, settings: Any
) -> None:
    with server(talk) as port, Transport() as transport:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        began = monotonic()
        answer = transport.send(COACH, ALICE, MESSAGE)
        assert monotonic() - began < impatient
    assert answer.outcome is Outcome.UNAVAILABLE


# Away


def check_nothing_counts(
    sink: SmtpServer, now: datetime, break_it: Callable[[], None], repair: Callable[[], None], looks: int
) -> None:
    """Check that a server which takes nothing leaves one trace and no counted try; then mail flows."""
    plan(now)
    break_it()
    for minutes in range(0, 2 * looks, 2):
        with Transport() as transport:
            assert not drain(transport, lambda: now + minutes * MINUTE, 1)  # noqa: B023
    assert set(Delivery.objects.values_list("state", "uncertain")) <= {("queued", False), ("retry", False)}
    assert all(len(delivery.attempts) <= 1 for delivery in Delivery.objects.all())
    waits = {delivery.try_at - (now + (2 * looks - 2) * MINUTE) for delivery in Delivery.objects.all()}
    assert waits == {timedelta(seconds=30)}
    repair()
    with Transport() as transport:
        send_batch(transport, lambda: now + 2 * looks * MINUTE)
    assert len(sink.mails) == 3
    assert {story(delivery)[-1] for delivery in Delivery.objects.all()} == {("answer", "accepted", 250)}
    assert not Delivery.objects.exclude(state="sent").exists()


def test_a_server_that_is_down_counts_against_nobody(
    trio: list[Any], sink: SmtpServer, settings: Any, now: datetime
) -> None:
    def point_to(port: int) -> None:
        settings.EMAIL_PORT = port

    check_nothing_counts(sink, now, lambda: point_to(free_port()), lambda: point_to(sink.port), looks=60)


@pytest.mark.parametrize("answer", ["530 authentication required", "550 you may not send"])
def test_a_server_that_refuses_the_sender_counts_against_nobody(
    answer: str, trio: list[Any], sink: SmtpServer, now: datetime
) -> None:
    """One refusal may be a mistake; test_circuit_breaker.py has a server that goes on."""

    def follow(script: Script) -> None:
        sink.script = script

    refuse = always("sender", answer)
    check_nothing_counts(sink, now, lambda: follow(refuse), lambda: follow(accept), looks=10)


@pytest.mark.parametrize("goodbye", [drop(), "421 idle for too long"])
def test_a_connection_that_the_server_closed_is_opened_anew(
    goodbye: Reply, trio: list[Any], sink: SmtpServer, go: Go, now: datetime
) -> None:
    """The second message finds the connection closed; no try is counted."""
    mails = 0

    def script(phase: str, recipient: str) -> Reply:
        nonlocal mails
        mails += phase == "sender"
        return goodbye if (phase, mails) == ("sender", 2) else None

    sink.script = script
    go(now)

    assert mails == 4
    assert [story(delivery) for delivery in Delivery.objects.all()] == [[("answer", "accepted", 250)]] * 3


# What arrives


def test_lines_that_begin_with_dots_arrive_as_they_are(sink: SmtpServer) -> None:
    text = "Dots\n.\n..\n.hidden\nno . dot\n...\n\n.\n"
    composed = message(Compiled(".", text, f"<pre>{text}</pre>\n"), {}, written({"To": ALICE}))

    with Transport() as transport:
        answer = transport.send(COACH, ALICE, composed)

    assert answer.outcome is Outcome.ACCEPTED
    assert sink.raw == [composed]
    body = sink.mails[0].get_body(("plain",))
    assert body is not None
    assert body.get_content().split("\r\n") == text.split("\n")
