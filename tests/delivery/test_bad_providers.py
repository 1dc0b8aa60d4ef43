"""A mail provider that answers nonsense, breaks off or never ends: recorded with its phase, in bounded
time and memory; other mail flows, and nobody is suppressed for it."""

import socket
import threading
import tracemalloc
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import pytest

from challenge.bounces.record import is_hard_bounce
from challenge.delivery.plan import plan
from challenge.delivery.send import send_batch
from challenge.delivery.smtp.transport import Transport
from challenge.models import Delivery, Enrollment, Suppression
from challenge.models.attempt import Answer, Outcome, Phase
from tests.support.cast import ALICE, BOB, COACH, lesson_of, story
from tests.support.smtp_script import Act, accept, always, drip, drop, endless, silence
from tests.support.smtp_server import SmtpServer

TIMEOUT = 0.5
MESSAGE = b"Subject: x\r\nMessage-ID: <1@localhost>\r\n\r\n" + b"words\r\n" * 5000

# Malformed replies (RFC 5321, 4.2), whatever digits they hold.
NONSENSE = {
    "words": "good morning",
    "binary": b"\x00\xff\xfe\x80\x01\r\n",
    "an empty line": "",
    "no such code": "999 kept",
    "an endless line": endless(b"550 5.1.1 no such user" * 40),
    "lines without end": endless(b"550-5.1.1 no such user" + b"." * 800 + b"\r\n"),
    "dripped": drip(b"550 5.1.1 no such user" * 10, 0.05),
    "cut off": drop(b"550 5.1", reset=False),
    "cut off in the code": drop(b"55", reset=False),
    "cut off between lines": drop(b"550-5.1.1 no\r\n", reset=False),
    "reset": drop(b"550-5.1.1 no\r\n550"),
    "hung up": drop(reset=False),
    "silence": silence,
}
CHANGING = {
    "yes, then no": b"250-kept\r\n550 5.1.1 no such user\r\n",
    "no, then yes": b"550-5.1.1 no such user\r\n250 kept\r\n",
}
nonsense = pytest.mark.parametrize("act", NONSENSE.values(), ids=NONSENSE)
worse = pytest.mark.parametrize("act", [*NONSENSE.values(), *CHANGING.values()], ids=[*NONSENSE, *CHANGING])


@pytest.fixture(autouse=True)
def _in_a_hurry(settings: Any) -> None:
    settings.SMTP_TIMEOUT = TIMEOUT


def send(transport: Transport, recipient: str = ALICE) -> Answer:
    """Send one message, in bounded time and memory."""
    tracemalloc.start()
    began = monotonic()
    answer = transport.send(COACH, recipient, MESSAGE)
    assert monotonic() - began < TIMEOUT + 1.5
    assert tracemalloc.get_traced_memory()[1] < 3_000_000
    tracemalloc.stop()
    assert len(answer.text) <= 500
    return answer


# Before the envelope


@pytest.mark.pure
@nonsense
@pytest.mark.parametrize("phase", ["greeting", "ehlo"])
def test_nonsense_in_the_opening_makes_the_server_unavailable(
    phase: str, act: Act, server: SmtpServer
) -> None:
    server.script = always(phase, act)

    with Transport() as transport:
        answer = send(transport)

        assert (answer.outcome, answer.phase) == (Outcome.UNAVAILABLE, Phase.CONNECT)
        assert server.messages == []
        server.script = accept
        assert send(transport).outcome is Outcome.ACCEPTED


@pytest.mark.pure
@pytest.mark.parametrize(
    "greeting",
    [b"220 " + b"x" * 5000 + b"\r\n", b"220-welcome to this server\r\n" * 180 + b"220 at last\r\n"],
    ids=["one line", "many lines"],
)
@pytest.mark.parametrize("phase", ["greeting", "ehlo"])
def test_a_greeting_of_five_thousand_letters_stops_nobody(
    phase: str, greeting: bytes, server: SmtpServer
) -> None:
    """RFC 5321 allows 512 octets a line, but a longer one is an answer as well."""
    server.script = always(phase, greeting.replace(b"220", b"250" if phase == "ehlo" else b"220"))

    with Transport() as transport:
        assert send(transport).outcome is Outcome.ACCEPTED


