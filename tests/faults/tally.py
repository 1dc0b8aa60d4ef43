"""What the ledger says and what a mail server was given, side by side."""

from collections import Counter

from challenge.models import Delivery
from tests.support.faulty_smtp import FaultyServer

State = Delivery.State


def arrivals(server: FaultyServer) -> Counter[str]:
    """How often each Message-ID reached a server as a whole. What it refused did not arrive; what it left
    unanswered may have."""
    whole = [message for message in server.messages if message.complete]
    return Counter(message.message_id for message in whole if message.accepted or not message.answer)


class Tally:
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

    def breaches(self, *, most_doubled: int, most_uncertain: int | None = None) -> list[str]:
        """What no fault may do: lose a message, double more than so many, or double one unmarked."""
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
