"""Mail servers within the process, for faults that need thousands of courses: real SMTP is too slow."""

import re
from binascii import a2b_qp
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from challenge.delivery.send import send_batch
from challenge.delivery.smtp.transport import Envelope, Transport
from challenge.models import Delivery
from challenge.models.attempt import Answer, Outcome, Phase

# A message takes as long. Where something happened meanwhile that may forbid the next one, it is
# long enough for the sender to ask again (delivery.send.FRESH_FOR).
QUICK, SLOW = timedelta(milliseconds=50), timedelta(seconds=1)
LEASE_AND_MORE = timedelta(seconds=90)
MESSAGE_ID = re.compile(rb"^Message-ID: <([^@]+)@", re.MULTILINE)
ACCEPTED = Answer(Outcome.ACCEPTED, Phase.ANSWER, 250, "kept")


class Arrival(NamedTuple):
    """A message that the server took: when, for whom, and its row's id in the ledger."""

    at: datetime
    recipient: str
    delivery_id: str


class InProcessServer(Transport):
    """A transport that keeps what arrives, with the instant that its owner sets."""

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self.now = now
        self.arrived: list[Arrival] = []

    def send(self, sender: str, recipient: str, message: bytes, then: Envelope | None = None) -> Answer:
        self.keep(recipient, message)
        return ACCEPTED

    def keep(self, recipient: str, message: bytes) -> Arrival:
        found = MESSAGE_ID.search(message)
        assert found, "a message without Message-ID"
        arrival = Arrival(self.now, recipient, found[1].decode())
        self.arrived.append(arrival)
        return arrival

    def send_due(self) -> None:
        """Send what is due, as a worker does."""
        due = Delivery.objects.filter(state__in=Delivery.WAITING)
        while due.filter(try_at__lte=self.now, closes_at__gt=self.now).exists():
            self.begin_batch()
            if not send_batch(self, lambda: self.now):
                break

    def begin_batch(self) -> None:
        """Is called before a sender claims a batch."""


class Behaviour(StrEnum):
    """The ways in which the server and its sender treat one message."""

    KEEP = "keep"
    DEFER = "421 to the recipient"
    BUSY = "451 to the message"
    NOBODY = "550 to the recipient"
    REFUSE = "554 to the message"
    AWAY = "no connection"
    LOSE_ANSWER = "kept, and dropped after the final dot"
    LOSE_BOTH = "dropped after the final dot, not kept"
    DIE_BEFORE = "the worker dies before the server has it"
    DIE_AFTER = "the worker dies after the server has it"
    FREEZE = "kept, and the worker frozen until its lease is over"


ANSWERS = {
    Behaviour.DEFER: Answer(Outcome.DEFERRED, Phase.RECIPIENT, 421, "too busy"),
    Behaviour.BUSY: Answer(Outcome.DEFERRED, Phase.DATA, 451, "later"),
    Behaviour.NOBODY: Answer(Outcome.REFUSED, Phase.RECIPIENT, 550, "5.1.1 nobody of that name"),
    Behaviour.REFUSE: Answer(Outcome.REFUSED, Phase.DATA, 554, "5.7.1 not this one"),
    Behaviour.AWAY: Answer(Outcome.UNAVAILABLE, Phase.CONNECT, None, "refused"),
    Behaviour.LOSE_ANSWER: Answer(Outcome.UNCERTAIN, Phase.ANSWER, None, "closed"),
    Behaviour.LOSE_BOTH: Answer(Outcome.UNCERTAIN, Phase.ANSWER, None, "closed"),
}
ARRIVES = {Behaviour.KEEP, Behaviour.LOSE_ANSWER, Behaviour.DIE_AFTER, Behaviour.FREEZE}


class WorkerKilled(BaseException):
    """kill -9: nobody catches it, and nothing is cleaned up."""


@dataclass(frozen=True)
class Handover:
    at: datetime
    recipient: str
    delivery_id: str
    behaviour: Behaviour
    message: bytes

    @cached_property
    def text(self) -> bytes:
        """Return the message as it is read, both parts."""
        return a2b_qp(self.message)


class ScriptedServer(InProcessServer):
    """Follows its script, one behaviour a message; when that is over it keeps everything.

    `on_batch` is told when a sender claims a batch, `on_message` of each message when it is on the wire, and
    `on_answer` when its answer is given; `meanwhile` runs once in between, and `while_frozen` while a worker
    is frozen.
    """

    def __init__(
        self,
        now: datetime,
        on_batch: Callable[[datetime], None],
        on_message: Callable[[Handover], None],
        on_answer: Callable[[Handover], None],
        while_frozen: Callable[[], None],
    ) -> None:
        super().__init__(now)
        self.script: deque[Behaviour] = deque()
        self.meanwhile: Callable[[], None] | None = None
        self._on_batch, self._on_message, self._on_answer = on_batch, on_message, on_answer
        self._while_frozen = while_frozen

    def begin_batch(self) -> None:
        self._on_batch(self.now)

    def send(self, sender: str, recipient: str, message: bytes, then: Envelope | None = None) -> Answer:
        behaviour = self.script.popleft() if self.script else Behaviour.KEEP
        arrival = self.keep(recipient, message)
        handover = Handover(self.now, recipient, arrival.delivery_id, behaviour, message)
        self._on_message(handover)
        self.now += QUICK if behaviour is Behaviour.KEEP and not self.meanwhile else SLOW
        if self.meanwhile:
            run, self.meanwhile = self.meanwhile, None
            run()
        if behaviour in (Behaviour.DIE_BEFORE, Behaviour.DIE_AFTER):
            raise WorkerKilled
        if behaviour is Behaviour.FREEZE:
            self.now += LEASE_AND_MORE
            self._while_frozen()
        self._on_answer(handover)
        return ANSWERS.get(behaviour, ACCEPTED)

    def send_due(self) -> None:
        """Send what is due; a worker that is killed leaves the rest as it is."""
        with suppress(WorkerKilled):
            super().send_due()
