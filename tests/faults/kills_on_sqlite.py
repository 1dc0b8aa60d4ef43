"""F2: senders are killed while mail flows, and the database is one file of SQLite."""

from pathlib import Path

from tests.faults.kills import BOUND as BOUND
from tests.faults.kills import kill_workers
from tests.faults.outcome import Outcome, Scale

TITLE = "Worker death on SQLite"
SIZES = {Scale.SMALL: (120, 2), Scale.FULL: (5000, 10)}


def run(scale: Scale, folder: Path) -> Outcome:
    return kill_workers(*SIZES[scale], folder)
