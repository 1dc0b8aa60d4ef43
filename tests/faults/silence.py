"""F11: a server that takes the connection, or the message, and then says nothing, or almost nothing."""

from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from challenge.models import Program
from tests.faults.outcome import Outcome, Scale
from tests.faults.tally import Tally, arrivals
from tests.faults.travel import Travel, faulty_server
from tests.support.crowd import crowd
from tests.support.faulty_session import Act
from tests.support.smtp_acts import drip, silence

TITLE = "Silent SMTP"
BOUND = "an attempt ends within 2 x SMTP_TIMEOUT (30 s as shipped); other mail flows"
MAILS = {Scale.SMALL: 4, Scale.FULL: 50}
# What a loaded machine may add to an attempt.
GRACE = 1.5
DRIPPED = drip(b"250-one moment, please\r\n" * 100, 0.2)
PLACES: dict[Scale, list[tuple[str, Act]]] = {
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


def run(scale: Scale, folder: Path) -> Outcome:
    """One silence at each place, every time with mail of others behind it."""
    outcome = Outcome(0, len(PLACES[scale]), stall=0.0)
    program, now = Program.objects.get(), timezone.now()
    with faulty_server(1 if scale is Scale.SMALL else None) as server:
        bound = 2 * settings.SMTP_TIMEOUT + GRACE
        for phase, act in PLACES[scale]:
            crowd(program, MAILS[scale], first=outcome.mails)
            outcome.mails += MAILS[scale]
            server.script = once = Once(phase, act)
            travel = Travel(now)
            travel.until(now + timedelta(minutes=5))
            now = travel.now
            outcome.stall = max(outcome.stall or 0.0, travel.longest_attempt)
            if not once.asked:
                outcome.breaches.append(f"the server was not silent in {phase}")
            if travel.longest_attempt > bound:
                outcome.breaches.append(f"silent in {phase}: {travel.longest_attempt:.1f} s")
        tally = Tally(arrivals(server))
    outcome.lost, outcome.doubled, outcome.uncertain = tally.lost, tally.doubled, tally.uncertain
    doubtful = sum(phase in ("body", "answer") for phase, _ in PLACES[scale])
    outcome.breaches += tally.breaches(most_doubled=doubtful, most_uncertain=doubtful)
    return outcome


class Once:
    """The act in its phase, the first time only; `asked` says that it was."""

    def __init__(self, phase: str, act: Act) -> None:
        self._phase, self._act, self.asked = phase, act, False

    def __call__(self, phase: str, recipient: str) -> Act | None:
        if phase != self._phase or self.asked:
            return None
        self.asked = True
        return self._act
