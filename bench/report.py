"""What was found, as a table in the terminal."""

from bench.results import Findings, Row

HEAD = ("", "measure", "we", "beside", "ratio", "bound", "")


def table(found: Findings, colour: bool) -> str:
    """The figures of one run; a ratio that keeps its bound is green, another red."""
    lines = [f"{name}: {fact}" for name, fact in found.facts.items()]
    rows = [HEAD, *(_cells(row) for row in found.rows)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines.append("")
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


def profile(found: Findings) -> str:
    """The shares of a worker's time, and the microseconds that they are of each mail."""
    lines: list[str] = []
    for kind, shares in found.profile.items():
        lines += ["", f"{kind}:"]
        lines += [f"{s['share']:6.1%} {s['microseconds']:8.1f} us  {s['name']}" for s in shares]
    return "\n".join(lines)
