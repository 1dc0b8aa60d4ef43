"""Lumbar spine, pelvis and thigh bones from the front; units are centimetres from the top of the sacrum."""

from collections.abc import Callable, Sequence

from challenge.drawings.geometry import ellipse
from challenge.drawings.sheet import Sheet

# Lower edge, height and half the width of each body, from the fifth lumbar to the eleventh thoracic.
VERTEBRAE = [
    (0.2, 2.7, 2.7),
    (3.7, 2.8, 2.6),
    (7.3, 2.8, 2.5),
    (10.9, 2.7, 2.4),
    (14.4, 2.6, 2.3),
    (17.8, 2.5, 2.2),
    (21.1, 2.4, 2.1),
]
DISC = 0.9
# The left half of the body, which is on the viewer's right.
ILIUM = [
    *(3.6 + 0.4j, 4.4 + 2.6j, 6.6 + 4.6j, 9.4 + 5.4j, 12.0 + 4.2j, 13.5 + 1.6j, 13.4 - 0.8j, 12.7 - 2.0j),
    *(11.7 - 3.0j, 11.4 - 4.4j, 11.7 - 5.6j, 11.6 - 7.4j, 11.0 - 9.6j, 9.2 - 11.4j, 7.6 - 11.6j, 7.8 - 13.4j),
    *(7.0 - 15.8j, 5.4 - 16.2j, 4.0 - 15.0j, 2.2 - 13.4j, 0.5 - 12.9j, 0.35 - 11.4j, 0.5 - 9.8j, 2.2 - 9.3j),
    *(4.6 - 8.3j, 6.1 - 6.2j, 6.4 - 4.2j, 5.6 - 2.4j, 4.6 - 1.6j),
]
FORAMEN = [3.0 - 11.0j, 4.6 - 10.2j, 6.2 - 10.6j, 6.6 - 12.2j, 5.8 - 14.2j, 4.6 - 13.6j, 3.4 - 12.3j]
SACRUM = [
    *(0j, 2.6 + 0.3j, 4.6 + 1.0j, 5.4 - 0.6j, 4.9 - 2.8j, 3.9 - 4.8j, 3.0 - 6.6j, 1.9 - 8.6j, 0.9 - 10.0j),
    *(0.5 - 11.2j, -11.6j),
]
FEMUR = [
    *(8.0 - 7.4j, 9.6 - 7.0j, 11.0 - 7.9j, 11.6 - 9.2j, 12.6 - 9.6j, 13.6 - 8.4j, 14.7 - 9.0j, 15.2 - 10.8j),
    *(14.8 - 13.0j, 14.2 - 15.6j, 13.6 - 20j, 13.2 - 34j, 10.2 - 34j, 10.5 - 20j, 10.6 - 17.6j, 9.9 - 16.4j),
    *(9.9 - 15.3j, 10.7 - 14.4j, 10.6 - 13.2j, 9.5 - 12.2j, 7.9 - 11.6j, 6.9 - 10.2j, 6.9 - 8.6j),
]


def mirrored(points: Sequence[complex]) -> list[complex]:
    return [complex(-point.real, point.imag) for point in points]


def both_sides(draw: Callable[[Sequence[complex]], None], points: Sequence[complex]) -> None:
    draw(points)
    draw(mirrored(points))


def draw_bones(sheet: Sheet) -> None:
    def bone(points: Sequence[complex]) -> None:
        sheet.smooth(points, "bone", "bone-edge")

    def gap(points: Sequence[complex]) -> None:
        sheet.smooth(points, "body", "bone-edge")

    sheet.smooth([*SACRUM, *reversed(mirrored(SACRUM[1:-1]))], "bone-far", "bone-edge")
    for row, spread in ((-2.6, 1.9), (-4.6, 1.5), (-6.4, 1.1)):
        both_sides(lambda points: sheet.smooth(points, "disc"), ellipse(complex(spread, row), 0.45, 0.35))
    both_sides(bone, ILIUM)
    both_sides(gap, FORAMEN)
    sheet.smooth(ellipse(-11.3j, 0.5, 1.5), "disc", "bone-edge")
    both_sides(bone, FEMUR)
    for low, height, half in VERTEBRAE:
        both_sides(bone, _process(low + height * 0.62, half))
        sheet.smooth(_box(low - DISC, DISC, half - 0.15), "disc", "bone-edge")
    for low, height, half in VERTEBRAE:
        sheet.smooth(_body(low, height, half), "bone", "bone-edge")


def _process(middle: float, half: float) -> list[complex]:
    reach = half + 2.3
    return [
        complex(half - 0.6, middle + 0.75),
        complex(half + 1.2, middle + 0.7),
        complex(reach, middle + 0.95),
        complex(reach + 0.2, middle + 0.4),
        complex(half + 1.0, middle - 0.35),
        complex(half - 0.6, middle - 0.6),
    ]


def _box(low: float, height: float, half: float) -> list[complex]:
    corners = [
        complex(half, low),
        complex(half, low + height),
        complex(-half, low + height),
        complex(-half, low),
    ]
    return [point for corner in corners for point in (corner, corner)]


def _body(low: float, height: float, half: float) -> list[complex]:
    high, middle = low + height, low + height / 2
    side = [
        complex(half - 0.3, low),
        complex(half, low + 0.35),
        complex(half - 0.4, middle),
        complex(half, high - 0.35),
        complex(half - 0.3, high),
    ]
    return [*side, complex(0, high - 0.1), *reversed(mirrored(side)), complex(0, low + 0.1)]
