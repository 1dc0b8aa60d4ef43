"""The senders of a worker: one for a nearby mail server, several for a server with slow answers.

A sender waits for the answer to each message before it sends the next, so against a distant server the speed
depends on the number of connections. Each sender is a thread with its own connection and batch.
"""

import threading
from collections.abc import Callable
from time import monotonic

from django.conf import settings
from django.db import connection

from challenge.delivery.results import Stop, never
from challenge.delivery.send import Clock, Sender, drain
from challenge.delivery.smtp.transport import Transport

# A server that takes longer than this for a message is distant. With a nearby server one sender uses a whole
# core, and a worker that dies has one uncertain message, not several.
FAR_SECONDS = 0.004
# The number of connections added after each batch: fewer than the refusals in a row that suspend all mail
# (circuit_breaker.THRESHOLD), in case the server refuses them all.
MORE_AT_ONCE = 7


def send_due(
    clock: Clock, seconds: float, stop: Stop = never, call_others: Callable[[], None] = lambda: None
) -> bool:
    """Send until nothing is due, the server is away, the time is over, or `stop` returns True. Return whether
    more may be due. `call_others` is called once there is more than one batch: other workers may help. Raises
    a sender's error when all senders have ended."""
    pool = SenderPool(clock, seconds, stop, call_others)
    pool.run()
    return pool.more


class SenderPool:
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
            for thread in self._threads:  # the list grows during the loop, until the last thread has ended
                thread.join()
        if self._errors:
            raise self._errors[0]

    def _drain(self) -> None:
        with Transport() as transport:
            more = drain(transport, self._clock, self._end - monotonic(), self._stop, self._join_in)
        self.more = self.more or more

    def _join_in(self, sender: Sender) -> None:
        """Let other workers help after a batch; with a distant server, start more senders."""
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
