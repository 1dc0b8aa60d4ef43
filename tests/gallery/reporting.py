"""The report of the checks, also where their tools are missing."""

import os
import sys
from typing import NoReturn

import pytest


def print_result(capsys: pytest.CaptureFixture[str], line: str) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\n{line}\n")


def skip_without_tool(reason: str) -> NoReturn:
    """Skip a test whose tool is missing; fail it where NOTHING_LEFT_OUT is set."""
    if os.environ.get("NOTHING_LEFT_OUT") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
