"""The senders of a worker: one where the mail server is near, several where each answer takes its time.

A sender waits for the answer to each message before it sends the next, so against a server that is far
away connections count, not speed. Each sender is a thread with a connection and a batch of its own.
"""

import threading
from collections.abc import Callable
from time import monotonic

from django.conf import settings
from django.db import connection

from challenge.delivery.results import Stop, never
from challenge.delivery.send import Clock, Sender, drain
from challenge.delivery.smtp.transport import Transport

# A server that takes longer than this for a message is far away. Nearer, one sender keeps a core busy,
# and a worker that dies has one message on the wire, not several.
FAR_SECONDS = 0.004
# So many connections more after each batch: fewer than the refusals in a row by which a server says no to all
# mail (circuit_breaker.THRESHOLD), if it takes none of them.
MORE_AT_ONCE = 7


def send_due(
    clock: Clock, seconds: float, stop: Stop = never, call_others: Callable[[], None] = lambda: None
) -> bool:
    """Send until nothing is due, the server is away, the time is up, or somebody asks to stop. True
    when more may be due. `call_others` is called once, as soon as there is more than one batch: other
    workers may help. Raises what stopped a sender, when all have ended."""
    pool = SenderPool(clock, seconds, stop, call_others)
    pool.run()
    return pool.more


class SenderPool:
    """The senders of one worker, for as long as they have something to do."""

    def __init__(self, clock: Clock, seconds: float, stop: Stop, call_others: Callable[[], None]) -> None:
        self._clock, self._stop, self._call_others = clock, stop, call_others
        self._end = monotonic() + seconds
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._errors: list[BaseException] = []
        self._has_called = False
        self.more = False

    def run(self) -> None:
        try:
            self._drain()
        finally:
            for thread in self._threads:  # grows while it is gone through, until the last has ended
                thread.join()
        if self._errors:
            raise self._errors[0]

    def _drain(self) -> None:
        with Transport() as transport:
            more = drain(transport, self._clock, self._end - monotonic(), self._stop, self._join_in)
        self.more = self.more or more

    def _join_in(self, sender: Sender) -> None:
        """Let other workers help after a batch, and where the server is far away, other senders."""
        with self._lock:
            if not self._has_called:
                self._has_called = True
                self._call_others()
            missing = settings.SMTP_CONNECTIONS - 1 - len(self._threads)
            for _number in range(min(missing, MORE_AT_ONCE) if sender.wait > FAR_SECONDS else 0):
                thread = threading.Thread(target=self._drain_apart, name=f"sender-{len(self._threads) + 2}")
                self._threads.append(thread)
                thread.start()

    def _drain_apart(self) -> None:
        try:
            self._drain()
        except BaseException as error:
            self._errors.append(error)
        finally:
            connection.close()
