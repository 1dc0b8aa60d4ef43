"""The report of the checks, also where their tools are missing."""

import os
import sys
from typing import NoReturn

import pytest


def tell(capsys: pytest.CaptureFixture[str], line: str) -> None:
    """Print a figure among the dots of the tests."""
    with capsys.disabled():
        sys.stdout.write(f"\n{line}\n")


def leave_out(reason: str) -> NoReturn:
    """Skip a test whose tool is missing; a failure where nothing may be left out."""
    if os.environ.get("NOTHING_LEFT_OUT") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
