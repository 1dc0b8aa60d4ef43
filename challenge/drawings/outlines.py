"""The outlines of a person's parts, from the joints."""

from collections.abc import Sequence

from challenge.drawings.body import Skeleton
from challenge.drawings.geometry import Station, ellipse, rounded, toward

Outline = list[complex]

# Shares of the length, and the widths in front and behind.
THIGH: list[Station] = [(0.0, 5.6, 6.2), (0.2, 5.9, 6.0), (0.5, 5.2, 4.9), (0.8, 3.9, 3.8), (1.0, 3.3, 3.3)]
SHIN: list[Station] = [
    (0.0, 3.3, 3.2),
    (0.12, 3.0, 3.4),
    (0.3, 2.7, 4.2),
    (0.48, 2.5, 3.9),
    (0.72, 2.0, 2.5),
    (0.9, 1.75, 1.85),
]
SHANK: list[Station] = [(0.7, 1.9, 2.1), (0.9, 1.65, 1.75), (1.0, 1.8, 2.0)]
UPPER_ARM: list[Station] = [
    (0.0, 3.2, 3.2),
    (0.15, 3.3, 3.3),
    (0.5, 2.7, 2.7),
    (0.85, 2.1, 2.2),
    (1.0, 2.1, 2.1),
]
FOREARM: list[Station] = [(0.0, 2.1, 2.1), (0.25, 2.3, 2.3), (0.7, 1.7, 1.7), (1.0, 1.35, 1.35)]
NECK: list[Station] = [(0.0, 3.4, 3.8), (0.35, 2.9, 3.3), (1.0, 3.0, 3.4)]
# Units along the spine, and the depths in front of and behind it.
TRUNK: list[tuple[int, float, float]] = [
    (0, 5.4, 7.2),
    (3, 5.5, 7.1),
    (6, 5.4, 6.2),
    (10, 5.3, 5.0),
    (14, 5.6, 4.9),
    (18, 6.3, 5.7),
    (23, 6.9, 6.6),
    (27, 5.9, 6.4),
    (30, 3.6, 5.0),
]
WAIST = 10

# The head in its own frame, looking along x, its pivot at the origin.
FACE = [
    *(0.0 + 8.7j, 3.6 + 7.7j, 5.5 + 5.2j, 5.8 + 2.8j, 5.4 + 1.5j, 6.3 + 0.2j, 7.0 - 0.8j, 6.0 - 1.4j),
    *(6.1 - 2.4j, 5.7 - 3.1j, 5.5 - 4.3j, 4.0 - 4.8j, 1.6 - 3.9j, -0.5 - 2.6j, -2.8 - 2.4j, -4.6 - 0.2j),
    *(-5.4 + 3.0j, -4.0 + 6.8j),
]
HAIR = [
    *(4.9 + 6.6j, 2.9 + 8.6j, 0.0 + 9.3j, -3.8 + 7.6j, -5.7 + 3.4j, -4.9 - 0.4j, -3.0 - 2.4j, -1.9 - 0.6j),
    *(-1.3 + 1.8j, 0.6 + 3.0j, 2.4 + 3.4j, 3.6 + 5.2j),
]
LIDS = [4.7 + 1.1j, 4.0 + 0.7j, 3.2 + 0.9j]
EAR = (-0.5 + 0.9j, 1.5, 1.05, 100.0)
BUN = (-2.6 + 9.9j, 2.5, 2.3, 20.0)
FOOT = [
    *(-1.9 + 0.6j, -3.1 - 0.8j, -3.8 - 2.3j, -3.0 - 3.8j, -1.0 - 3.9j, 2.0 - 3.5j, 4.8 - 3.8j, 7.6 - 3.9j),
    *(8.4 - 2.9j, 7.2 - 1.6j, 4.6 - 0.1j, 2.6 + 1.0j, 1.5 + 2.2j, 0.0 + 2.4j),
]
# The joint of the big toe, and the toes from there.
BALL = 7.2 - 2.9j
TOES = [0.0 - 1.0j, 2.4 - 1.0j, 3.8 - 0.8j, 4.1 - 0.1j, 3.2 + 0.5j, 1.6 + 0.8j, 0.0 + 1.1j, -0.9 + 0.1j]
HAND = [
    *(-0.9 + 1.2j, 1.2 + 1.7j, 4.0 + 1.6j, 6.6 + 1.0j, 8.6 + 0.3j, 9.2 - 0.4j, 8.2 - 0.8j, 5.6 - 0.9j),
    *(3.2 - 1.3j, 1.0 - 1.5j, -0.9 - 1.2j),
]
THUMB = [0.6 + 1.2j, 2.6 + 2.4j, 4.8 + 2.6j, 5.0 + 1.8j, 3.4 + 1.0j, 1.6 + 0.2j]


