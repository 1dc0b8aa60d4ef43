"""F21, F21a and F21b: the whole system as a state machine (tests/faults/model), on the real models.

F21 and F21a share the runs on SQLite, where a run takes half as long; F21b takes fewer, and others, on
PostgreSQL, where results are recorded in libpq's pipeline mode.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from uuid import UUID

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from challenge.models import Delivery
from tests.faults.model.machine import SystemMachine
from tests.faults.report import Fault, Result, Scale

RUNS = {Scale.SMALL: 5, Scale.FULL: 1000}
RUNS_ON_POSTGRESQL = {Scale.SMALL: 5, Scale.FULL: 150}
STEPS = {Scale.SMALL: 30, Scale.FULL: 50}


def run_model(sizes: dict[Scale, int], first: int, scale: Scale, folder: Path) -> Result:
    """Run the model so many times; the runs are the same each time for one `first` seed."""
    runs, steps = sizes[scale], STEPS[scale]
    result = SystemMachine.result = Result(mails=0, injected=0)
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
            run_state_machine_as_test(seed(first)(SystemMachine), settings=options)
        except AssertionError as error:
            result.breaches.append("\n".join([str(error), *getattr(error, "__notes__", [])]))
    result.note = f"{runs} runs of {steps} steps"
    return result


@contextmanager
def _ids_from_the_seed() -> Iterator[None]:
    """Give rows that are due at one instant the same order in each replay: that of their ids."""
    field = Delivery._meta.get_field("id")
    before = field.default
    field.default = lambda: UUID(int=random.getrandbits(128), version=4)
    field.__dict__.pop("_get_default", None)
    try:
        yield
    finally:
        field.default = before
        field.__dict__.pop("_get_default", None)


BOUND = (
    "after leaving nothing but one mail that says so, and one answer; after one click the answer alone; none "
    "after erasing or suppression; an undo leads back for seven days; no lesson once erasing is asked for; "
    "no exercise before the questions are answered; while held nothing but answers and mail about the hold, "
    "or words without exercise; the lifting leads back; each note and each answer once; every coach is told "
    "of an escalation before any other mail leaves; the desk agrees with its reasons; an unconfirmed address "
    "is asked once in 24 h, three times in all; 21 lessons in order; the ledger adds up"
)
F21 = Fault("Whole-system model: anything, in any order", BOUND, partial(run_model, RUNS, 21))
F21a = Fault("Whole-system model: as many runs more", BOUND, partial(run_model, RUNS, 23))
F21b = Fault("Whole-system model on PostgreSQL", BOUND, partial(run_model, RUNS_ON_POSTGRESQL, 22))
