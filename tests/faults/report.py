"""A fault, its result, and the table of bin/faults: for the terminal, docs/reliability.md, JSON."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

HEAD = ("", "fault", "injected", "mails", "lost", "doubled", "uncertain", "longest stall", "bound", "held")
BEGIN, END = "<!-- bin/faults writes from here -->", "<!-- to here -->"


class Scale(StrEnum):
    """SMALL runs in seconds, in the test suite; FULL is the size that the promise names."""

    SMALL = "small"
    FULL = "full"


@dataclass
class Result:
    """Counts of mails, but for `injected`, which counts faults. `stall` is the longest time, in seconds, in
    which mail was due and none was accepted, or None. `breaches` lists broken promises, a sentence each;
    `left_out` is the reason why the fault could not be injected here."""

    mails: int
    injected: int
    lost: int = 0
    doubled: int = 0
    uncertain: int = 0
    stall: float | None = None
    note: str = ""
    breaches: list[str] = field(default_factory=list)
    left_out: str = ""


@dataclass(frozen=True)
class Fault:
    """`run` injects it into the database of this process, with files in a folder."""

    title: str
    bound: str
    run: Callable[[Scale, Path], Result]


@dataclass
class Row:
    """One fault; `result` is None when it did not end by itself, and `trouble` holds the reason."""

    name: str
    title: str
    bound: str
    result: Result | None
    seconds: float
    trouble: list[str] = field(default_factory=list)

    @property
    def breaches(self) -> list[str]:
        return [*self.trouble, *(self.result.breaches if self.result else [])]

    @property
    def left_out(self) -> str:
        return self.result.left_out if self.result else ""

    @property
    def cells(self) -> list[str]:
        held = "**no**" if self.breaches else "**left out**" if self.left_out else "yes"
        if self.result is None or self.left_out:
            return [self.name, self.title, *["-"] * 6, self.bound, held]
        came = self.result
        counts = [came.injected, came.mails, came.lost, came.doubled, came.uncertain]
        stall = "-" if came.stall is None else f"{came.stall:.1f} s"
        return [self.name, self.title, *[f"{count:,}" for count in counts], stall, self.bound, held]


def plain(rows: list[Row], facts: dict[str, str]) -> str:
    """Return columns for the terminal, then the broken promises."""
    lines = [list(HEAD), *([cell.strip("*") for cell in row.cells] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    text = [f"{name}: {fact}" for name, fact in facts.items()] + [""]
    for line in lines:
        text.append("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    text += [f"BROKEN {row.name}: {breach}" for row in rows for breach in row.breaches]
    text += [f"LEFT OUT {row.name}: {row.left_out}" for row in rows if row.left_out]
    return "\n".join(text)


def markdown(rows: list[Row], facts: dict[str, str]) -> str:
    """Return a table, a note to each row, and the machine."""
    lines = ["| " + " | ".join(line) + " |" for line in (HEAD, ["---"] * len(HEAD))]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row.cells) + " |" for row in rows]
    notes = [f"- **{row.name} is broken**: {breach}." for row in rows for breach in row.breaches]
    notes += [f"- {row.name} is left out: {row.left_out}." for row in rows if row.left_out]
    notes += [f"- {row.name}: {row.result.note}." for row in rows if row.result and row.result.note]
    return "\n".join([*lines, "", *notes, "", *(f"- {name}: {fact}" for name, fact in facts.items())])


def as_json(rows: list[Row], facts: dict[str, str]) -> dict[str, Any]:
    return {
        "facts": facts,
        "faults": [{**asdict(row), "held": not row.breaches and not row.left_out} for row in rows],
    }


def write_into(page: Path, table: str) -> None:
    """Put a table between the markers of a page."""
    before, _, rest = page.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{after}")
