"""What came of the faults, as rows: for the terminal, for docs/reliability.md, as JSON."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.outcome import Outcome

HEAD = ("", "fault", "injected", "mails", "lost", "doubled", "uncertain", "longest stall", "bound", "held")
BEGIN, END = "<!-- bin/faults writes from here -->", "<!-- to here -->"


@dataclass
class Row:
    """One fault; `outcome` is None when it did not come to an end, and `trouble` says why."""

    name: str
    title: str
    bound: str
    outcome: Outcome | None
    seconds: float
    trouble: list[str] = field(default_factory=list)

    @property
    def breaches(self) -> list[str]:
        return [*self.trouble, *(self.outcome.breaches if self.outcome else [])]

    @property
    def is_left_out(self) -> bool:
        return bool(self.outcome and self.outcome.left_out)

    @property
    def cells(self) -> list[str]:
        held = "**no**" if self.breaches else "**left out**" if self.is_left_out else "yes"
        if self.outcome is None or self.is_left_out:
            return [self.name, self.title, *["-"] * 6, self.bound, held]
        came = self.outcome
        counts = [came.injected, came.mails, came.lost, came.doubled, came.uncertain]
        stall = "-" if came.stall is None else f"{came.stall:.1f} s"
        return [self.name, self.title, *[f"{count:,}" for count in counts], stall, self.bound, held]


def plain(rows: list[Row], facts: dict[str, str]) -> str:
    """Columns for the terminal, then what was broken."""
    lines = [list(HEAD), *([cell.strip("*") for cell in row.cells] for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(HEAD))]
    text = [f"{name}: {fact}" for name, fact in facts.items()] + [""]
    for line in lines:
        text.append("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    text += [f"BROKEN {row.name}: {breach}" for row in rows for breach in row.breaches]
    text += [
        f"LEFT OUT {row.name}: {row.outcome.left_out}" for row in rows if row.outcome and row.is_left_out
    ]
    return "\n".join(text)


def markdown(rows: list[Row], facts: dict[str, str]) -> str:
    """A table with its machine, and a note to each row."""
    lines = ["| " + " | ".join(line) + " |" for line in (HEAD, ["---"] * len(HEAD))]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row.cells) + " |" for row in rows]
    notes = [f"- {row.name}: {row.outcome.note}." for row in rows if row.outcome and row.outcome.note]
    broken = [f"- **{row.name} is broken**: {breach}." for row in rows for breach in row.breaches]
    broken += [
        f"- {row.name} is left out: {row.outcome.left_out}."
        for row in rows
        if row.outcome and row.is_left_out
    ]
    machine = [f"- {name}: {fact}" for name, fact in facts.items()]
    return "\n".join([*lines, "", *broken, *notes, "", *machine])


def as_json(rows: list[Row], facts: dict[str, str]) -> dict[str, Any]:
    return {
        "facts": facts,
        "faults": [{**asdict(row), "held": not row.breaches and not row.is_left_out} for row in rows],
    }


def write_into(page: Path, table: str) -> None:
    """Put a table between the markers of a page."""
    before, _, rest = page.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{after}")
