"""Write the result of each message on its own, before the next message leaves.

On PostgreSQL the record of an accepted message is sent before the next message is, and answered while the
next one is composed (libpq's pipeline mode). At most one record is unanswered when a message is sent. While
the database is away the results are kept, and written under the same lease when it is back. If that lease was
lost meanwhile, another sender sends the message again, and it is marked uncertain.
"""

import json
import logging
import select
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from time import monotonic, sleep
from typing import Any

from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError, connection
from psycopg import Error as PostgresError
from psycopg import pq

from challenge.delivery.claim import LOST, mark_uncertain, record
from challenge.models import Attempt, Delivery

log = logging.getLogger(__name__)

Stop = Callable[[], bool]
# A sender keeps an unwritten result for this long.
KEEP_SECONDS = 600
AGAIN_SECONDS = 0.5
# Every row with a lease is being sent (by a constraint). If the condition also named the state, PostgreSQL
# would read all rows that are being sent for each mail: it estimates that index as very small.
SENT = f"""
    UPDATE {Delivery._meta.db_table}
    SET state = 'sent', sent_at = $1::timestamptz, revision_id = $2::bigint, attempts = $3::jsonb,
        address_hash = $4, address = '', reason = '', reason_values = '{{}}',
        lease = NULL, leased_until = NULL
    WHERE id = $5::uuid AND lease = $6::uuid
"""
STATEMENT = b"sent"

Job = tuple[Delivery, dict[str, Any]]


def never() -> bool:
    """Never stop: the default of `stop`."""
    return False


class ResultWriter:
    """Writes and commits each result of one sender by itself. Do not use it in a transaction."""

    def __init__(self, stop: Stop = never) -> None:
        self._stop = stop
        self._unanswered: deque[Job] = deque()
        self._pipeline = Pipeline() if connection.vendor == "postgresql" else None

    def close(self) -> None:
        """Wait for all answers, and close the connection."""
        self.wait()
        if self._pipeline:
            self._pipeline.close()

    def sent(
        self, delivery: Delivery, *, sent_at: datetime, revision_id: int | None, attempts: list[Attempt]
    ) -> None:
        result = {
            "state": Delivery.State.SENT,
            "sent_at": sent_at,
            "revision_id": revision_id,
            "attempts": attempts,
            "address_hash": delivery.address_hash,
            "address": "",
            "reason": "",
            "reason_values": {},
        }
        if self._pipeline is None:
            self.write(delivery, **result)
            return
        self._unanswered.append((delivery, result))
        values = [
            sent_at.isoformat().encode(),
            b"%d" % revision_id if revision_id is not None else None,
            json.dumps(attempts).encode(),
            delivery.address_hash.encode(),
            delivery.id.hex.encode(),
            delivery.lease.hex.encode() if delivery.lease else None,
        ]
        try:
            self._pipeline.send(values)
            self._take_answers(leave=1)
        except (OSError, PostgresError, DatabaseError) as error:
            self._save(error)

    def write(self, delivery: Delivery, **result: Any) -> None:
        """Write any other result, and repeat it while the database is away."""
        until = monotonic() + KEEP_SECONDS
        while True:
            try:
                if not record(delivery, **result) and result.get("state") == Delivery.State.SENT:
                    mark_uncertain(delivery, result["sent_at"])
            except (OperationalError, InterfaceError) as error:
                if self._stop() or monotonic() > until:
                    raise
                log.warning("delivery %s: no database to record it in: %s", delivery.id, type(error).__name__)
                connection.close()
                sleep(AGAIN_SECONDS)
            else:
                return

    def wait(self) -> None:
        try:
            self._take_answers(leave=0)
        except (OSError, PostgresError, DatabaseError) as error:
            self._save(error)

    def _take_answers(self, leave: int) -> None:
        """Wait for answers until at most `leave` are missing."""
        while len(self._unanswered) > leave:
            assert self._pipeline is not None
            if not self._pipeline.answer():
                delivery, result = self._unanswered[0]
                log.warning(LOST, delivery.id)
                mark_uncertain(delivery, result["sent_at"])
            self._unanswered.popleft()

    def _save(self, error: Exception) -> None:
        """Write the unanswered results over another connection, or leave them to rescue: this one broke."""
        assert self._pipeline is not None
        log.warning(
            "the database went away: %s; %s results are kept", type(error).__name__, len(self._unanswered)
        )
        self._pipeline.close()
        unsaved, self._unanswered = self._unanswered, deque()
        for delivery, result in unsaved:
            self.write(delivery, **result)


class Pipeline:
    """A separate connection to PostgreSQL for the statement SENT: Django cannot use its own in pipeline mode.
    Each statement is committed by itself, and answered while the caller continues.

    An error is an OSError, psycopg.Error or django.db.Error; then close the connection. An unanswered
    statement may or may not have been executed.
    """

    def __init__(self) -> None:
        self._connection = connection.copy()
        self._pg: pq.abc.PGconn | None = None

    def close(self) -> None:
        """Close the connection; the next `send` opens it again."""
        self._pg = None
        self._connection.close()

    def send(self, values: Sequence[bytes | None]) -> None:
        """Send the statement with its parameters, as text, to be committed by itself."""
        pg = self._pg or self._open()
        pg.send_query_prepared(STATEMENT, values)
        pg.pipeline_sync()
        while pg.flush():
            select.select([pg.socket], [pg.socket], [])
            pg.consume_input()

    def answer(self) -> int:
        """Wait for the answer to the oldest unanswered statement; return the number of changed rows."""
        pg = self._pg
        assert pg is not None
        rows = 0
        while True:
            while pg.is_busy():
                select.select([pg.socket], [], [])
                pg.consume_input()
            result = pg.get_result()
            if result is None:
                continue
            if result.status == pq.ExecStatus.PIPELINE_SYNC:
                return rows
            rows = _checked(result).command_tuples or 0

    def _open(self) -> pq.abc.PGconn:
        self._connection.ensure_connection()
        pg: pq.abc.PGconn = self._connection.connection.pgconn
        _checked(pg.prepare(STATEMENT, SENT.encode()))
        pg.enter_pipeline_mode()
        self._pg = pg
        return pg


def _checked(result: pq.abc.PGresult) -> pq.abc.PGresult:
    if result.status != pq.ExecStatus.COMMAND_OK:
        raise OSError(result.error_message.decode("utf-8", "replace"))
    return result