def thigh(body: Skeleton, side: str) -> Outline:
    return rounded(body["pelvis"], body[f"{side} knee"], THIGH)


def shin(body: Skeleton, side: str) -> Outline:
    knee, ankle = body[f"{side} knee"], body[f"{side} ankle"]
    covered = rounded(knee, ankle, SHIN)
    hem = len(SHIN)
    return [*covered[:hem], covered[hem - 1], covered[hem + 3], *covered[hem + 3 :]]


def shank(body: Skeleton, side: str) -> Outline:
    return rounded(body[f"{side} knee"], body[f"{side} ankle"], SHANK)


def foot(body: Skeleton, side: str) -> Outline:
    return _set(FOOT, body[f"{side} ankle"], body.directions[f"{side} foot"])


def toes(body: Skeleton, side: str) -> Outline:
    direction = body.directions[f"{side} foot"]
    ball = body[f"{side} ankle"] + BALL * toward(direction)
    return _set(TOES, ball, direction + body.toes[side])


def upper_arm(body: Skeleton, side: str) -> Outline:
    return rounded(body["shoulder"], body[f"{side} elbow"], UPPER_ARM)


def forearm(body: Skeleton, side: str) -> Outline:
    return rounded(body[f"{side} elbow"], body[f"{side} wrist"], FOREARM)


def hand(body: Skeleton, side: str) -> Outline:
    return _set(HAND, body[f"{side} wrist"], body.directions[f"{side} hand"])


def thumb(body: Skeleton, side: str) -> Outline:
    return _set(THUMB, body[f"{side} wrist"], body.directions[f"{side} hand"])


def neck(body: Skeleton) -> Outline:
    return rounded(body["nape"], body["skull"], NECK)


def head(body: Skeleton, shape: Sequence[complex] = FACE) -> Outline:
    return _set(shape, body["skull"], body.directions["head"] - 90)


def round_of_head(body: Skeleton, spot: tuple[complex, float, float, float]) -> Outline:
    middle, long, short, lean = spot
    turn = body.directions["head"] - 90
    return ellipse(body["skull"] + middle * toward(turn), long, short, lean + turn)


def trunk(body: Skeleton, top: int = TRUNK[-1][0]) -> Outline:
    fronts, backs = [], []
    for station, front, back in TRUNK:
        if station > top:
            break
        out = body.facing(station)
        shift = body.arch * max(0.0, 1 - abs(station - 12) / 9)
        fronts.append(body.spine[station] + out * (front + shift))
        backs.append(body.spine[station] - out * (back - shift))
    down = body.spine[0] - body.spine[1]
    below = [body.spine[0] + down * 4.2 + body.facing(0) * depth for depth in (2.5, -5.5)]
    corners = 2 if top == WAIST else 1
    return [
        *fronts[:-1],
        *fronts[-1:] * corners,
        *backs[-1:] * corners,
        *reversed(backs[:-1]),
        below[1],
        below[0],
    ]


def hip_patch(body: Skeleton) -> Outline:
    """Return the patch that hides the round end of the near thigh inside the pelvis, wider behind."""
    return rounded(body["pelvis"], body.spine[4], [(0.0, 6.4, 4.9), (1.0, 6.2, 4.8)])


def joint(place: complex, onward: complex, width: float, length: float) -> Outline:
    """Return a patch over a joint that hides the round end of one part inside the next."""
    way = onward - place
    return rounded(
        place, place + way / abs(way) * length, [(0.0, width, width), (1.0, width * 0.9, width * 0.9)]
    )


LIMBS = {
    "thigh": thigh,
    "shin": shin,
    "foot": foot,
    "toes": toes,
    "upper arm": upper_arm,
    "forearm": forearm,
    "hand": hand,
}


def part(body: Skeleton, name: str) -> Outline:
    """Return the outline of "trunk" or "head", or of a limb with its side: "near foot"."""
    if name in ("trunk", "head"):
        return trunk(body) if name == "trunk" else head(body)
    side, limb = name.split(" ", 1)
    return LIMBS[limb](body, side)


def _set(shape: Sequence[complex], place: complex, turn: float) -> Outline:
    return [place + point * toward(turn) for point in shape]
