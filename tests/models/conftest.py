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
    executor = MigrationExecutor(connection)
    targets = [node for node in executor.loader.graph.leaf_nodes() if node[0] == "challenge"]
    executor.migrate([("challenge", to)] if to else targets)
    return executor.loader.project_state([("challenge", to)] if to else targets).apps


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
