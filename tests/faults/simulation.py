"""The workers' round in this process, under a clock that jumps from one thing that is due to the next."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from time import monotonic

from django.conf import settings
from django.test import override_settings
from django.utils import timezone

from challenge.delivery.plan import plan
from challenge.delivery.rescue import close, rescue
from challenge.delivery.send import send_batch
from challenge.delivery.smtp.transport import Envelope, Transport
from challenge.models import Program
from challenge.models.attempt import Answer
from tests.faults.reconciliation import Reconciliation, arrivals
from tests.support.crowd import crowd
from tests.support.smtp_script import Script, accept
from tests.support.smtp_server import SmtpServer
from tests.support.stepping import next_due


class TimedTransport(Transport):
    """Knows how long its longest attempt took, in seconds."""

    def __init__(self) -> None:
        super().__init__()
        self.longest = 0.0

    def send(self, sender: str, recipient: str, message: bytes, then: Envelope | None = None) -> Answer:
        began = monotonic()
        answer = super().send(sender, recipient, message, then)
        self.longest = max(self.longest, monotonic() - began)
        return answer


class SimulatedWorkers:
    """`now` is the simulated instant; `step` the smallest jump: as often as the workers look."""

    def __init__(self, now: datetime, step: timedelta = timedelta(seconds=5)) -> None:
        self.now, self._step = now, step
        self.longest_attempt = 0.0

    def run_until(self, end: datetime) -> None:
        """Do everything that falls due up to an instant, in order."""
        while self.now <= end:
            self.run_once()
            self.now = max(next_due() or end, self.now + self._step)
        self.now = end

    def run_once(self) -> None:
        close(self.now)
        rescue(self.now)
        while plan(self.now):
            pass
        transport = TimedTransport()
        with transport:
            while send_batch(transport, lambda: self.now):
                pass
        self.longest_attempt = max(self.longest_attempt, transport.longest)


@contextmanager
def site_mail_server(script: Script = accept, timeout: int | None = None) -> Iterator[SmtpServer]:
    """Run the mail server of this process's site, which waits `timeout` seconds for it (SMTP_TIMEOUT)."""
    with (
        SmtpServer(script) as server,
        override_settings(
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=server.port,
            INBOX_DIR="",
            SMTP_TIMEOUT=timeout or settings.SMTP_TIMEOUT,
        ),
    ):
        yield server


def send_for_hours(
    mails: int, script: Script, step: timedelta = timedelta(seconds=5)
) -> tuple[SmtpServer, Reconciliation]:
    """Send the lesson of so many runners within six simulated hours, to a server that follows a script."""
    crowd(Program.objects.get(), mails)
    with site_mail_server(script) as server:
        workers = SimulatedWorkers(timezone.now(), step)
        workers.run_until(workers.now + timedelta(hours=6))
        return server, Reconciliation(arrivals(server))
