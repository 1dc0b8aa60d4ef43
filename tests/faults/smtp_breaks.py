"""F9, F10 and F11: a server that hangs up before it has a message, or after, or is silent."""

import random
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from challenge.models import Program
from tests.faults.reconciliation import Reconciliation, arrivals
from tests.faults.report import Fault, Result, Scale
from tests.faults.simulation import SimulatedWorkers, send_for_hours, site_mail_server
from tests.support.crowd import crowd
from tests.support.smtp_script import Once, Reply, drip, drop, silence

MAILS = {Scale.SMALL: 60, Scale.FULL: 2000}
SILENT_MAILS = {Scale.SMALL: 4, Scale.FULL: 50}
# What a loaded machine may add to an attempt.
GRACE = 1.5
DRIPPED = drip(b"250-one moment, please\r\n" * 100, 0.2)
SILENCES: dict[Scale, list[tuple[str, Reply]]] = {
    Scale.SMALL: [("greeting", silence), ("recipient", DRIPPED), ("answer", silence)],
    Scale.FULL: [
        *(
            (phase, silence)
            for phase in ("greeting", "ehlo", "sender", "recipient", "data", "body", "answer")
        ),
        ("ehlo", DRIPPED),
        ("answer", DRIPPED),
    ],
}


class EarlyDrops:
    """Hangs up at some step before the server has a message, in one connection of five."""

    SHARE, SEED = 0.2, 9
    PHASES = ("greeting", "ehlo", "sender", "recipient", "data")
    WAYS = (
        drop(),
        drop(reset=False),
        drop(b"25"),
        drop(b"250-and\r\n", reset=False),
        drop(b"550 5.1", reset=False),
    )

    def __init__(self) -> None:
        self._chance = random.Random(self.SEED)
        self.drops = 0

    def __call__(self, phase: str, recipient: str) -> Reply:
        if phase not in self.PHASES or self._chance.random() > self.SHARE / len(self.PHASES):
            return None
        self.drops += 1
        return self._chance.choice(self.WAYS)


def drop_before_data(scale: Scale, folder: Path) -> Result:
    script = EarlyDrops()
    server, found = send_for_hours(MAILS[scale], script)
    result = found.result(MAILS[scale], script.drops)
    tries = max(len(delivery.attempts) for delivery in found.deliveries)
    result.note = f"{tries} attempts at most, {server.connections} connections"
    return result


class LateDrops:
    """Hangs up after the final dot: for some recipients the first time, for a few each time."""

    ONCE, ALWAYS, SEED = 0.1, 0.02, 10
    WAYS = (drop(), drop(reset=False), drop(b"25"), drop(b"250 kept", reset=False))

    def __init__(self) -> None:
        self._chance = random.Random(self.SEED)
        self._known: set[str] = set()
        self.once: set[str] = set()
        self.always: set[str] = set()
        self.drops = 0

    def __call__(self, phase: str, recipient: str) -> Reply:
        if phase != "answer":
            return None
        again = recipient in self._known
        if not again:
            self._known.add(recipient)
            drawn = self._chance.random()
            if drawn < self.ONCE + self.ALWAYS:
                (self.always if drawn < self.ALWAYS else self.once).add(recipient)
        if recipient not in self.always and (again or recipient not in self.once):
            return None
        self.drops += 1
        return self._chance.choice(self.WAYS)


def drop_after_the_final_dot(scale: Scale, folder: Path) -> Result:
    """Nobody knows whether such a server has the message."""
    script = LateDrops()
    _server, found = send_for_hours(MAILS[scale], script)
    doubtful = len(script.once | script.always)
    result = found.result(MAILS[scale], script.drops, most_doubled=doubtful, most_uncertain=None)
    most = max(found.arrived.values())
    result.note = f"{most} arrivals of one message at most"
    if most > 2:
        result.breaches.append(f"one message went {most} times")
    if found.uncertain != doubtful:
        result.breaches.append(f"{found.uncertain} are marked uncertain")
    for delivery in found.deliveries:
        tries = [(attempt["phase"], attempt["outcome"]) for attempt in delivery.attempts]
        if tries[:-1] not in ([], [("answer", "uncertain")]) or len(tries) > 2:
            result.breaches.append(f"a message has the attempts {tries}")
    return result


def fall_silent(scale: Scale, folder: Path) -> Result:
    """Be silent once in each phase, every time with mail of others behind it."""
    mails, slowest, breaches = 0, 0.0, list[str]()
    program, now = Program.objects.get(), timezone.now()
    with site_mail_server(timeout=1 if scale is Scale.SMALL else None) as server:
        bound = 2 * settings.SMTP_TIMEOUT + GRACE
        for phase, reply in SILENCES[scale]:
            crowd(program, SILENT_MAILS[scale], first=mails)
            mails += SILENT_MAILS[scale]
            server.script = once = Once(phase, reply, only_first=True)
            workers = SimulatedWorkers(now)
            workers.run_until(now + timedelta(minutes=5))
            now, slowest = workers.now, max(slowest, workers.longest_attempt)
            if not once.asked:
                breaches.append(f"the server was not silent in {phase}")
            if workers.longest_attempt > bound:
                breaches.append(f"silent in {phase}: {workers.longest_attempt:.1f} s")
        found = Reconciliation(arrivals(server))
    doubtful = sum(phase in ("body", "answer") for phase, _ in SILENCES[scale])
    result = found.result(mails, len(SILENCES[scale]), slowest, doubtful, doubtful)
    result.breaches += breaches
    return result


F9 = Fault(
    "Connection dropped before DATA", "all tried again and sent, 0 doubled, 0 uncertain", drop_before_data
)
F10 = Fault(
    "Dropped after the final dot",
    "at most 1 retry, under the same Message-ID, recorded as uncertain",
    drop_after_the_final_dot,
)
F11 = Fault(
    "Silent SMTP",
    "an attempt ends within 2 x SMTP_TIMEOUT (30 s as shipped); other mail flows",
    fall_silent,
)
