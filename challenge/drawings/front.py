"""Two drawings of the pelvis from the front: the muscles, and the place of the ball."""

from collections.abc import Sequence

from challenge.drawings.bones import both_sides, draw_bones, mirrored
from challenge.drawings.geometry import circle, traced
from challenge.drawings.props import PLAY_BALL
from challenge.drawings.sheet import Sheet

BODY = [
    *(14.6 + 30j, 14.6 + 30j, 14.2 + 20j, 13.2 + 10j, 14.4 + 4j, 17.0 - 4j, 18.0 - 12j, 17.6 - 20j),
    *(16.4 - 34j, 16.4 - 34j, 3.2 - 34j, 3.2 - 34j, 1.6 - 20j, 0.6 - 17.5j),
]
PSOAS = [
    *(2.2 + 20.4j, 3.1 + 18j, 4.4 + 13j, 5.4 + 8j, 6.3 + 3j, 7.6 - 1.5j, 9.2 - 5.5j, 10.3 - 9j, 10.9 - 12.5j),
    *(11.1 - 15.2j, 10.6 - 16.5j, 10.0 - 16.0j, 9.7 - 14j, 8.6 - 10.5j, 7.0 - 7j, 5.4 - 3.5j, 4.0 + 0.5j),
    *(2.9 + 4.5j, 2.5 + 9j, 2.2 + 14j, 1.9 + 18j),
]
ILIACUS = [
    *(5.2 + 1.6j, 6.4 + 3.6j, 9.2 + 4.5j, 11.6 + 3.4j, 12.7 + 1.2j, 12.5 - 1.0j, 11.6 - 3.0j, 11.4 - 6j),
    *(11.9 - 9.5j, 11.9 - 13j, 11.2 - 15.8j, 10.4 - 15.6j, 9.4 - 11j, 7.6 - 6.5j, 5.9 - 2.4j),
]
FIBRES = [
    [3.0 + 16j, 3.9 + 9j, 5.0 + 2j, 7.4 - 4.5j, 9.6 - 10j, 10.5 - 14.5j],
    [2.6 + 13j, 3.3 + 6j, 4.6 + 0j, 7.0 - 5.6j, 9.2 - 10.6j, 10.3 - 14.8j],
    [4.0 + 12j, 4.9 + 6.6j, 6.2 + 0.6j, 8.4 - 4.8j, 10.0 - 9.6j, 10.7 - 14j],
]
FAN = [
    [7.0 + 2.8j, 8.2 - 1.5j],
    [8.8 + 3.6j, 9.4 - 2.0j],
    [10.6 + 3.0j, 10.4 - 2.6j],
    [11.8 + 1.0j, 11.0 - 3.4j],
]
BONY_POINT = 12.0 - 1.8j
SPOT = 17.1 - 6.3j
# The side of the body, from above the waist to the height of the bony point, and from there to the thigh.
FLANK = [15.4 + 30j, 15.2 + 20j, 14.9 + 10j, 16.2 + 5j, 18.2 + 1.2j, 19.6 - 1.8j]
HIPS = [
    *(FLANK[0], *FLANK, 20.8 - 5.5j, 21.2 - 10j, 20.9 - 15j, 20.1 - 22j, 18.6 - 34j, 18.6 - 34j),
    *(3.2 - 34j, 3.2 - 34j, 1.6 - 20j, 0.6 - 17.5j),
]
# All of the belly and its sides above the bony point, and all inside a line straight down from it.
KEEP_OUT = [
    *(FLANK[0], *FLANK, FLANK[-1], BONY_POINT, BONY_POINT, 12.0 - 20j, 12.0 - 20j),
    *(1.6 - 20j, 1.6 - 20j, 0.6 - 17.5j),
]
# The seam of a trouser pocket, from the height of the bony point to the side.
POCKET = [15.4 - 1.8j, 16.2 - 4j, 17.2 - 6.6j, 18.6 - 10j, 20.9 - 14.4j]


def _outline(half: Sequence[complex]) -> list[complex]:
    return [*half, *reversed(mirrored(half))]


def psoas_front() -> Sheet:
    sheet = Sheet(7.8, (280, 178))
    sheet.smooth(_outline(BODY), "body", "body-edge")
    draw_bones(sheet)
    both_sides(lambda points: sheet.smooth(points, "accent-soft", "accent-edge"), ILIACUS)
    for line in FAN:
        both_sides(lambda points: sheet.line(points, "accent-edge", 1), line)
    both_sides(lambda points: sheet.smooth(points, "accent", "accent-edge"), PSOAS)
    for line in FIBRES:
        both_sides(lambda points: sheet.line(points, "accent-soft", 1.2), line)
    return sheet


def ball_spot() -> Sheet:
    """Draw the ball's place on both sides, the bony points, and, hatched, the area to keep away from."""
    sheet = Sheet(9.4, (280, 130))
    sheet.smooth(_outline(HIPS), "body", "body-edge")
    draw_bones(sheet)
    area = _outline(KEEP_OUT)
    sheet.smooth(area, "panel", opacity=0.6)
    for start, end in hatching(traced(area), 1.8):
        sheet.line([start, end], "forbid", 1.5)
    sheet.smooth(area, "none", "forbid", 3)
    both_sides(lambda points: sheet.line(points, "ink", 2), POCKET)
    both_sides(lambda points: sheet.smooth(points, "panel", "ink", 3), circle(BONY_POINT, 0.9))
    both_sides(lambda points: sheet.smooth(points, "ball", "accent", 4), circle(SPOT, PLAY_BALL))
    return sheet


def hatching(area: Sequence[complex], gap: float) -> list[tuple[complex, complex]]:
    """Return lines that rise to the right across a closed area, `gap` units apart."""
    turn = (1 - 1j) / 2**0.5
    flat = [point * turn for point in area]
    low, high = min(point.imag for point in flat), max(point.imag for point in flat)
    lines = []
    level = low + gap / 2
    while level < high:
        crossings = sorted(
            a.real + (b.real - a.real) * (level - a.imag) / (b.imag - a.imag)
            for a, b in zip(flat, [*flat[1:], flat[0]], strict=True)
            if (a.imag > level) != (b.imag > level)
        )
        for left, right in zip(crossings[::2], crossings[1::2], strict=True):
            lines.append((complex(left, level) / turn, complex(right, level) / turn))
        level += gap
    return lines
