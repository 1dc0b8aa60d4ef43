"""The next envelope is sent behind each message (RFC 2920): what may go wrong between the two."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from challenge.bounces.record import is_hard_bounce
from challenge.delivery.plan import plan
from challenge.delivery.send import send_batch
from challenge.delivery.smtp import transport
from challenge.delivery.smtp.transport import Envelope, Transport
from challenge.models import Delivery, Enrollment, Suppression
from challenge.models.attempt import Answer, Outcome, Phase
from tests.support.cast import ALICE, BOB, CHARLIE, COACH, MESSAGE
from tests.support.smtp_script import Act, always, drop
from tests.support.smtp_server import SmtpServer
from tests.support.smtp_session import Client
from tests.support.threads import together


def in_a_row(hand: Transport, *recipients: str) -> list[Answer]:
    """Send a message to each; return the outcomes."""
    envelopes = [Envelope(COACH, recipient) for recipient in recipients]
    answers = []
    for envelope, then in zip(envelopes, [*envelopes[1:], None], strict=True):
        answers.append(hand.send(*envelope, MESSAGE, then))
    return answers


def await_the_next_envelope(client: Client) -> None:
    """Answer a message only when the whole envelope of the next has come."""
    while not client.buffer.endswith(b"DATA\r\n"):
        client.receive()
    client.send(b"250 kept\r\n")


@pytest.mark.pure
def test_the_next_envelope_is_there_before_the_answer(server: SmtpServer) -> None:
    server.script = always("answer", await_the_next_envelope, ALICE)

    with Transport() as transport:
        answers = in_a_row(transport, ALICE, BOB)

    assert [answer.outcome for answer in answers] == [Outcome.ACCEPTED] * 2
    assert [message.recipient for message in server.accepted] == [ALICE, BOB]
    assert server.connections == 1


@pytest.mark.pure
def test_a_server_that_takes_no_groups_is_told_one_thing_at_a_time(server: SmtpServer) -> None:
    server.capabilities = ("8BITMIME",)
    early: list[bytes] = []

    def look(client: Client) -> None:
        early.append(client.buffer)
        client.send(b"250 kept\r\n")

    server.script = always("answer", look)
    with Transport() as transport:
        in_a_row(transport, ALICE, BOB, CHARLIE)

    assert len(server.accepted) == 3
    assert early == [b""] * 3


@pytest.mark.pure
def test_another_message_than_the_one_that_was_announced(server: SmtpServer) -> None:
    """The connection is in the middle of an envelope: it is closed, and the announced one gets nothing."""
    with Transport() as transport:
        answer = transport.send(COACH, ALICE, MESSAGE, Envelope(COACH, BOB))
        assert answer.outcome is Outcome.ACCEPTED
        assert transport.send(COACH, CHARLIE, MESSAGE).outcome is Outcome.ACCEPTED

    assert [message.recipient for message in server.accepted] == [ALICE, CHARLIE]
    assert not any(message.complete for message in server.messages if message.recipient == BOB)
    assert server.connections == 2


@pytest.mark.pure
def test_an_announced_recipient_that_is_refused(server: SmtpServer) -> None:
    server.script = always("recipient", "550 5.1.1 no such user", BOB)

    with Transport() as transport:
        answers = in_a_row(transport, ALICE, BOB, CHARLIE)

    assert [answer.outcome for answer in answers] == [Outcome.ACCEPTED, Outcome.REFUSED, Outcome.ACCEPTED]
    assert is_hard_bounce(answers[1])
    assert server.connections == 1


@pytest.mark.pure
@pytest.mark.parametrize("reset", [True, False], ids=["RST", "FIN"])
def test_a_server_that_hangs_up_after_each_answer(reset: bool, server: SmtpServer) -> None:
    """The unread input may take its answer back: one uncertain mail, then nothing is announced to it."""
    server.script = always("answer", drop(b"250 kept\r\n", reset=reset))

    with Transport() as transport:
        answers = in_a_row(transport, *[ALICE, BOB, CHARLIE] * 3)

    taken = [answer.outcome for answer in answers]
    assert set(taken) <= {Outcome.ACCEPTED, Outcome.UNCERTAIN}
    assert taken.count(Outcome.UNCERTAIN) <= 1
    assert len([message for message in server.messages if message.complete]) == 9


@pytest.mark.pure
@pytest.mark.parametrize("extra", range(1, 4))
def test_replies_too_many_are_not_taken_for_the_announced_ones(extra: int, server: SmtpServer) -> None:
    stray = b"250 kept\r\n" + b"250 ok\r\n" * (extra - 1) + b"550 5.1.1 no such user\r\n"
    server.script = always("answer", stray, ALICE)

    with Transport() as transport:
        first, second, third = in_a_row(transport, ALICE, BOB, CHARLIE)

    assert (first.outcome, third.outcome) == (Outcome.ACCEPTED, Outcome.ACCEPTED)
    assert second.outcome in (Outcome.DEFERRED, Outcome.ACCEPTED)
    taken = [message.recipient for message in server.messages if message.complete]
    assert taken.count(BOB) == (second.outcome is Outcome.ACCEPTED)


@pytest.mark.pure
@pytest.mark.parametrize("act", [drop(), "421 closing"], ids=["gone", "421"])
def test_a_server_that_leaves_at_the_announced_envelope(act: Act, server: SmtpServer) -> None:
    """It has not answered for that message, which goes on another connection at once."""
    asked: list[str] = []

    def once(phase: str, recipient: str) -> Act | None:
        if phase == "sender" and server.accepted and not asked:
            asked.append(phase)
            return act
        return None

    server.script = once
    with Transport() as transport:
        answers = in_a_row(transport, ALICE, BOB)

    assert [answer.outcome for answer in answers] == [Outcome.ACCEPTED] * 2
    assert asked == ["sender"]
    assert server.connections == 2


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_whoever_is_withheld_after_the_announcement_gets_nothing(
    trio: list[Enrollment], server: SmtpServer, now: datetime
) -> None:
    plan(now)
    order = list(Delivery.objects.order_by("try_at", "id").select_related("enrollment__runner"))
    first, second, third = (delivery.enrollment.runner for delivery in order)
    moment = now

    def suppress(client: Client) -> None:
        nonlocal moment
        while not client.buffer.endswith(b"DATA\r\n"):
            client.receive()
        row = Suppression(address_hash=second.address_hash, reason="complained", created_at=now)
        together(row.save)
        moment += timedelta(seconds=2)
        client.send(b"250 kept\r\n")

    server.script = always("answer", suppress, first.email)
    with Transport() as transport:
        assert send_batch(transport, lambda: moment)

    assert [message.recipient for message in server.accepted] == [first.email, third.email]
    assert not any(message.content for message in server.messages if message.recipient == second.email)
    order[1].refresh_from_db()
    assert (order[1].state, order[1].reason) == ("withheld", "suppressed")


class Torn:
    """A socket on which so many octets go through, and then no more."""

    def __init__(self, sock: Any, left: int) -> None:
        self._sock, self._left = sock, left

    def send(self, octets: bytes) -> int:
        if not self._left:
            raise BrokenPipeError("torn")
        sent: int = self._sock.send(bytes(octets)[: self._left])
        self._left -= sent
        return sent

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


@pytest.mark.pure
@pytest.mark.parametrize("then", [None, Envelope(COACH, BOB)], ids=["the last", "with another"])
@pytest.mark.parametrize("more", range(-1, 5))
def test_a_message_is_in_doubt_only_when_its_dot_went_out(
    more: int, then: Envelope | None, server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    envelope = sum(map(len, Envelope(COACH, ALICE).commands))
    connect = transport.connect

    def torn(deadline: float) -> Any:
        conversation = connect(deadline)
        monkeypatch.setattr(conversation, "_sock", Torn(conversation._sock, envelope + len(MESSAGE) + more))
        return conversation

    monkeypatch.setattr(transport, "connect", torn)
    with Transport() as hand:
        answer = hand.send(COACH, ALICE, MESSAGE, then)

    if more < 3:
        assert (answer.outcome, answer.phase) == (Outcome.DEFERRED, Phase.DATA)
        assert not server.accepted
    elif then is None or more > 3:
        assert answer.outcome in (Outcome.ACCEPTED, Outcome.UNCERTAIN)
    else:
        assert (answer.outcome, answer.phase) == (Outcome.UNCERTAIN, Phase.ANSWER)


@pytest.mark.pure
def test_a_message_that_is_refused_at_data_is_refused(server: SmtpServer) -> None:
    """It is sent twice: the first refusal might have been for another message."""
    server.script = always("data", "554 not from here", BOB)

    with Transport() as hand:
        answers = in_a_row(hand, ALICE, BOB, CHARLIE)

    assert [answer.outcome for answer in answers] == [Outcome.ACCEPTED, Outcome.REFUSED, Outcome.ACCEPTED]
    assert server.asked.count(("data", BOB)) == 2
