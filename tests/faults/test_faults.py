"""Every fault of docs/reliability.md at a small size; bin/faults injects them as promised."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.faults.catalogue import FAULTS, fault
from tests.faults.report import Scale

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


# Each on one of the two databases, whose suites run side by side; bin/faults takes whichever is asked for.
ON_SQLITE = ("F2", "F3", "F4", "F5", "F15", "F16", "F17", "F18", "F19", "F21", "F21a", "F22", "A4", "A12")
HERE = [name for name in FAULTS if (name in ON_SQLITE) == (connection.vendor == "sqlite")]


@pytest.mark.parametrize("name", HERE)
def test_a_fault_breaks_no_promise(name: str, program: Any, tmp_path: Path) -> None:
    result = fault(name).run(Scale.SMALL, tmp_path)

    if result.left_out:
        leave_out = pytest.fail if os.environ.get("NOTHING_LEFT_OUT") == "1" else pytest.skip
        leave_out(result.left_out)
    assert result.breaches == []
    assert result.mails > 0
    assert result.injected > 0
