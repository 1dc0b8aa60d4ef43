"""The child's pose from above, with both hands to one side; units as in `body`."""

from challenge.drawings.body import FOREARM as FOREARM_LENGTH
from challenge.drawings.body import UPPER_ARM as UPPER_ARM_LENGTH
from challenge.drawings.geometry import Station, ellipse, rounded, toward
from challenge.drawings.outlines import FOREARM, HAND, THUMB, UPPER_ARM, joint
from challenge.drawings.sheet import Sheet

THIGH: list[Station] = [(0.0, 6.8, 6.8), (0.5, 6.0, 6.0), (1.0, 4.2, 4.2)]
SOLE: list[Station] = [(0.0, 2.1, 2.1), (0.45, 2.0, 1.7), (0.8, 2.7, 2.5), (1.0, 2.0, 2.2)]
# Units along the spine and half the width there.
BACK = [(4, 10.2), (9, 8.9), (14, 8.4), (19, 9.6), (24, 11.2), (28, 9.6), (30, 5.0)]
TURN = -31.0
LENGTH = 31


def childs_pose_to_side() -> Sheet:
    sheet = Sheet(4.8, (153, 143))
    sheet.box(-26, -36.5, 79, 22.5, "mat", "mat-edge", 12)
    spine = _spine()
    for side in (1, -1):
        heel, toes, knee = complex(-8, 5.4 * side), complex(-20, 3.0 * side), complex(15, 16.0 * side)
        sheet.smooth(rounded(heel, toes, SOLE), "skin-far", "skin-edge")
        sheet.smooth(rounded(complex(-1, 5.5 * side), knee, THIGH), "tights", "tights-edge")
    arms = [(side, spine[27] + _left(spine, 27) * 9.8 * side) for side in (1, -1)]
    for side, shoulder in arms:
        _arm(sheet, shoulder, side)
    _head(sheet, spine)
    _trunk(sheet, spine)
    _waist(sheet, spine)
    sheet.arrow((70 + 14j, 74 + 6j, 75 - 4j))
    return sheet


def _spine() -> list[complex]:
    points = [0j]
    for step in range(LENGTH):
        share = min(max((step - 3) / 20, 0.0), 1.0)
        points.append(points[-1] + toward(TURN * share * share * (3 - 2 * share)))
    return points


def _left(spine: list[complex], station: int) -> complex:
    way = spine[station + 1] - spine[station - 1]
    return way / abs(way) * 1j


def _trunk(sheet: Sheet, spine: list[complex]) -> None:
    left = [spine[at] + _left(spine, at) * half for at, half in BACK]
    right = [spine[at] - _left(spine, at) * half for at, half in BACK]
    sheet.smooth([*left, *reversed(right), -3 - 8j, -3 + 8j], "top", "top-edge")
    hem = [left[1], left[1], spine[8], right[1], right[1]]
    seat = [
        right[0],
        -0.5 - 11.1j,
        -5.6 - 9.2j,
        -8.2 - 4.8j,
        -7.0 + 0j,
        -8.2 + 4.8j,
        -5.6 + 9.2j,
        -0.5 + 11.1j,
        left[0],
    ]
    sheet.smooth([*hem, *seat], "tights", "tights-edge")
    sheet.line([-7.0 + 0j, -3.4 + 0.2j, 0.6 + 0j], "tights-edge", 1.5)
    sheet.line(spine[11:25:3], "top-edge", 1.5)


def _arm(sheet: Sheet, shoulder: complex, side: int) -> None:
    elbow = shoulder + toward(TURN - 4 * side + 3, UPPER_ARM_LENGTH)
    wrist = elbow + toward(TURN + 4 * side, FOREARM_LENGTH)
    palm = [point if side > 0 else point.conjugate() for point in HAND]
    thumb = [point.conjugate() if side > 0 else point for point in THUMB]
    for shape in (thumb, palm):
        sheet.smooth([wrist + point * toward(TURN + 2 * side) for point in shape], "skin", "skin-edge")
    sheet.smooth(rounded(shoulder, elbow, UPPER_ARM), "skin", "skin-edge")
    sheet.smooth(rounded(elbow, wrist, FOREARM), "skin", "skin-edge")
    sheet.smooth(joint(elbow, shoulder, 1.85, 2.5), "skin")
    sheet.smooth(joint(wrist, 2 * wrist - elbow, 1.1, 1.4), "skin")


def _head(sheet: Sheet, spine: list[complex]) -> None:
    ahead = toward(TURN)
    middle = spine[30] + ahead * 8.0
    sheet.smooth(rounded(spine[28], middle, [(0.0, 3.6, 3.6), (1.0, 3.4, 3.4)]), "skin", "skin-edge")
    for side in (1, -1):
        sheet.smooth(ellipse(middle + ahead * 1j * 5.2 * side - ahead, 1.7, 1.0, TURN), "skin", "skin-edge")
    sheet.smooth(ellipse(middle, 6.4, 5.3, TURN), "hair", "hair-edge")
    sheet.smooth(ellipse(middle + ahead * 4.4, 2.5, 2.5, TURN), "hair", "hair-edge")


def _waist(sheet: Sheet, spine: list[complex]) -> None:
    outer = [spine[at] + _left(spine, at) * (half - 1.2) for at, half in BACK[:5]]
    inner = [spine[at] + _left(spine, at) * (half - 4.2) for at, half in BACK[1:4]]
    sheet.smooth([outer[0], *outer, outer[-1], *reversed(inner)], "accent", "accent-soft", 2.5)
