"""One statement, again and again, in libpq's pipeline mode: each is committed by itself, and answered
while the caller does something else."""

import select
from collections.abc import Sequence

from django.db import connection
from psycopg import pq

NAME = b"again"


class Pipeline:
    """A connection to PostgreSQL of its own, as the one of Django can't ask anything else in this mode.

    What goes wrong raises OSError, psycopg.Error or django.db.Error; then close it, and what was not
    answered may or may not have been done.
    """

    def __init__(self, statement: str) -> None:
        self._statement = statement.encode()
        self._connection = connection.copy()
        self._pg: pq.abc.PGconn | None = None

    def close(self) -> None:
        """Hang up; what is sent next opens a connection again."""
        self._pg = None
        self._connection.close()

    def send(self, values: Sequence[bytes | None]) -> None:
        """Send the statement with its parameters, as text, to be committed by itself."""
        pg = self._pg or self._open()
        pg.send_query_prepared(NAME, values)
        pg.pipeline_sync()
        while pg.flush():
            select.select([pg.socket], [pg.socket], [])
            pg.consume_input()

    def answer(self) -> int:
        """Wait for the answer to the first statement that is not answered yet: how many rows it changed."""
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
        _checked(pg.prepare(NAME, self._statement))
        pg.enter_pipeline_mode()
        self._pg = pg
        return pg


def _checked(result: pq.abc.PGresult) -> pq.abc.PGresult:
    if result.status != pq.ExecStatus.COMMAND_OK:
        raise OSError(result.error_message.decode("utf-8", "replace"))
    return result
