"""F10: a server that hangs up after the final dot, so that nobody knows whether it has the message."""

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

TITLE = "Dropped after the final dot"
BOUND = "at most 1 retry, under the same Message-ID, recorded as uncertain"
MAILS = {Scale.SMALL: 60, Scale.FULL: 2000}
SEED = 10
ONCE, ALWAYS = 0.1, 0.02
WAYS = (drop(), drop(reset=False), drop(b"25"), drop(b"250 kept", reset=False))


def run(scale: Scale, folder: Path) -> Outcome:
    count = MAILS[scale]
    crowd(Program.objects.get(), count)
    with faulty_server() as server:
        server.script = script = Doubts()
        travel = Travel(timezone.now())
        travel.until(travel.now + timedelta(hours=6))
        tally = Tally(arrivals(server))
    outcome = Outcome(count, script.drops, tally.lost, tally.doubled, tally.uncertain)
    outcome.breaches = tally.breaches(most_doubled=len(script.once | script.always))
    most = max(tally.arrived.values())
    outcome.note = f"{most} arrivals of one message at most"
    if most > 2:
        outcome.breaches.append(f"one message went {most} times")
    if tally.uncertain != len(script.once | script.always):
        outcome.breaches.append(f"{tally.uncertain} are marked uncertain")
    for delivery in tally.deliveries:
        tries = [(attempt["phase"], attempt["outcome"]) for attempt in delivery.attempts]
        if tries[:-1] not in ([], [("answer", "uncertain")]) or len(tries) > 2:
            outcome.breaches.append(f"a message has the attempts {tries}")
    return outcome


class Doubts:
    """Hangs up after the final dot: for some recipients the first time, for a few each time."""

    def __init__(self) -> None:
        self._chance = random.Random(SEED)
        self._known: set[str] = set()
        self.once: set[str] = set()
        self.always: set[str] = set()
        self.drops = 0

    def __call__(self, phase: str, recipient: str) -> Act | None:
        if phase != "answer":
            return None
        again = recipient in self._known
        if not again:
            self._known.add(recipient)
            drawn = self._chance.random()
            if drawn < ONCE + ALWAYS:
                (self.always if drawn < ALWAYS else self.once).add(recipient)
        if recipient not in self.always and (again or recipient not in self.once):
            return None
        self.drops += 1
        return self._chance.choice(WAYS)
