"""The workers' round in this process, under a clock that jumps from one thing that is due to the next."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from time import monotonic

from django.conf import settings
from django.db.models import Min

from challenge.delivery.plan import plan
from challenge.delivery.rescue import close, rescue
from challenge.delivery.send import send_batch
from challenge.delivery.smtp.transport import Envelope, Transport
from challenge.models import Delivery, Enrollment
from challenge.models.attempt import Answer
from tests.support.faulty_smtp import FaultyServer

State = Delivery.State


class Timed(Transport):
    """Knows how long its longest attempt took, in seconds."""

    def __init__(self) -> None:
        super().__init__()
        self.longest = 0.0

    def send(self, sender: str, recipient: str, message: bytes, then: Envelope | None = None) -> Answer:
        began = monotonic()
        answer = super().send(sender, recipient, message, then)
        self.longest = max(self.longest, monotonic() - began)
        return answer


class Travel:
    """`now` is the travelled instant; `step` the least jump: as often as the workers look."""

    def __init__(self, now: datetime, step: timedelta = timedelta(seconds=5)) -> None:
        self.now, self._step = now, step
        self.longest_attempt = 0.0

    def until(self, end: datetime) -> None:
        """Do all that falls due up to an instant, when it does."""
        while self.now <= end:
            self.round()
            self.now = max(self._next() or end, self.now + self._step)
        self.now = end

    def round(self) -> None:
        """Rescue, close, plan and send what is due now."""
        close(self.now)
        rescue(self.now)
        while plan(self.now):
            pass
        transport = Timed()
        with transport:
            while send_batch(transport, lambda: self.now):
                pass
        self.longest_attempt = max(self.longest_attempt, transport.longest)

    def _next(self) -> datetime | None:
        """When the next thing falls due."""
        waiting = Delivery.objects.filter(state__in=[State.QUEUED, State.RETRY])
        moments = [
            waiting.aggregate(at=Min("try_at"))["at"],
            Delivery.objects.filter(state=State.SENDING).aggregate(at=Min("leased_until"))["at"],
            Enrollment.objects.aggregate(at=Min("next_due_at"))["at"],
        ]
        return min((moment for moment in moments if moment), default=None)


@contextmanager
def faulty_server(seconds: int | None = None) -> Iterator[FaultyServer]:
    """A faulty mail server for this process, which waits `seconds` for it (SMTP_TIMEOUT)."""
    names = ("EMAIL_HOST", "EMAIL_PORT", "SMTP_TIMEOUT", "INBOX_DIR")
    before = {name: getattr(settings, name) for name in names}
    with FaultyServer() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.INBOX_DIR = "127.0.0.1", server.port, ""
        settings.SMTP_TIMEOUT = seconds or before["SMTP_TIMEOUT"]
        try:
            yield server
        finally:
            for name, value in before.items():
                setattr(settings, name, value)
