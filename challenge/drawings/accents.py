"""Marks in the accent colour for the muscles that a position uses; they move with the body."""

from challenge.drawings.body import Skeleton
from challenge.drawings.geometry import along
from challenge.drawings.sheet import Sheet


def _lens(sheet: Sheet, start: complex, end: complex, width: float, bulge: float = 0.0) -> None:
    """Draw a lens between two points, bulging to the left."""
    sides = [
        along(start, end, share, swell * width * side + bulge * swell)
        for side, shares in ((1, (0.25, 0.5, 0.75)), (-1, (0.75, 0.5, 0.25)))
        for share, swell in zip(shares, (0.78, 1.0, 0.78), strict=True)
    ]
    sheet.smooth([start, *sides[:3], end, *sides[3:]], "accent", "accent-soft", 2.5)


def hip(sheet: Sheet, body: Skeleton) -> None:
    """Mark the front of the hip, from the lumbar spine over the crease to the top of the thigh."""
    start = body.spine[9] + body.facing(9) * 1.5
    thigh = body["near knee"] - body["pelvis"]
    left = thigh / abs(thigh) * 1j
    end = body["pelvis"] + thigh * 0.34 + left * 2.6
    middle = body.facing(1) + left
    crease = body["pelvis"] + middle / abs(middle) * 3.4
    way = end - start
    bulge = ((crease - along(start, end, 0.5)) / (way / abs(way) * 1j)).real
    _lens(sheet, start, end, 1.9, max(bulge, -1.8))


def thigh(sheet: Sheet, body: Skeleton) -> None:
    pelvis, knee = body["pelvis"], body["near knee"]
    _lens(sheet, body.spine[4] + body.facing(4) * 3.2, along(pelvis, knee, 0.8, 2.2), 1.8, 0.8)


def belly(sheet: Sheet, body: Skeleton) -> None:
    _lens(sheet, body.spine[19] + body.facing(19) * 4.6, body.spine[6] + body.facing(6) * 3.8, 1.4)


def seat(sheet: Sheet, body: Skeleton) -> None:
    end = along(body["pelvis"], body["near knee"], 0.22, -3.9)
    _lens(sheet, body.spine[7] - body.facing(7) * 2.6, end, 2.0, -1.6)


def low_back(sheet: Sheet, body: Skeleton) -> None:
    _lens(sheet, body.spine[19] - body.facing(19) * 3.6, body.spine[4] - body.facing(4) * 4.4, 1.3)


ACCENTS = {"hip": hip, "thigh": thigh, "belly": belly, "seat": seat, "low back": low_back}
