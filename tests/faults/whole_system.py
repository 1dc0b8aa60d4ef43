"""F21: the whole system as a state machine (tests/faults/model), on the real models.

On SQLite, where a run takes half as long as on PostgreSQL; F21b takes fewer there.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from challenge.models import Delivery
from tests.faults.model.machine import Town
from tests.faults.outcome import Outcome, Scale

TITLE = "Whole-system model: anything, in any order"
BOUND = "no mail after leaving, erasing, holding or suppression; 21 lessons in order; the ledger adds up"

RUNS = {Scale.SMALL: 10, Scale.FULL: 2000}
STEPS = {Scale.SMALL: 30, Scale.FULL: 50}


def run(scale: Scale, folder: Path) -> Outcome:
    return live(RUNS[scale], STEPS[scale], beginning=21)


def live(runs: int, steps: int, beginning: int) -> Outcome:
    """Let the town live so many times; the runs are the same each time for one beginning."""
    outcome = Town.outcome = Outcome(mails=0, injected=0)
    options = settings(
        max_examples=runs,
        stateful_step_count=steps,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    with _ids_from_the_seed():
        try:
            run_state_machine_as_test(seed(beginning)(Town), settings=options)
        except AssertionError as error:
            outcome.breaches.append("\n".join([str(error), *getattr(error, "__notes__", [])]))
    outcome.note = f"{runs} runs of {steps} steps"
    return outcome


@contextmanager
def _ids_from_the_seed() -> Iterator[None]:
    """Rows that are due at one instant go in the order of their ids: the same one in each replay."""
    field = Delivery._meta.get_field("id")
    before = field.default
    field.default = lambda: UUID(int=random.getrandbits(128), version=4)
    field.__dict__.pop("_get_default", None)
    try:
        yield
    finally:
        field.default = before
        field.__dict__.pop("_get_default", None)
