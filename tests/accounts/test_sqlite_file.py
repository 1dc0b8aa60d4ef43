"""SQLite leaves nothing of an erased runner in its file."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from tests.support.marks import marked_files

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_deleted_is_written_over_in_the_file(
    program: Any, go: Callable[[datetime], None], enroll: Any, now: datetime
) -> None:
    database = Path(connection.settings_dict["NAME"])
    files = [database, database.with_name(f"{database.name}-wal")]
    enroll("yellowbird")
    go(now)
    assert marked_files("yellowbird", files)

    call_command("erase", "yellowbird@example.com", "--yes")
    assert marked_files("yellowbird", files) == []
