"""Export what is kept about a person."""

import json
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model

from accounts.models import User
from challenge.models.privacy import TABLES, model_of

FORMAT = 1


def export(user: User, now: datetime) -> dict[str, Any]:
    """Return every row about a person, by table, as JSON can hold it: instants in UTC (ISO 8601), hours as
    on the person's own clock. A field that opens something is left out (models.privacy)."""
    tables = {}
    for table, declared in TABLES.items():
        if declared.of:
            rows = model_of(table)._base_manager.filter(declared.about(user)).order_by("pk")
            tables[table] = [_row(row, declared.exported) for row in rows]
    plain: dict[str, Any] = json.loads(
        json.dumps({"format": FORMAT, "made_at": now, "tables": tables}, cls=DjangoJSONEncoder)
    )
    return plain


def _row(row: Model, fields: list[str]) -> dict[str, Any]:
    return {field.name: field.value_from_object(row) for field in row._meta.fields if field.name in fields}
