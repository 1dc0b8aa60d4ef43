"""F7 and F8: a server that defers three messages in ten; one that does not know one address in ten."""

import random
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from django.utils import timezone

from challenge.delivery.recording import LONGEST_WAIT
from challenge.models import Delivery, Enrollment, Program, Suppression
from tests.faults.reconciliation import Reconciliation, arrivals
from tests.faults.report import Fault, Result, Scale
from tests.faults.simulation import SimulatedWorkers, send_for_hours, site_mail_server
from tests.support.crowd import crowd
from tests.support.smtp_script import Reply, drop
from tests.support.smtp_server import SmtpServer

MAILS = {Scale.SMALL: 60, Scale.FULL: 2000}
SHARE, SEED = 0.3, 7
STEP = timedelta(seconds=1)
LATER = ("451 4.3.0 later", "450 4.2.0 greylisted", drop(b"421 4.7.0 too busy\r\n", reset=False))
RUNNERS = {Scale.SMALL: 40, Scale.FULL: 1500}
EACH = 10
GONE = (
    "550 no such user",
    "550-5.1.1 The account\r\n550 5.1.1 does not exist",
    "553 5.1.3 no",
)


def defer(scale: Scale, folder: Path) -> Result:
    storm = Storm()
    _server, found = send_for_hours(MAILS[scale], storm, STEP)
    result = found.result(MAILS[scale], storm.answered)
    waits = [wait for delivery in found.deliveries for wait in waits_of(delivery)]
    result.breaches += [
        f"a message waited {wait} s after its {number}th deferral"
        for number, wait in waits
        if not is_as_promised(number, wait)
    ]
    if len({wait for number, wait in waits if number == 1}) < min(10, len(waits) // 2):
        result.breaches.append("the waits have no jitter")
    if late := sum(is_late(delivery) for delivery in found.deliveries):
        result.breaches.append(f"{late} left after their deadline")
    seconds = [wait for _, wait in waits] or [0]
    result.note = f"{len(waits)} retries after {min(seconds):.0f} to {max(seconds):.0f} s"
    return result


class Storm:
    """Defers about so many messages of ten, each at one phase."""

    def __init__(self) -> None:
        self._chance = random.Random(SEED)
        self._step_of: dict[str, str | None] = {}
        self.answered = 0

    def __call__(self, phase: str, recipient: str) -> Reply:
        if phase == "recipient":
            steps = ("recipient", "data", "answer")
            self._step_of[recipient] = self._chance.choice(steps) if self._chance.random() < SHARE else None
        if not recipient or self._step_of.get(recipient) != phase:
            return None
        self.answered += 1
        return self._chance.choice(LATER)


def waits_of(delivery: Delivery) -> list[tuple[int, float]]:
    """Return the waits before a delivery's second and further attempts, in seconds, each with its number."""
    pairs = pairwise(datetime.fromisoformat(attempt["at"]) for attempt in delivery.attempts)
    return [(number, (then - before).total_seconds()) for number, (before, then) in enumerate(pairs, start=1)]


def is_as_promised(number: int, wait: float) -> bool:
    """Return whether a wait is doubled each time, a quarter more or less, and a look's delay."""
    doubled: float = min(60 * 2 ** (number - 1), LONGEST_WAIT.total_seconds())
    return 0.75 * doubled <= wait <= 1.25 * doubled + 2 * STEP.total_seconds()


def is_late(delivery: Delivery) -> bool:
    sent, closes = delivery.sent_at, delivery.closes_at
    return sent is not None and closes is not None and sent >= closes


def refuse(scale: Scale, folder: Path) -> Result:
    enrollments = crowd(Program.objects.get(), RUNNERS[scale])
    gone = {enrollment.pk: enrollment.runner.email for enrollment in enrollments[::EACH]}
    answers = {address: GONE[number % len(GONE)] for number, address in enumerate(gone.values())}
    with site_mail_server(lambda phase, to: answers.get(to) if phase == "recipient" else None) as server:
        workers = SimulatedWorkers(timezone.now())
        workers.run_until(workers.now + timedelta(days=1, hours=1))  # and the next day's lessons
    found = Reconciliation(arrivals(server))
    result = Result(len(found.deliveries), len(gone), doubled=found.doubled, uncertain=found.uncertain)
    result.lost = found.lost - Delivery.objects.filter(enrollment__in=gone).count()
    result.breaches = refusal_breaches(found, server, gone)
    result.note = f"{Suppression.objects.count()} suppressed"
    return result


def refusal_breaches(found: Reconciliation, server: SmtpServer, gone: dict[int, str]) -> list[str]:
    said = []
    asked = [recipient for phase, recipient in server.asked if phase == "recipient"]
    if any(asked.count(address) != 1 for address in gone.values()):
        said.append("an address that does not exist was tried more than once, or never")
    if Suppression.objects.count() != len(gone):
        said.append(f"{Suppression.objects.count()} addresses are suppressed, not {len(gone)}")
    if Enrollment.objects.filter(pk__in=gone, next_due_at__isnull=False).exists():
        said.append("a runner whose address does not exist is due again")
    sound = [delivery for delivery in found.deliveries if delivery.enrollment_id not in gone]
    if any(delivery.state != Delivery.State.SENT or len(delivery.attempts) != 1 for delivery in sound):
        said.append("a neighbour's mail did not go at the first try")
    if len(sound) != 2 * (Enrollment.objects.count() - len(gone)):
        said.append("a neighbour did not get both days")
    if found.doubled or found.uncertain:
        said.append(f"{found.doubled} doubled, {found.uncertain} uncertain")
    return said


F7 = Fault("4xx storm", "all sent before their deadline, waits that double, with jitter", defer)
F8 = Fault(
    "5xx: one address in ten does not exist", "1 attempt each, then suppressed; the rest untouched", refuse
)
