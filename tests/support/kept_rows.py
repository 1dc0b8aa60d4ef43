"""Rows that take long to make: kept after the first time, put back for each further test."""

from collections.abc import Sequence
from typing import Any

from django.core.management.color import no_style
from django.db import connection, transaction


class KeptRows:
    """The rows of some models under their own ids, as the statements that insert them."""

    def __init__(self, models: Sequence[Any]) -> None:
        self._models = models
        self._rows: dict[Any, list[Any]] = {}
        self._statements: list[tuple[str, Any]] = []

    def keep(self) -> None:
        self._rows = {model: list(model._base_manager.all()) for model in self._models}

    def restore(self) -> bool:
        """Put the rows back; False when none are kept. The statements are kept: Django takes longer to
        write them than the database to run them."""
        with transaction.atomic():  # days and revisions name each other
            if self._statements:
                with connection.cursor() as cursor:
                    for statement, parameters in self._statements:
                        cursor.execute(statement, parameters)
            elif self._rows:
                with connection.execute_wrapper(self._note):
                    self._insert()
        return bool(self._rows)

    def _insert(self) -> None:
        for model, rows in self._rows.items():
            model._base_manager.bulk_create(rows)
        with connection.cursor() as cursor:  # the sequences of ids go on behind them
            for statement in connection.ops.sequence_reset_sql(no_style(), list(self._rows)):
                cursor.execute(statement)

    def _note(self, execute: Any, statement: str, parameters: Any, many: bool, context: Any) -> Any:
        self._statements.append((statement, parameters))
        return execute(statement, parameters, many, context)
