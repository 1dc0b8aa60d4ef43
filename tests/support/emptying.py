"""After a test that commits, the tables that hold rows are emptied: PostgreSQL takes a quarter of a second to
truncate all of them, mostly for files that it makes anew."""

from collections.abc import Iterator
from typing import Any

import pytest

# Nothing but migrations writes it.
KEPT = {"django_content_type"}


@pytest.fixture(autouse=True, scope="session")
def tables_with_rows_emptied() -> Iterator[None]:
    from django.core.management.commands import flush

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush, "sql_flush", statements)
        patch.setattr(flush, "emit_post_migrate_signal", lambda *_: None)
        yield


def statements(_style: Any, connection: Any, **_options: Any) -> list[str]:
    """Return what empties the tables that hold rows; foreign keys are checked when all of it has run."""
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    tables = {name: connection.ops.quote_name(name) for name in sorted(set(names) - KEPT)}
    asked = [f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {table})" for name, table in tables.items()]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return [f"DELETE FROM {tables[name]}" for (name,) in cursor.fetchall()]
