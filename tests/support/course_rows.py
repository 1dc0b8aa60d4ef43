"""The rows of a loaded course: kept after the first load, put back for each further test."""

from typing import Any

from django.core.management.color import no_style
from django.db import connection, transaction

from challenge.models import Article, Day, Program, Revision, Stretch, StretchVersion

MODELS = (Program, Article, Stretch, StretchVersion, Day, Revision, Revision.stretches.through)


def kept() -> dict[type, list[Any]]:
    """Every row of the course as it is now, by model."""
    return {model: list(model._default_manager.all()) for model in MODELS}


def restore(rows: dict[type, list[Any]]) -> None:
    """Put the rows back under their own ids, and the sequences of ids behind them."""
    with transaction.atomic():  # days and revisions name each other
        for model, of_model in rows.items():
            model._default_manager.bulk_create(of_model)  # type: ignore[attr-defined]
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), list(rows)):
                cursor.execute(statement)
