"""A mail server within the process, for faults that need thousands of courses: real SMTP is too slow."""

import re
from datetime import datetime
from typing import NamedTuple

from challenge.delivery.send import send_batch
from challenge.delivery.smtp.transport import Envelope, Transport
from challenge.models import Delivery
from challenge.models.attempt import Answer, Outcome, Phase

ACCEPTED = Answer(Outcome.ACCEPTED, Phase.ANSWER, 250, "kept")
MESSAGE_ID = re.compile(rb"^Message-ID: <([^@]+)@", re.MULTILINE)


class Arrival(NamedTuple):
    """A message that the server took, and when: who it was for, and its row's id in the ledger."""

    at: datetime
    recipient: str
    delivery_id: str


class Postbox(Transport):
    """A transport that hands nothing on: it keeps what arrives, at an instant that its owner sets."""

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self.now = now
        self.arrived: list[Arrival] = []

    def send(self, sender: str, recipient: str, message: bytes, then: Envelope | None = None) -> Answer:
        self.keep(recipient, message)
        return ACCEPTED

    def keep(self, recipient: str, message: bytes) -> Arrival:
        found = MESSAGE_ID.search(message)
        assert found, "a message without Message-ID"
        arrival = Arrival(self.now, recipient, found[1].decode())
        self.arrived.append(arrival)
        return arrival

    def send_due(self) -> None:
        """Send what is due, as a worker does."""
        due = Delivery.objects.filter(state__in=Delivery.WAITING)
        while due.filter(try_at__lte=self.now, closes_at__gt=self.now).exists():
            if not send_batch(self, lambda: self.now):
                break