@pytest.mark.pure
@nonsense
def test_nonsense_after_the_password_makes_the_server_unavailable(
    act: Act, server: SmtpServer, settings: Any
) -> None:
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "coach", "secret-password"
    server.capabilities = ("AUTH PLAIN",)
    server.script = always("auth", act)

    with Transport() as transport:
        answer = send(transport)

    assert (answer.outcome, answer.phase) == (Outcome.UNAVAILABLE, Phase.CONNECT)
    assert not any(heard.line.startswith("MAIL") for heard in server.commands)
    assert "secret" not in answer.text


# While a message is handed over


@pytest.mark.django_db
@worse
@pytest.mark.parametrize("phase", ["recipient", "data", "body", "answer"])
def test_nonsense_about_a_message_is_recorded_and_the_others_leave(
    phase: str, act: Act, server: SmtpServer, trio: list[Enrollment], now: datetime
) -> None:
    server.script = always(phase, act, ALICE)
    plan(now)
    began = monotonic()

    with Transport() as transport:
        while send_batch(transport, lambda: now):
            pass

    assert monotonic() - began < TIMEOUT + 4
    lesson = lesson_of("alice")
    [attempt] = lesson.attempts
    if phase == "answer":
        assert (attempt["phase"], attempt["outcome"]) == ("answer", "uncertain")
    elif phase == "body":
        # It may take a reply that comes too early for the final one, or find the connection gone.
        assert (attempt["phase"], attempt["outcome"]) in [("data", "deferred"), ("answer", "uncertain")]
    else:
        assert (attempt["phase"], attempt["outcome"]) == (phase, "deferred")
    assert lesson.state == "retry"
    assert lesson.uncertain == (attempt["outcome"] == "uncertain")
    assert {message.recipient for message in server.accepted} - {ALICE} == {BOB, "charlie@example.com"}
    assert Delivery.objects.filter(state="sent", uncertain=False).count() == 2
    assert not Suppression.objects.exists()
    assert set(Enrollment.objects.values_list("state", flat=True)) == {"active"}

    server.script = accept
    with Transport() as transport:
        send_batch(transport, lambda: now + timedelta(minutes=2))
    assert story(lesson_of("alice"))[-1] == ("answer", "accepted", 250)


@pytest.mark.pure
@nonsense
def test_nonsense_about_the_sender_counts_against_no_address(act: Act, server: SmtpServer) -> None:
    server.script = always("sender", act)

    with Transport() as transport:
        answer = send(transport)

    assert answer.phase is Phase.SENDER
    assert answer.outcome in (Outcome.DEFERRED, Outcome.UNAVAILABLE)
    assert not any(message.complete for message in server.messages)


# Replies that nobody asked for


@pytest.mark.pure
@pytest.mark.parametrize("offered", [("PIPELINING",), ("8BITMIME",)], ids=["in groups", "in turn"])
@pytest.mark.parametrize("extra", range(1, 4))
@pytest.mark.parametrize("phase", ["recipient", "answer"])
def test_replies_too_many_are_not_taken_for_the_next_ones(
    phase: str, extra: int, offered: tuple[str, ...], server: SmtpServer
) -> None:
    """The refusal of another message stands where the next answer is read."""
    server.capabilities = offered
    stray = b"250 kept\r\n" + b"250 ok\r\n" * (extra - 1) + b"550 5.1.1 no such user\r\n"
    server.script = always(phase, stray, ALICE)

    with Transport() as transport:
        answers = {ALICE: send(transport), BOB: send(transport, BOB)}

    assert not any(is_hard_bounce(answer) for answer in answers.values())
    taken = {message.recipient for message in server.accepted}
    for recipient, answer in answers.items():
        assert answer.outcome is not Outcome.ACCEPTED or recipient in taken
        assert answer.outcome in (Outcome.ACCEPTED, Outcome.UNCERTAIN) or recipient not in taken
    assert answers[BOB].outcome is Outcome.ACCEPTED


@pytest.mark.pure
def test_a_resolver_that_does_not_answer_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: over.wait(20))

    began = monotonic()
    with Transport() as transport:
        answer = transport.send(COACH, ALICE, MESSAGE)
    over.set()

    assert monotonic() - began < 3
    assert (answer.outcome, answer.phase) == (Outcome.UNAVAILABLE, Phase.CONNECT)
