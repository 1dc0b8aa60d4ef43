"""A database that is used, backed up, used on, and restored."""

from datetime import datetime, timedelta
from pathlib import Path

from challenge.delivery.restore_guard.guard import is_stopped
from tests.faults.dumps import Dump

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def look(now: datetime, times: int = 1) -> list[bool]:
    """Ask once a minute, as the planner does."""
    return [is_stopped(now + turn * MINUTE) for turn in range(times)]


def restored(now: datetime, tmp_path: Path) -> None:
    """Look, make a backup, look on for a day, and restore it."""
    look(now)
    backup = Dump(tmp_path)
    look(now + DAY, times=3)
    backup.restore()
