"""A database as an older version left it: its tables and rows, before the migrations of this one."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain

import pytest
from django.apps import apps
from django.apps.registry import Apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.models.old_rows import ROWS
from tests.support.kept_rows import KeptRows


def migrate(to: str | None) -> Apps:
    """Migrate the tables of challenge, and return the models of them; those of accounts stay as they are."""
    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes()
    targets = [("challenge", to)] if to else [node for node in leaves if node[0] == "challenge"]
    executor.migrate(targets)
    return executor.loader.project_state(targets + [node for node in leaves if node[0] == "accounts"]).apps


@pytest.fixture
def before(request: pytest.FixtureRequest) -> Iterator[Apps]:
    yield migrate(getattr(request, "param", "0001_initial"))
    migrate(None)


@pytest.fixture(scope="session")
def upgraded_rows() -> KeptRows:
    ours = (apps.get_app_config(label) for label in ("accounts", "challenge"))
    return KeptRows(list(chain(*(app.get_models(include_auto_created=True) for app in ours))))


@pytest.fixture
def upgraded(transactional_db: None, upgraded_rows: KeptRows, now: datetime) -> None:
    """The rows of every older version (old_rows.py), brought up to date: migrated once, put back for each
    further test."""
    if not upgraded_rows.restore():
        for version, write in ROWS.items():
            write(migrate(version), now)
        migrate(None)
        upgraded_rows.keep()
