"""F7: a server that answers three messages in ten with "later": 421 and 451, at any step."""

import random
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from django.utils import timezone

from challenge.delivery.backoff import LONGEST
from challenge.models import Delivery, Program
from tests.faults.outcome import Outcome, Scale
from tests.faults.tally import Tally, arrivals
from tests.faults.travel import Travel, faulty_server
from tests.support.crowd import crowd
from tests.support.faulty_session import Act
from tests.support.smtp_acts import drop, say

TITLE = "4xx storm"
BOUND = "all sent before their deadline, waits that double, with jitter"
MAILS = {Scale.SMALL: 60, Scale.FULL: 2000}
SHARE, SEED = 0.3, 7
STEP = timedelta(seconds=1)
LATER = (say("451 4.3.0 later"), say("450 4.2.0 greylisted"), drop(b"421 4.7.0 too busy\r\n", reset=False))


def run(scale: Scale, folder: Path) -> Outcome:
    count = MAILS[scale]
    crowd(Program.objects.get(), count)
    storm = Storm()
    with faulty_server() as server:
        server.script = storm
        travel = Travel(timezone.now(), STEP)
        travel.until(travel.now + timedelta(hours=6))
    tally = Tally(arrivals(server))
    outcome = Outcome(count, storm.answered, tally.lost, tally.doubled, tally.uncertain)
    outcome.breaches = tally.breaches(most_doubled=0, most_uncertain=0)
    waits = [wait for delivery in tally.deliveries for wait in waits_of(delivery)]
    outcome.breaches += [
        f"a message waited {wait} s after its {number}th deferral"
        for number, wait in waits
        if not due(number, wait)
    ]
    if len({wait for number, wait in waits if number == 1}) < min(10, len(waits) // 2):
        outcome.breaches.append("the waits have no jitter")
    if late := sum(is_late(delivery) for delivery in tally.deliveries):
        outcome.breaches.append(f"{late} left after their deadline")
    outcome.note = f"{len(waits)} retries after {min_and_max(waits)}"
    return outcome


class Storm:
    """Puts off about so many messages of ten, each at one step of its way."""

    def __init__(self) -> None:
        self._chance = random.Random(SEED)
        self._fate: dict[str, str | None] = {}
        self.answered = 0

    def __call__(self, phase: str, recipient: str) -> Act | None:
        if phase == "recipient":
            steps = ("recipient", "data", "answer")
            self._fate[recipient] = self._chance.choice(steps) if self._chance.random() < SHARE else None
        if not recipient or self._fate.get(recipient) != phase:
            return None
        self.answered += 1
        return self._chance.choice(LATER)


def waits_of(delivery: Delivery) -> list[tuple[int, float]]:
    """The waits before a delivery's second and further attempts, in seconds, each with its number."""
    moments = [datetime.fromisoformat(attempt["at"]) for attempt in delivery.attempts]
    pairs = pairwise(moments)
    return [(number, (then - before).total_seconds()) for number, (before, then) in enumerate(pairs, start=1)]


def due(number: int, wait: float) -> bool:
    """Whether a wait is as promised: doubled each time, a quarter more or less, and a look's delay."""
    doubled: float = min(60 * 2 ** (number - 1), LONGEST.total_seconds())
    return 0.75 * doubled <= wait <= 1.25 * doubled + 2 * STEP.total_seconds()


def is_late(delivery: Delivery) -> bool:
    sent, closes = delivery.sent_at, delivery.closes_at
    return sent is not None and closes is not None and sent >= closes


def min_and_max(waits: list[tuple[int, float]]) -> str:
    seconds = [wait for _, wait in waits]
    return f"{min(seconds, default=0):.0f} to {max(seconds, default=0):.0f} s"
