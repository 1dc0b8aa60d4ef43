"""What came of a fault that was injected: the row of the table that bin/faults prints."""

from dataclasses import dataclass, field
from enum import StrEnum


class Scale(StrEnum):
    """SMALL runs in seconds, as part of the test suite; FULL is what the promise says."""

    SMALL = "small"
    FULL = "full"


@dataclass
class Outcome:
    """Counts of mails, but for `injected`, which counts faults. `stall` is the longest time, in seconds,
    in which mail was due and none was accepted; None where that says nothing. `breaches` says, a
    sentence each, what the bound forbids and was seen; empty when the promise held. `left_out` says why the
    fault could not be injected here."""

    mails: int
    injected: int
    lost: int = 0
    doubled: int = 0
    uncertain: int = 0
    stall: float | None = None
    note: str = ""
    breaches: list[str] = field(default_factory=list)
    left_out: str = ""
