"""The psoas and the iliacus from the side, the body facing right; units as in `bones`."""

from challenge.drawings.geometry import toward
from challenge.drawings.sheet import Sheet

BODY = [
    *(
        -9.4 + 30j,
        -9.4 + 30j,
        11.6 + 30j,
        11.6 + 30j,
        11.6 + 20j,
        11.0 + 10j,
        11.4 + 2j,
        10.2 - 6j,
        9.8 - 12j,
    ),
    *(10.2 - 20j, 8.6 - 34j, 8.6 - 34j, -6.4 - 34j, -6.4 - 34j, -8.0 - 22j, -10.6 - 16j, -13.2 - 10j),
    *(-12.6 - 4j, -9.6 + 2j, -7.6 + 8j, -7.8 + 16j),
]
# Middle, tilt and depth of each vertebra's body, from the fifth lumbar upwards.
VERTEBRAE = [
    (-0.6 + 1.9j, -18.0, 4.2),
    (0.5 + 5.4j, -8.0, 4.1),
    (0.8 + 9.0j, 1.0, 4.0),
    (0.4 + 12.5j, 8.0, 3.9),
    (-0.4 + 15.9j, 12.0, 3.7),
    (-1.3 + 19.2j, 14.0, 3.5),
    (-2.2 + 22.3j, 15.0, 3.3),
]
BODY_HEIGHT = 2.7
SACRUM = [
    *(
        -4.2 + 1.0j,
        -0.6 - 0.5j,
        -0.5 - 1.5j,
        -2.2 - 3.4j,
        -3.8 - 5.6j,
        -4.8 - 8.2j,
        -4.4 - 10.6j,
        -3.4 - 12.0j,
    ),
    *(-4.2 - 12.5j, -5.8 - 11.2j, -6.9 - 8.2j, -7.2 - 5.2j, -7.0 - 2.0j, -6.0 + 0.4j),
]
HIP_BONE = [
    *(-7.8 - 0.2j, -6.6 + 3.0j, -3.2 + 5.4j, 1.4 + 5.8j, 5.6 + 3.8j, 8.2 + 0.4j, 8.4 - 1.2j, 6.8 - 3.0j),
    *(6.5 - 4.6j, 6.6 - 5.8j, 6.2 - 7.4j, 7.2 - 9.2j, 9.0 - 10.8j, 9.2 - 12.8j, 8.0 - 13.8j, 5.6 - 15.0j),
    *(
        3.0 - 16.4j,
        0.6 - 17.4j,
        -1.6 - 17.2j,
        -2.6 - 15.2j,
        -2.2 - 12.4j,
        -3.0 - 10.6j,
        -2.2 - 9.0j,
        -1.4 - 6.8j,
    ),
    *(-2.4 - 5.0j, -5.0 - 4.0j, -7.2 - 2.8j),
]
FORAMEN = [2.4 - 13.2j, 4.4 - 12.4j, 6.6 - 13.0j, 5.4 - 14.4j, 2.8 - 15.6j, 1.6 - 14.8j]
FEMUR = [
    *(
        0.6 - 8.8j,
        2.2 - 7.4j,
        4.2 - 8.0j,
        5.0 - 9.8j,
        4.2 - 11.6j,
        3.6 - 13.2j,
        3.9 - 16j,
        4.4 - 22j,
        4.4 - 34j,
    ),
    *(1.0 - 34j, 1.1 - 22j, 0.9 - 18.2j, -0.3 - 17.0j, -0.4 - 15.6j, 0.6 - 14.4j, 0.2 - 12.6j, 0.0 - 10.6j),
]
ILIACUS = [
    *(-4.6 + 1.6j, -2.6 + 4.2j, 1.2 + 4.8j, 4.8 + 3.0j, 7.2 + 0.2j, 7.2 - 1.6j, 6.9 - 4.4j, 6.9 - 7.6j),
    *(5.6 - 11.6j, 2.6 - 15.0j, 0.2 - 16.8j, -0.2 - 15.4j, 2.0 - 12.0j, 2.8 - 8.0j, 0.8 - 4.0j, -2.4 - 1.2j),
]
PSOAS = [
    *(
        -2.0 + 21.4j,
        -0.4 + 19.6j,
        0.6 + 17.8j,
        2.0 + 15j,
        2.9 + 11j,
        3.4 + 7j,
        4.1 + 3j,
        5.5 - 1j,
        6.9 - 4.6j,
        7.1 - 8j,
    ),
    *(5.6 - 11.6j, 2.7 - 14.9j, 0.2 - 17.1j, -0.4 - 15.9j, 1.8 - 13.0j, 3.8 - 9.8j, 4.4 - 6.6j, 3.4 - 3.0j),
    *(2.1 + 0.8j, 1.3 + 4.8j, 0.9 + 8.8j, 0.2 + 13.0j, -0.8 + 16.8j, -1.9 + 19.6j),
]
FIBRES = [
    [-0.3 + 18.2j, 1.0 + 13.2j, 1.9 + 7.6j, 2.9 + 2.0j, 4.9 - 4.0j, 5.4 - 8.4j, 3.2 - 12.8j],
    [0.7 + 16.6j, 1.9 + 12j, 2.6 + 7.2j, 3.6 + 1.8j, 5.8 - 4.0j, 6.2 - 8.0j, 4.0 - 12.4j],
]
FAN = [
    [-2.6 + 2.8j, 0.8 - 2.4j],
    [0.0 + 3.8j, 2.0 - 0.8j],
    [5.2 + 1.8j, 5.0 - 0.6j],
]


def psoas_side() -> Sheet:
    sheet = Sheet(7.8, (276, 178))
    sheet.smooth(BODY, "body", "body-edge")
    sheet.smooth(HIP_BONE, "bone", "bone-edge")
    sheet.smooth(FORAMEN, "body", "bone-edge")
    sheet.smooth(FEMUR, "bone", "bone-edge")
    sheet.smooth(ILIACUS, "accent-soft", "accent-edge")
    for line in FAN:
        sheet.line(line, "accent-edge", 1)
    sheet.smooth(SACRUM, "bone-far", "bone-edge")
    _spine(sheet)
    sheet.smooth(PSOAS, "accent", "accent-edge")
    for line in FIBRES:
        sheet.line(line, "accent-soft", 1.2)
    return sheet


def _spine(sheet: Sheet) -> None:
    for middle, tilt, depth in VERTEBRAE:
        along, up = toward(tilt), toward(tilt + 90)
        half, rise = depth / 2, BODY_HEIGHT / 2
        disc = [
            middle + along * x * half * 0.95 + up * y
            for x, y in ((-1, -rise - 0.9), (1, -rise - 0.9), (1, -rise), (-1, -rise))
        ]
        arch = [(-0.7, 0.5), (-1.8, 0.7), (-2.6, 0.2), (-4.2, -0.3), (-5.4, -0.9), (-5.5, -1.9), (-4.2, -1.9)]
        arch += [(-2.8, -1.3), (-1.8, -0.7), (-0.7, -0.4)]
        sheet.smooth([middle + along * (x - half + 0.9) + up * y for x, y in arch], "bone-far", "bone-edge")
        sheet.smooth(disc, "disc", "bone-edge")
        block = [
            (-1, -0.8),
            (-0.9, 0),
            (-1, 0.8),
            (-0.8, 1),
            (0.8, 1),
            (1, 0.8),
            (0.9, 0),
            (1, -0.8),
            (0.8, -1),
            (-0.8, -1),
        ]
        sheet.smooth([middle + along * x * half + up * y * rise for x, y in block], "bone", "bone-edge")
