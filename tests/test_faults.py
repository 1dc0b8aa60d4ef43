"""Every fault of docs/reliability.md at a small size; bench/faults injects them as promised."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from bench.fault.catalogue import FAULTS, ONLY_ON
from bench.fault.outcome import Scale

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


HERE = [name for name in FAULTS if ONLY_ON.get(name, connection.vendor) == connection.vendor]


@pytest.mark.parametrize("name", HERE)
def test_a_fault_breaks_no_promise(name: str, program: Any, tmp_path: Path) -> None:
    outcome = import_module(FAULTS[name]).run(Scale.SMALL, tmp_path)

    assert outcome.breaches == []
    assert outcome.mails > 0
    assert outcome.injected > 0
