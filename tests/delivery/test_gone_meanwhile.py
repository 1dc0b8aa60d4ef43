"""A mail server hangs up or reads slowly: what was not sent is not uncertain, and a refusal is kept."""

import threading

import pytest

from challenge.bounces.record import is_hard_bounce
from challenge.delivery.smtp.transport import Envelope, Transport
from challenge.models.attempt import Outcome, Phase
from tests.support.cast import ALICE, BOB, CHARLIE, COACH, DORA, MESSAGE
from tests.support.smtp_script import Act, always, drop
from tests.support.smtp_server import SmtpServer
from tests.support.smtp_session import Client, HungUpError

pytestmark = pytest.mark.pure


@pytest.mark.parametrize("is_announced", [False, True], ids=["the first", "one announced"])
@pytest.mark.parametrize("last_words", [b"", b"421 too many errors\r\n"], ids=["FIN", "421"])
def test_a_server_that_refuses_and_leaves_has_refused(
    last_words: bytes, is_announced: bool, server: SmtpServer
) -> None:
    def refuse(client: Client) -> None:
        while not client.buffer.endswith(b"DATA\r\n"):
            client.receive()
        client.send(b"550 5.1.1 no such user\r\n503 no recipient\r\n" + last_words)
        client.hang_up(reset=False)

    server.script = always("recipient", refuse, BOB)
    with Transport() as hand:
        if is_announced:
            hand.send(COACH, ALICE, MESSAGE, Envelope(COACH, BOB))
        answer = hand.send(COACH, BOB, MESSAGE)
        assert hand.send(COACH, CHARLIE, MESSAGE).outcome is Outcome.ACCEPTED

    assert (answer.outcome, answer.phase, answer.code) == (Outcome.REFUSED, Phase.RECIPIENT, 550)
    assert is_hard_bounce(answer)


def test_a_server_that_gave_up_on_what_was_announced_is_asked_anew(server: SmtpServer) -> None:
    """It had accepted the envelope, and hung up when no message came for too long."""
    gone = threading.Event()

    def give_up(client: Client) -> None:
        client.send(b"354 go on\r\n")
        try:
            client.hang_up(reset=True)
        finally:
            client.sock.close()
            gone.set()

    def once(phase: str, recipient: str) -> Act | None:
        return give_up if (phase, recipient) == ("data", BOB) and not gone.is_set() else None

    server.script = once
    with Transport() as hand:
        first = hand.send(COACH, ALICE, MESSAGE, Envelope(COACH, BOB))
        assert gone.wait(10)
        second = hand.send(COACH, BOB, MESSAGE)

    assert [first.outcome, second.outcome] == [Outcome.ACCEPTED] * 2
    assert [message.recipient for message in server.accepted] == [ALICE, BOB]
    assert server.connections == 2


def test_a_server_that_reads_slowly_does_not_stretch_an_attempt(server: SmtpServer) -> None:
    """Each piece is read in time, the whole is not: an attempt ends after twice SMTP_TIMEOUT."""

    def sip(client: Client) -> None:
        while client.sock.recv(1 << 18):
            client.wait(0.05)
        raise HungUpError

    server.script = always("body", sip)
    with Transport() as hand:
        answer = hand.send(COACH, ALICE, MESSAGE + (b"x" * 76 + b"\r\n") * 400_000)

    assert (answer.outcome, answer.phase) == (Outcome.DEFERRED, Phase.DATA)
    assert "TimeoutError" in answer.text


def test_nothing_is_announced_any_more_to_a_server_that_took_an_answer_back(server: SmtpServer) -> None:
    """The same holds after another uncertain message, before which nothing had been announced."""
    early: list[bytes] = []

    def look(client: Client) -> None:
        early.append(client.buffer)
        client.send(b"250 kept\r\n")

    def script(phase: str, recipient: str) -> Act | None:
        if phase != "answer":
            return None
        return drop() if recipient in (ALICE, BOB) else look

    server.script = script
    recipients = (ALICE, BOB, CHARLIE, DORA)
    with Transport() as hand:
        answers = [hand.send(COACH, to, MESSAGE, Envelope(COACH, DORA)).outcome for to in recipients]

    assert answers == [Outcome.UNCERTAIN] * 2 + [Outcome.ACCEPTED] * 2
    assert early == [b"", b""]
