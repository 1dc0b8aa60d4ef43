"""A mail server within the process that does what a script says, and workers that die of it."""

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from challenge.delivery.smtp.transport import Envelope
from challenge.models.attempt import Answer, Outcome, Phase
from tests.faults.postbox import ACCEPTED, Postbox

# A message takes as long. Where something has happened meanwhile that may stand against the next one, it is
# long enough for the sender to ask again (delivery.send.FRESH_FOR).
QUICK, SLOW = timedelta(milliseconds=50), timedelta(seconds=1)
LEASE_AND_MORE = timedelta(seconds=90)


class Act(StrEnum):
    """What happens to one message that is handed over."""

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
    Act.DEFER: Answer(Outcome.DEFERRED, Phase.RECIPIENT, 421, "too busy"),
    Act.BUSY: Answer(Outcome.DEFERRED, Phase.DATA, 451, "later"),
    Act.NOBODY: Answer(Outcome.REFUSED, Phase.RECIPIENT, 550, "5.1.1 nobody of that name"),
    Act.REFUSE: Answer(Outcome.REFUSED, Phase.DATA, 554, "5.7.1 not this one"),
    Act.AWAY: Answer(Outcome.UNAVAILABLE, Phase.CONNECT, None, "refused"),
    Act.LOSE_ANSWER: Answer(Outcome.UNCERTAIN, Phase.ANSWER, None, "closed"),
    Act.LOSE_BOTH: Answer(Outcome.UNCERTAIN, Phase.ANSWER, None, "closed"),
}
ARRIVES = {Act.KEEP, Act.LOSE_ANSWER, Act.DIE_AFTER, Act.FREEZE}


class Death(BaseException):
    """kill -9: nobody catches it, and nothing is tidied up."""


@dataclass(frozen=True)
class Handed:
    """One message that was handed over, and what happened to it."""

    at: datetime
    recipient: str
    delivery_id: str
    act: Act


class Server(Postbox):
    """Follows its script, one act a message; when that is over it keeps everything.

    `hears` is told of each message when it is on the wire, `answers` when its answer is given; `meanwhile`
    runs once in between, and `thaws` while a worker is frozen.
    """

    def __init__(
        self,
        now: datetime,
        hears: Callable[[Handed], None],
        answers: Callable[[Handed], None],
        thaws: Callable[[], None],
    ) -> None:
        super().__init__(now)
        self.script: deque[Act] = deque()
        self.meanwhile: Callable[[], None] | None = None
        self._hears, self._answers, self._thaws = hears, answers, thaws

    def hand_over(self, sender: str, recipient: str, message: bytes, then: Envelope | None = None) -> Answer:
        act = self.script.popleft() if self.script else Act.KEEP
        arrival = self.keep(recipient, message)
        handed = Handed(self.now, recipient, arrival.delivery_id, act)
        self._hears(handed)
        self.now += QUICK if act is Act.KEEP and not self.meanwhile else SLOW
        if self.meanwhile:
            run, self.meanwhile = self.meanwhile, None
            run()
        if act in (Act.DIE_BEFORE, Act.DIE_AFTER):
            raise Death
        if act is Act.FREEZE:
            self.now += LEASE_AND_MORE
            self._thaws()
        self._answers(handed)
        return ANSWERS.get(act, ACCEPTED)

    def send(self) -> None:
        """Send what is due; a worker that dies leaves the rest as it is."""
        with suppress(Death):
            super().send_due()
