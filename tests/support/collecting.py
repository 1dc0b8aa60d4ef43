"""Reading a test file takes long: a run for one mark reads those alone that name it."""

from functools import cache
from pathlib import Path

import pytest

# These choose the rows of bin/test.
OF_ROWS = ("browser", "processes", "both_databases")


@cache
def names_mark(path: Path, mark: str) -> bool:
    return f"pytest.mark.{mark}" in path.read_text()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out a file without the mark that `-m "browser and ..."` begins with."""
    first, *rest = config.option.markexpr.split() or [""]
    if first not in OF_ROWS or "or" in rest or not collection_path.match("test_*.py"):
        return None
    return None if names_mark(collection_path, first) else True


def pytest_itemcollected(item: pytest.Item) -> None:
    """Hold that a mark stands in the file of its tests, so that no run leaves them out."""
    for mark in OF_ROWS:
        if item.get_closest_marker(mark) and not names_mark(item.path, mark):
            raise pytest.UsageError(f"{item.path} does not name the mark of its tests: pytest.mark.{mark}")
