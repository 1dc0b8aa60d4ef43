"""Results: what became of each message, written on its own and before the next one leaves.

On PostgreSQL the record of an accepted message is on its way before the next message is, and answered
while that one is composed (pipeline). No more than one is unanswered when a message is handed over.
What a database that went away did not take is kept and written again when it is back, under the same
lease. If that was lost meanwhile, somebody else sends the message once more, and it is marked uncertain.
"""

import json
import logging
from collections import deque
from collections.abc import Callable
from datetime import datetime
from time import monotonic, sleep
from typing import Any

from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError, connection
from psycopg import Error as PostgresError

from challenge.delivery.claim import LOST, doubt, settle
from challenge.delivery.pipeline import Pipeline
from challenge.models import Attempt, Delivery

log = logging.getLogger(__name__)

Stop = Callable[[], bool]
# How long a sender keeps what it could not write.
KEEP_SECONDS = 600
AGAIN_SECONDS = 0.5
# Whatever has a lease is being sent (a constraint says so). Naming the state as well would make PostgreSQL
# look through all that is being sent, for each mail: it takes the index of that for a very small one.
SENT = f"""
    UPDATE {Delivery._meta.db_table}
    SET state = 'sent', sent_at = $1::timestamptz, revision_id = $2::bigint,
        reason = '', attempts = $3::jsonb, lease = NULL, leased_until = NULL
    WHERE id = $4::uuid AND lease = $5::uuid
"""

Job = tuple[Delivery, dict[str, Any]]


def never() -> bool:
    """Nobody asks to stop."""
    return False


class Results:
    """Writes results for one sender."""

    def __init__(self, stop: Stop = never) -> None:
        self._stop = stop
        self._unanswered: deque[Job] = deque()
        self._pipeline = Pipeline(SENT) if connection.vendor == "postgresql" else None

    def close(self) -> None:
        """Wait until all is answered, and hang up."""
        self.hear()
        if self._pipeline:
            self._pipeline.close()

    def sent(
        self,
        delivery: Delivery,
        *,
        sent_at: datetime,
        revision_id: int | None,
        attempts: list[Attempt],
    ) -> None:
        """A message was accepted."""
        result = {
            "state": Delivery.State.SENT,
            "sent_at": sent_at,
            "revision_id": revision_id,
            "reason": "",
            "attempts": attempts,
        }
        if self._pipeline is None or connection.in_atomic_block:
            self.settle(delivery, **result)
            return
        self._unanswered.append((delivery, result))
        values = [
            sent_at.isoformat().encode(),
            b"%d" % revision_id if revision_id is not None else None,
            json.dumps(attempts).encode(),
            delivery.id.hex.encode(),
            delivery.lease.hex.encode() if delivery.lease else None,
        ]
        try:
            self._pipeline.send(values)
            self._hear(leave=1)
        except (OSError, PostgresError, DatabaseError) as error:
            self._save(error)

    def settle(self, delivery: Delivery, **result: Any) -> None:
        """Any other result."""
        if connection.in_atomic_block:
            settle(delivery, **result)
        else:
            self._keep_trying(delivery, result)

    def hear(self) -> None:
        """Wait until everything is answered."""
        try:
            self._hear(leave=0)
        except (OSError, PostgresError, DatabaseError) as error:
            self._save(error)

    def _hear(self, leave: int) -> None:
        """Take answers until no more than so many are missing."""
        while len(self._unanswered) > leave:
            assert self._pipeline is not None
            if not self._pipeline.answer():
                delivery, result = self._unanswered[0]
                log.warning(LOST, delivery.id)
                doubt(delivery, result["sent_at"])
            self._unanswered.popleft()

    def _save(self, error: Exception) -> None:
        """The connection broke: write what is unanswered on another, or leave it to rescue."""
        assert self._pipeline is not None
        log.warning(
            "the database went away: %s; %s results are kept", type(error).__name__, len(self._unanswered)
        )
        self._pipeline.close()
        kept, self._unanswered = self._unanswered, deque()
        for delivery, result in kept:
            self._keep_trying(delivery, result)

    def _keep_trying(self, delivery: Delivery, result: dict[str, Any]) -> None:
        until = monotonic() + KEEP_SECONDS
        while True:
            try:
                if not settle(delivery, **result) and result.get("state") == Delivery.State.SENT:
                    doubt(delivery, result["sent_at"])
            except (OperationalError, InterfaceError) as error:
                if self._stop() or monotonic() > until:
                    raise
                log.warning("delivery %s: no database to record it in: %s", delivery.id, type(error).__name__)
                connection.close()
                sleep(AGAIN_SECONDS)
            else:
                return
