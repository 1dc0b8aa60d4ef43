"""Results: what became of each message, written on its own and before the next one leaves.

On PostgreSQL the statement for an accepted message goes in libpq's pipeline mode: it is on its way
before the next message is, committed by itself, and answered while that one is composed. No more than
one is unanswered when a message is handed over. What a database that went away did not take is kept
and written again when it is back, under the same lease.
"""

import json
import logging
import select
from collections import deque
from collections.abc import Callable
from datetime import datetime
from itertools import count
from time import monotonic, sleep
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from psycopg import Error, pq

from challenge.delivery.claim import LOST, settle
from challenge.models import Attempt, Delivery

log = logging.getLogger(__name__)

Stop = Callable[[], bool]
# How long a sender keeps what it could not write.
KEEP_SECONDS = 600
AGAIN_SECONDS = 0.5
SENT = f"""
    UPDATE {Delivery._meta.db_table}
    SET state = 'sent', sent_at = $1::timestamptz, revision_id = $2::bigint, uncertain = $3::boolean,
        reason = '', attempts = $4::jsonb, lease = NULL, leased_until = NULL
    WHERE id = $5::uuid AND lease = $6::uuid AND state = 'sending'
"""
_numbers = count()

Job = tuple[Delivery, dict[str, Any]]


def _check(result: pq.abc.PGresult) -> pq.abc.PGresult:
    if result.status != pq.ExecStatus.COMMAND_OK:
        raise OSError(result.error_message.decode("utf-8", "replace"))
    return result


def never() -> bool:
    """Nobody asks to stop."""
    return False


class Results:
    """Writes results for one sender."""

    def __init__(self, stop: Stop = never) -> None:
        self._stop = stop
        self._unanswered: deque[Job] = deque()
        self._pg: pq.abc.PGconn | None = None
        self._prepared: tuple[Any, bytes] | None = None

    def __enter__(self) -> "Results":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.hear()

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
            "uncertain": delivery.uncertain,
            "reason": "",
            "attempts": attempts,
        }
        if connection.vendor != "postgresql" or connection.in_atomic_block:
            self.settle(delivery, **result)
            return
        self._unanswered.append((delivery, result))
        try:
            self._write(delivery, result)
            self._hear(leave=1)
        except (Error, OSError) as error:
            self._save(error)

    def settle(self, delivery: Delivery, **result: Any) -> None:
        """Any other result."""
        self.hear()
        if connection.in_atomic_block:
            settle(delivery, **result)
        else:
            self._keep_trying(delivery, result)

    def hear(self) -> None:
        """Wait until everything is answered: before any other statement on this connection."""
        try:
            self._hear(leave=0)
            if self._pg is not None:
                self._pg.exit_pipeline_mode()
                self._pg = None
        except (Error, OSError) as error:
            self._save(error)

    def _write(self, delivery: Delivery, result: dict[str, Any]) -> None:
        if self._pg is None:
            self._begin()
        assert self._pg is not None
        assert self._prepared is not None
        revision = result["revision_id"]
        values = [
            result["sent_at"].isoformat().encode(),
            str(revision).encode() if revision is not None else None,
            b"t" if result["uncertain"] else b"f",
            json.dumps(result["attempts"]).encode(),
            delivery.id.hex.encode(),
            str(delivery.lease).encode(),
        ]
        self._pg.send_query_prepared(self._prepared[1], values)
        self._pg.pipeline_sync()
        while self._pg.flush():
            select.select([self._pg.socket], [self._pg.socket], [])
            self._pg.consume_input()

    def _begin(self) -> None:
        """Enter pipeline mode, on a connection that knows the statement."""
        connection.ensure_connection()
        raw = connection.connection
        if self._prepared is None or self._prepared[0] is not raw:
            name = f"sent_{next(_numbers)}".encode()
            _check(raw.pgconn.prepare(name, SENT.encode()))
            self._prepared = (raw, name)
        raw.pgconn.enter_pipeline_mode()
        self._pg = raw.pgconn

    def _hear(self, leave: int) -> None:
        """Take answers until no more than so many are missing."""
        while self._pg is not None and len(self._unanswered) > leave:
            while self._pg.is_busy():
                select.select([self._pg.socket], [], [])
                self._pg.consume_input()
            answer = self._pg.get_result()
            if answer is None:
                continue
            delivery, _result = self._unanswered[0]
            if answer.status == pq.ExecStatus.PIPELINE_SYNC:
                self._unanswered.popleft()
            elif not _check(answer).command_tuples:
                log.warning(LOST, delivery.id)

    def _save(self, error: Exception) -> None:
        """The connection broke: write what is unanswered on another, or leave it to rescue."""
        log.warning(
            "the database went away: %s; %s results are kept", type(error).__name__, len(self._unanswered)
        )
        self._pg = None
        connection.close()
        while self._unanswered:
            self._keep_trying(*self._unanswered[0])
            self._unanswered.popleft()

    def _keep_trying(self, delivery: Delivery, result: dict[str, Any]) -> None:
        until = monotonic() + KEEP_SECONDS
        while True:
            try:
                settle(delivery, **result)
            except (OperationalError, InterfaceError) as error:
                if self._stop() or monotonic() > until:
                    raise
                log.warning("delivery %s: no database to record it in: %s", delivery.id, type(error).__name__)
                connection.close()
                sleep(AGAIN_SECONDS)
            else:
                return
