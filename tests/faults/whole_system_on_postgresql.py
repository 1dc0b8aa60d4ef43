"""F21b: other runs of the whole-system model where results are recorded in libpq's pipeline mode."""

from pathlib import Path

from tests.faults.outcome import Outcome, Scale
from tests.faults.whole_system import BOUND as BOUND
from tests.faults.whole_system import STEPS, live

TITLE = "Whole-system model on PostgreSQL"
RUNS = {Scale.SMALL: 40, Scale.FULL: 150}


def run(scale: Scale, folder: Path) -> Outcome:
    return live(RUNS[scale], STEPS[scale], beginning=22)
