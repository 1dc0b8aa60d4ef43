"""Curves as SVG, written by hand: light or dark as the reader's screen is."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

from bench.results import Point

WIDTH, HEIGHT = 720, 380
LEFT, RIGHT, TOP, BOTTOM = 70, 210, 54, 52
LINE = 16
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #24292f }
.title { font-size: 16px; font-weight: 600 }
.paper { fill: #ffffff; stroke: #d0d7de }
.grid { stroke: #d8dee4 }
.we { stroke: #0a5bc4; fill: #0a5bc4 }
.they { stroke: #8a4b00; fill: #8a4b00; stroke-dasharray: 6 4 }
polyline.line { fill: none; stroke-width: 2.5 }
circle.dot { stroke: none }
text.we, text.they { stroke: none }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .paper { fill: #0d1117; stroke: #30363d }
  .grid { stroke: #2b3138 }
  .we { stroke: #6cb0ff; fill: #6cb0ff }
  .they { stroke: #f0a050; fill: #f0a050 }
}
"""


@dataclass(frozen=True)
class Curve:
    """A named line; `we` says whether it is ours or what it is held against."""

    name: str
    points: Sequence[Point]
    we: bool = True


@dataclass(frozen=True)
class Axis:
    """One direction of a plot: its title, and the values at which it has lines. Logarithmic or from zero."""

    title: str
    ticks: Sequence[float]
    logarithmic: bool = False

    def share(self, value: float) -> float:
        """Where a value stands, from 0 to 1."""
        first, last = self.ticks[0], self.ticks[-1]
        if self.logarithmic:
            return (log10(value) - log10(first)) / (log10(last) - log10(first))
        return (value - first) / (last - first)


def decades(title: str, values: Sequence[float]) -> Axis:
    """A logarithmic axis of whole powers of ten around the values."""
    low, high = floor(log10(min(values))), ceil(log10(max(values)))
    return Axis(title, [10.0**power for power in range(low, max(high, low + 1) + 1)], logarithmic=True)


def from_zero(title: str, values: Sequence[float]) -> Axis:
    """A linear axis from zero to above the values, with four to eight lines."""
    size = 10.0 ** floor(log10(max(values)))
    step = next(size * part for part in (0.2, 0.5, 1.0, 2.0) if max(values) / (size * part) <= 8)
    return Axis(title, [step * number for number in range(ceil(max(values) / step) + 1)])


def plot(title: str, across: Axis, up: Axis, curves: Sequence[Curve]) -> str:
    """The SVG of some curves, each named at its right end."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{escape(title)}</title><style>{STYLE}</style>",
        f'<rect class="paper" x="0.5" y="0.5" width="{WIDTH - 1}" height="{HEIGHT - 1}" rx="8"/>',
        f'<text class="title" x="20" y="28">{escape(title)}</text>',
        f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 10}" text-anchor="end">{escape(across.title)}</text>',
        f'<text x="20" y="{TOP}">{escape(up.title)}</text>',
        *_grid(across, up),
        *(part for curve in curves for part in _curve(across, up, curve)),
        *_names(up, curves),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _x(axis: Axis, value: float) -> float:
    return round(LEFT + axis.share(value) * (WIDTH - LEFT - RIGHT), 1)


def _y(axis: Axis, value: float) -> float:
    return round(HEIGHT - BOTTOM - axis.share(value) * (HEIGHT - TOP - BOTTOM - 14), 1)


def _grid(across: Axis, up: Axis) -> list[str]:
    parts = []
    for tick in up.ticks:
        y = _y(up, tick)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{tick:,g}</text>')
    parts += [
        f'<text x="{_x(across, tick)}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{_short(tick)}</text>'
        for tick in across.ticks
    ]
    return parts


def _short(value: float) -> str:
    return f"{value / 1e6:g}M" if value >= 1e6 else f"{value / 1e3:g}k" if value >= 1e4 else f"{value:,g}"


def _curve(across: Axis, up: Axis, curve: Curve) -> list[str]:
    kind = "we" if curve.we else "they"
    places = [(_x(across, point.x), _y(up, point.y)) for point in curve.points]
    line = " ".join(f"{x},{y}" for x, y in places)
    dots = [f'<circle class="{kind} dot" cx="{x}" cy="{y}" r="4"/>' for x, y in places] if curve.we else []
    return [f'<polyline class="{kind} line" points="{line}"/>', *dots]


def _names(up: Axis, curves: Sequence[Curve]) -> list[str]:
    """The curves' names at their right ends, moved up where they would lie on each other."""
    parts, above = [], float(HEIGHT)
    for curve in sorted(curves, key=lambda curve: curve.points[-1].y):
        above = min(_y(up, curve.points[-1].y) + 4, above - LINE)
        kind = "we" if curve.we else "they"
        parts.append(f'<text class="{kind}" x="{WIDTH - RIGHT + 10}" y="{above}">{escape(curve.name)}</text>')
    return parts
