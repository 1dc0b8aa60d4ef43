"""The ledger beside what a mail server was given."""

from collections import Counter
from math import inf

from challenge.models import Delivery
from tests.faults.report import Result
from tests.support.smtp_server import SmtpServer
from tests.support.workers import Mailroom, wait_until

State = Delivery.State


def arrivals(server: SmtpServer) -> Counter[str]:
    """Count how often each Message-ID reached a server."""
    return Counter(message.message_id for message in server.arrived)


class Reconciliation:
    """The whole ledger beside how often each Message-ID arrived: `lost` did not, or are not recorded as
    sent; `doubled` are arrivals after the first; `uncertain` are marked so."""

    def __init__(self, arrived: Counter[str]) -> None:
        self.arrived = arrived
        self.deliveries = list(Delivery.objects.all())
        known = {delivery.message_id: delivery for delivery in self.deliveries}
        sent = {name for name, delivery in known.items() if delivery.state == State.SENT}
        self.lost = len(known) - len(sent & set(arrived))
        self.strangers = len(set(arrived) - set(known))
        self.doubled = arrived.total() - len(arrived)
        self.uncertain = sum(delivery.uncertain for delivery in self.deliveries)
        self.unmarked = sum(
            times > 1 and not known[name].uncertain for name, times in arrived.items() if name in known
        )

    def breaches(self, most_doubled: int, most_uncertain: int | None = None) -> list[str]:
        """Return what no fault may do: lose a message, double more than so many, or double one unmarked."""
        said = []
        if self.lost:
            said.append(f"{self.lost} lost")
        if self.strangers:
            said.append(f"{self.strangers} messages are in no ledger")
        if self.doubled > most_doubled:
            said.append(f"{self.doubled} doubled, {most_doubled} allowed")
        if self.unmarked:
            said.append(f"{self.unmarked} doubled and not marked uncertain")
        if most_uncertain is not None and self.uncertain > most_uncertain:
            said.append(f"{self.uncertain} marked uncertain, {most_uncertain} can be")
        return said

    def result(
        self,
        mails: int,
        injected: int,
        stall: float | None = None,
        most_doubled: int = 0,
        most_uncertain: int | None = 0,
    ) -> Result:
        breaches = self.breaches(most_doubled, most_uncertain)
        return Result(mails, injected, self.lost, self.doubled, self.uncertain, stall, breaches=breaches)


def all_sent(count: int) -> bool:
    return Delivery.objects.filter(state=State.SENT).count() == count


def reconcile(
    room: Mailroom, mails: int, injected: int, stall: float | None, *, kills: int = 0, longest: float = inf
) -> Result:
    """Compare one row for each mail with the log of the sink: each kill may double one and mark it."""
    wait_until(lambda: all_sent(mails), 60, "the last is recorded", 0.1)
    found = Reconciliation(room.arrived())
    result = found.result(mails, injected, stall, kills, kills)
    if len(found.deliveries) != mails:
        result.breaches.append(f"{len(found.deliveries)} rows for {mails} mails")
    if kills and (wrong := sum(not _adds_up(row, found.arrived[row.message_id]) for row in found.deliveries)):
        result.breaches.append(f"{wrong} rows tell another story than the server")
    if stall is not None and stall > longest:
        result.breaches.append(f"nothing was sent for {stall:.0f} s")
    return result


def _adds_up(delivery: Delivery, arrived: int) -> bool:
    """Return whether a row's attempts end with yes, name the doubtful ones before, and cover all arrivals."""
    outcomes = [attempt["outcome"] for attempt in delivery.attempts]
    return (
        outcomes[-1:] == ["accepted"]
        and set(outcomes[:-1]) <= {"uncertain"}
        and delivery.uncertain == (len(outcomes) > 1)
        and arrived <= len(outcomes)
    )
