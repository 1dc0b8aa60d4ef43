"""Points of the plane as complex numbers, and smooth outlines through them. A unit is one hundredth of the
drawn person's height; x runs to the right, y runs up."""

import cmath
from collections.abc import Iterable, Sequence
from math import acos, atan2, cos, radians, sin

Station = tuple[float, float, float]
Piece = tuple[complex, complex, complex, complex]


def toward(degrees: float, length: float = 1.0) -> complex:
    return cmath.rect(length, radians(degrees))


def heading(step: complex) -> float:
    """Return the direction of a step, in degrees anticlockwise from the right."""
    # cmath.phase overflows where one part is next to nothing.
    return atan2(step.imag, step.real) * 180 / cmath.pi


def along(start: complex, end: complex, share: float, left: float = 0.0) -> complex:
    """Return the point at a share of the way from start to end, `left` units to its left."""
    way = end - start
    return start + way * share + way / abs(way) * 1j * left


def bend(start: complex, goal: complex, upper: float, lower: float) -> float:
    """Return the angle between the upper of two linked lengths and the way to the goal, in degrees."""
    reach = min(max(abs(goal - start), abs(upper - lower) + 0.01), upper + lower - 0.01)
    share = (upper**2 + reach**2 - lower**2) / (2 * upper * reach)
    return acos(min(max(share, -1.0), 1.0)) * 180 / cmath.pi


def rounded(start: complex, end: complex, stations: Iterable[Station]) -> list[complex]:
    """Return a closed outline with round ends; a station is a share of the way and both sides' widths."""
    marks = list(stations)
    left = [along(start, end, share, width) for share, width, _ in marks]
    right = [along(start, end, share, -width) for share, _, width in marks]
    return [*left, *_cap(left[-1], right[-1]), *reversed(right), *_cap(right[0], left[0])]


def _cap(first: complex, last: complex) -> list[complex]:
    """Return half a circle clockwise from one point to the other, without the two."""
    middle, arm = (first + last) / 2, (first - last) / 2
    return [middle + arm * toward(-turn) for turn in (45, 90, 135)]


def circle(centre: complex, radius: float) -> list[complex]:
    return [centre + toward(turn, radius) for turn in range(0, 360, 45)]


def ellipse(centre: complex, long: float, short: float, lean: float = 0.0) -> list[complex]:
    return [
        centre + complex(long * cos(radians(turn)), short * sin(radians(turn))) * toward(lean)
        for turn in range(0, 360, 45)
    ]


def curves(points: Sequence[complex]) -> list[Piece]:
    """Return the Bezier pieces of a smooth closed curve through the points; a repeated point is a corner."""
    count = len(points)
    steps = [points[(index + 1) % count] - points[index] for index in range(count)]
    pieces = []
    for index, here in enumerate(points):
        after = points[(index + 1) % count]
        before_step, step, beyond_step = steps[index - 1], steps[index], steps[(index + 1) % count]
        if step:
            start = here + _tangent(before_step, step) * abs(step)
            pieces.append((here, start, after - _tangent(step, beyond_step) * abs(step), after))
    return pieces


def _tangent(arriving: complex, leaving: complex) -> complex:
    """Return a third of the speed at a point between two steps; none in a corner."""
    if not arriving or not leaving:
        return 0j
    return (arriving + leaving) / (abs(arriving) + abs(leaving)) / 3


def traced(points: Sequence[complex], steps: int = 6) -> list[complex]:
    """Return points along the smooth closed curve, to measure its contact with surfaces."""
    found = []
    for a, b, c, d in curves(points):
        for step in range(steps):
            t = step / steps
            s = 1 - t
            found.append(s**3 * a + 3 * s * s * t * b + 3 * s * t * t * c + t**3 * d)
    return found
