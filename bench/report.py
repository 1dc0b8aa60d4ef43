"""The findings as a table in the terminal and as the tables of docs/performance.md."""

import re
from collections.abc import Iterable, Sequence

from bench.results import Findings, Row

HEAD = ("", "measure", "we", "beside", "ratio", "bound", "")


def table(found: Findings, colour: bool) -> str:
    """Return the figures of one run; a ratio that keeps its bound is green, another red."""
    lines = [f"{name}: {fact}" for name, fact in found.facts.items()] + [""]
    rows = [HEAD, *(_cells(row) for row in found.rows)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for number, cells in enumerate(rows):
        padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)]
        if colour and number:
            mark = "32" if found.rows[number - 1].kept else "31"
            padded[4] = f"\x1b[1;{mark}m{padded[4]}\x1b[0m"
        lines.append("  ".join(padded).rstrip())
    lines.append("")
    lines += [
        f"{rate.name}: {rate.median:,.0f} mails/s (median of {len(rate.runs)} runs of {rate.mails:,}; "
        f"{min(rate.runs):,.0f} to {max(rate.runs):,.0f})"
        for rate in found.rates.values()
    ]
    lines += [f"LEFT OUT: {what}" for what in found.left_out]
    return "\n".join(lines)


def _cells(row: Row) -> tuple[str, ...]:
    bound = f"{row.sign} {row.bound:g}"
    return (row.key, row.what, row.we, row.beside, f"{row.ratio:.3g}", bound, "" if row.kept else "NOT KEPT")


def filled(page: str, found: Findings) -> str:
    """Return the page with its tables as they were found. Raise ValueError when its markers are missing."""
    sections = {
        "machine": "\n".join(f"- {name}: {fact}" for name, fact in found.facts.items()),
        "measures": _measures(found),
        "rates": _rates(found),
        "due": _due(found),
    }
    for name, text in sections.items():
        begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
        page, count = re.subn(f"{begin}.*?{end}", f"{begin}\n{text}\n{end}", page, flags=re.DOTALL)
        if count != 1:
            raise ValueError(f"the page has no markers of {name}")
    return page


def _markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))


def _measures(found: Findings) -> str:
    rows = []
    for row in sorted(found.rows, key=lambda row: row.key):
        ratio = f"**{row.ratio:.3g}**" if row.kept else f"**{row.ratio:.3g}, not kept**"
        bound = f"{'at least' if row.sign == '>=' else 'at most'} {row.bound:g}"
        rows.append((row.key, row.what, row.we, row.beside, ratio, bound))
    left_out = [f"\n\nLeft out: {what}." for what in found.left_out]
    return _markdown(("#", "Measure", "We", "Beside", "Ratio", "Bound"), rows) + "".join(left_out)


def _rates(found: Findings) -> str:
    rows = []
    for rate in found.rates.values():
        spread = f"{min(rate.runs):,.0f} to {max(rate.runs):,.0f}"
        rows.append((rate.name, f"{rate.median:,.0f}", spread, f"{len(rate.runs)} of {rate.mails:,}"))
    return _markdown(("Side", "Mails a second", "Slowest and fastest run", "Runs"), rows)


def _due(found: Findings) -> str:
    sizes = [f"{point.size:,}" for points in [*found.curves.values()][:1] for point in points]
    rows = [
        (name, *(f"{point.milliseconds:.1f} ms" for point in points)) for name, points in found.curves.items()
    ]
    return _markdown(("Enrollments in the table", *sizes), rows)
