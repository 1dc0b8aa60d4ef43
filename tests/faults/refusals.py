"""F8: a server to which one address in ten does not exist."""

from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from challenge.models import Delivery, Enrollment, Program, Suppression
from tests.faults.outcome import Outcome, Scale
from tests.faults.tally import Tally, arrivals
from tests.faults.travel import Travel, faulty_server
from tests.support.crowd import crowd
from tests.support.faulty_session import Act
from tests.support.faulty_smtp import FaultyServer
from tests.support.smtp_acts import say

TITLE = "5xx: one address in ten does not exist"
BOUND = "1 attempt each, then suppressed; the rest untouched"
RUNNERS = {Scale.SMALL: 40, Scale.FULL: 1500}
EACH = 10
GONE = (
    say("550 no such user"),
    say("550-5.1.1 The account\r\n550 5.1.1 does not exist"),
    say("553 5.1.3 no"),
)
DAY = timedelta(days=1)


def run(scale: Scale, folder: Path) -> Outcome:
    enrollments = crowd(Program.objects.get(), RUNNERS[scale])
    gone = {enrollment.pk: enrollment.runner.email for enrollment in enrollments[::EACH]}
    with faulty_server() as server:
        server.script = Unknown(list(gone.values()))
        travel = Travel(timezone.now())
        travel.until(travel.now + DAY + timedelta(hours=1))  # and the next day's lessons
    tally = Tally(arrivals(server))
    refused = Delivery.objects.filter(enrollment__in=gone)
    outcome = Outcome(len(tally.deliveries), len(gone), doubled=tally.doubled, uncertain=tally.uncertain)
    outcome.lost = tally.lost - refused.count()
    outcome.breaches = breaches(tally, server, gone)
    outcome.note = f"{Suppression.objects.count()} suppressed"
    return outcome


class Unknown:
    """Knows all recipients but these."""

    def __init__(self, addresses: list[str]) -> None:
        self._answers = {address: GONE[place % len(GONE)] for place, address in enumerate(addresses)}

    def __call__(self, phase: str, recipient: str) -> Act | None:
        return self._answers.get(recipient) if phase == "recipient" else None


def breaches(tally: Tally, server: FaultyServer, gone: dict[int, str]) -> list[str]:
    said = []
    asked = [recipient for phase, recipient in server.asked if phase == "recipient"]
    if any(asked.count(address) != 1 for address in gone.values()):
        said.append("an address that does not exist was tried more than once, or never")
    if Suppression.objects.count() != len(gone):
        said.append(f"{Suppression.objects.count()} addresses are suppressed, not {len(gone)}")
    if Enrollment.objects.filter(pk__in=gone, next_due_at__isnull=False).exists():
        said.append("a runner whose address does not exist is due again")
    sound = [delivery for delivery in tally.deliveries if delivery.enrollment_id not in gone]
    if any(delivery.state != Delivery.State.SENT or len(delivery.attempts) != 1 for delivery in sound):
        said.append("a neighbour's mail did not go at the first try")
    if len(sound) != 2 * (Enrollment.objects.count() - len(gone)):
        said.append("a neighbour did not get both days")
    if tally.doubled or tally.uncertain:
        said.append(f"{tally.doubled} doubled, {tally.uncertain} uncertain")
    return said
