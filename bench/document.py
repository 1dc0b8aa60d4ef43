"""Writes what a whole run found into docs/performance.md, between its markers, and the plots beside it."""

import re

from bench import plots
from bench.rates import OURS, SMTPLIB, SOURCE
from bench.results import Findings, Point, Row
from tests.support import ROOT

PAGE = ROOT / "docs" / "performance.md"
WORKERS, DUE = "performance-workers.svg", "performance-due.svg"


def write(found: Findings) -> None:
    """Renew the page's tables and both plots."""
    PAGE.write_text(filled(PAGE.read_text(), found))
    (PAGE.parent / WORKERS).write_text(workers(found))
    (PAGE.parent / DUE).write_text(due(found))


def filled(page: str, found: Findings) -> str:
    """The page with its tables as they were found."""
    for name, lines in (
        ("machine", [f"- {name}: {fact}" for name, fact in found.facts.items()]),
        ("measures", _measures(found)),
        ("rates", _rates(found)),
        ("profile", _profile(found)),
    ):
        page = between(page, name, "\n".join(lines))
    return page


def between(page: str, name: str, text: str) -> str:
    """The page with the text between the markers of a name. Raises ValueError when they are missing."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    new, count = re.subn(f"{begin}.*?{end}", lambda _: f"{begin}\n{text}\n{end}", page, flags=re.DOTALL)
    if count != 1:
        raise ValueError(f"the page has no markers of {name}")
    return new


def _measures(found: Findings) -> list[str]:
    lines = ["| # | Measure | We | Beside | Ratio | Bound |", "| --- | --- | --- | --- | --- | --- |"]
    for row in sorted(found.rows, key=lambda row: row.key):
        lines.append(f"| {row.key} | {row.what} | {row.we} | {row.beside} | {_ratio(row)} | {_bound(row)} |")
    return lines + [f"\nLeft out: {what}." for what in found.left_out]


def _ratio(row: Row) -> str:
    return f"**{row.ratio:.3g}**" if row.kept else f"**{row.ratio:.3g}, not kept**"


def _bound(row: Row) -> str:
    return f"{'at least' if row.sign == '>=' else 'at most'} {row.bound:g}"


def _rates(found: Findings) -> list[str]:
    lines = ["| Side | Mails a second | Slowest and fastest run | Runs |", "| --- | --- | --- | --- |"]
    for rate in found.rates.values():
        spread = f"{min(rate.runs):,.0f} to {max(rate.runs):,.0f}"
        lines.append(f"| {rate.name} | {rate.median:,.0f} | {spread} | {len(rate.runs)} of {rate.mails:,} |")
    return lines


def _profile(found: Findings) -> list[str]:
    lines = ["| Part | Share | Microseconds a mail |", "| --- | --- | --- |"]
    for share in found.profile.get("parts", []):
        lines.append(f"| {share['name']} | {share['share']:.1%} | {share['microseconds']:.0f} |")
    return lines


def workers(found: Findings) -> str:
    """Throughput against the number of workers, with the limits as level lines."""
    ours = [Point(count, found.rates[name].median) for count, name in OURS.items() if name in found.rates]
    curves = [plots.Curve("ours", ours)]
    for name in (SMTPLIB[1], SMTPLIB[2], SOURCE):
        if name in found.rates:
            rate = found.rates[name].median
            level = [Point(ours[0].x, rate), Point(ours[-1].x, rate)]
            curves.append(plots.Curve(name, level, we=False))
    across = plots.Axis("workers", [point.x for point in ours])
    up = plots.from_zero("mails a second", [point.y for curve in curves for point in curve.points])
    return plots.plot("Throughput on this machine", across, up, curves)


def due(found: Findings) -> str:
    """What a look for due enrollments costs, against the size of their table."""
    curves = [plots.Curve(name, points) for name, points in found.curves.items()]
    points = [point for curve in curves for point in curve.points]
    across = plots.decades("enrollments in the table", [point.x for point in points])
    up = plots.decades("milliseconds", [point.y for point in points])
    return plots.plot("Cost of finding who is due", across, up, curves)
