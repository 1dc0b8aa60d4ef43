"""The findings of a run: rates, and rows that compare a ratio with its bound."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Rate:
    """One side of a comparison: mails a second in each of its runs."""

    name: str
    runs: Sequence[float]
    mails: int  # in each run

    @property
    def median(self) -> float:
        return median(self.runs)


@dataclass(frozen=True)
class Row:
    """One measure and what it is compared with. `sign` is ">=" or "<=": how `ratio` must stand to `bound`."""

    key: str
    what: str
    we: str
    beside: str
    ratio: float
    sign: str
    bound: float
    note: str = ""

    @property
    def kept(self) -> bool:
        return self.ratio >= self.bound if self.sign == ">=" else self.ratio <= self.bound


@dataclass(frozen=True)
class Point:
    """The milliseconds of one size of a table."""

    size: int
    milliseconds: float


@dataclass
class Findings:
    facts: dict[str, str] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    rates: dict[str, Rate] = field(default_factory=dict)
    curves: dict[str, list[Point]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    @property
    def breaches(self) -> list[Row]:
        return [row for row in self.rows if not row.kept]

    def as_json(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "rows": [{**asdict(row), "kept": row.kept} for row in self.rows],
            "rates": {name: {**asdict(rate), "median": rate.median} for name, rate in self.rates.items()},
        }


def paired(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Return the median of the ratios of runs in turn: a slow moment of the machine slows both of a pair."""
    return median(we / they for we, they in zip(ours, theirs, strict=True))


def per_second(rate: float) -> str:
    return f"{rate:,.0f}/s"
