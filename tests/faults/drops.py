"""F9: a server that hangs up before it has taken a message, in one conversation of five."""

import random
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from challenge.models import Program
from tests.faults.outcome import Outcome, Scale
from tests.faults.tally import Tally, arrivals
from tests.faults.travel import Travel, faulty_server
from tests.support.crowd import crowd
from tests.support.faulty_session import Act
from tests.support.smtp_acts import drop

TITLE = "Connection dropped before DATA"
BOUND = "all tried again and sent, 0 doubled, 0 uncertain"
MAILS = {Scale.SMALL: 60, Scale.FULL: 2000}
SHARE, SEED = 0.2, 9
WAYS = (
    drop(),
    drop(reset=False),
    drop(b"25"),
    drop(b"250-and\r\n", reset=False),
    drop(b"550 5.1", reset=False),
)


def run(scale: Scale, folder: Path) -> Outcome:
    count = MAILS[scale]
    crowd(Program.objects.get(), count)
    with faulty_server() as server:
        server.script = script = Drops()
        travel = Travel(timezone.now())
        travel.until(travel.now + timedelta(hours=6))
        tally = Tally(arrivals(server))
    outcome = Outcome(count, script.drops, tally.lost, tally.doubled, tally.uncertain)
    outcome.breaches = tally.breaches(most_doubled=0, most_uncertain=0)
    tries = max(len(delivery.attempts) for delivery in tally.deliveries)
    outcome.note = f"{tries} attempts at most, {server.connections} connections"
    return outcome


class Drops:
    """Hangs up at some step before the server has said that it takes the message."""

    def __init__(self) -> None:
        self._chance = random.Random(SEED)
        self.drops = 0

    def __call__(self, phase: str, recipient: str) -> Act | None:
        early = ("greeting", "ehlo", "sender", "recipient", "data")
        if phase not in early or self._chance.random() > SHARE / len(early):
            return None
        self.drops += 1
        return self._chance.choice(WAYS)
