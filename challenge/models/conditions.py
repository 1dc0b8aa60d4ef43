"""Query conditions that every batch of mail needs."""

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler

from challenge.models.delivery import Delivery


def is_in(*states: Delivery.State) -> models.Func:
    """Select deliveries in one of these states. The SQL holds them as literals, as the conditions of the
    indexes do: with parameters SQLite uses none of those indexes, and reads the whole ledger."""
    words = ", ".join(f"'{state.value}'" for state in states)
    compared = f"IN ({words})" if len(states) > 1 else f"= {words}"
    return models.Func(
        models.F("state"), template=f"(%(expressions)s {compared})", output_field=models.BooleanField()
    )


def among(field: str, values: Iterable[Any]) -> models.Func:
    """Select by a field that holds one of many values, sent as one parameter. `field__in` sends one for each
    value: for a batch of 500 that is ten times the work."""
    return _Among(field, tuple(values))


class _Among(models.Func):
    output_field = models.BooleanField()

    def __init__(self, field: str, values: tuple[Any, ...]) -> None:
        super().__init__(models.F(field))
        self._values = values

    def as_sql(  # type: ignore[override]
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any
    ) -> tuple[str, list[Any]]:
        """Write it for SQLite, which stores a UUID as its hexadecimal digits."""
        column, parameters = compiler.compile(self.get_source_expressions()[0])
        values = [value.hex if isinstance(value, UUID) else value for value in self._values]
        return f"{column} IN (SELECT value FROM json_each(%s))", [*parameters, json.dumps(values)]

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        source = self.get_source_expressions()[0]
        column, parameters = compiler.compile(source)
        kind = source.output_field.db_type(connection)
        return f"{column} = ANY(%s::{kind}[])", [
            *parameters,
            "{" + ",".join(map(_quoted, self._values)) + "}",
        ]


def _quoted(value: Any) -> str:
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)
