"""A database as an older version left it: its tables and rows, before the migrations of this one."""

from collections.abc import Iterator

import pytest
from django.apps.registry import Apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def migrate(to: str | None) -> Apps:
    executor = MigrationExecutor(connection)
    targets = [node for node in executor.loader.graph.leaf_nodes() if node[0] == "challenge"]
    executor.migrate([("challenge", to)] if to else targets)
    return executor.loader.project_state([("challenge", to)] if to else targets).apps


@pytest.fixture
def before(request: pytest.FixtureRequest) -> Iterator[Apps]:
    yield migrate(getattr(request, "param", "0001_initial"))
    migrate(None)
