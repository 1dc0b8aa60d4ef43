"""A person from the side: lengths, angles, and the joints that follow from them.

Directions are degrees anticlockwise from the right. A trunk at 90 degrees stands and looks right; at 180
it lies on its back with the head to the left; at 0 it lies face down with the head to the right.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, radians

from challenge.drawings.geometry import bend, heading, toward

# Lengths in hundredths of the height, after Drillis and Contini (1966).
THIGH, SHIN, ANKLE = 24.5, 24.6, 3.9
UPPER_ARM, FOREARM = 18.6, 14.8
SHOULDER, NAPE, NECK = 29, 30, 8.0
# Half the depth of a knee and of the seat: the height of these joints above the surface that they rest on.
KNEE, SEAT = 3.3, 7.2
SIDES = ("near", "far")
# The spine bends between the sacrum and the ribs.
RAMP = (4, 22)


@dataclass(frozen=True)
class Leg:
    """Flexion of hip and knee, and the ankle's angle downwards; or `ankle_at` and the sole's direction."""

    hip: float = 0.0
    knee: float = 0.0
    ankle: float = 0.0
    toes: float = 0.0
    ankle_at: complex | None = None
    sole: float | None = None


@dataclass(frozen=True)
class Arm:
    """Flexion of shoulder and elbow; or `wrist_at` and the hand's own direction. `out` turns the
    whole arm towards the viewer, in degrees, which shortens it."""

    shoulder: float = 0.0
    elbow: float = 0.0
    wrist: float = 0.0
    wrist_at: complex | None = None
    hand: float | None = None
    out: float = 0.0

    @property
    def lengths(self) -> tuple[float, float]:
        seen = cos(radians(self.out))
        return UPPER_ARM * seen, FOREARM * seen


def planted(x: float, height: float = 0.0) -> Leg:
    """Return a leg whose foot lies flat at a height, its ankle at x."""
    return Leg(ankle_at=complex(x, height + ANKLE), sole=0.0)


@dataclass(frozen=True)
class Pose:
    """The directions of pelvis and chest, the near and far limbs, the joint that is fixed to a point, and the
    `ramp` of units along the spine over which it bends."""

    trunk: tuple[float, float]
    legs: tuple[Leg, Leg]
    arms: tuple[Arm, Arm]
    held: tuple[str, complex]
    neck: float = 14.0
    head: float = 0.0
    arch: float = 0.0
    ramp: tuple[int, int] = RAMP


@dataclass(frozen=True)
class Skeleton:
    """The joints by name ("near knee"), the directions of feet, hands and head, and the line of the spine."""

    joints: Mapping[str, complex]
    directions: Mapping[str, float]
    spine: tuple[complex, ...]
    arch: float
    toes: Mapping[str, float]

    def __getitem__(self, joint: str) -> complex:
        return self.joints[joint]

    def facing(self, station: int) -> complex:
        """Return the direction from the spine straight to the front of the body."""
        before, after = self.spine[max(station - 1, 0)], self.spine[min(station + 1, len(self.spine) - 1)]
        return (after - before) / abs(after - before) * -1j


def skeleton(pose: Pose) -> Skeleton:
    """Return all joints. Raises ValueError when the held joint belongs to a limb that has a goal."""
    name, place = pose.held
    loose = _assemble(pose, 0j)
    held = _assemble(pose, place - loose[name])
    if abs(held[name] - place) > 1e-6:
        raise ValueError(f"{name} is held, and its limb reaches for another place")
    return held


def _assemble(pose: Pose, pelvis: complex) -> Skeleton:
    spine = _spine(pose, pelvis)
    _, chest = pose.trunk
    nape = spine[NAPE] + toward(chest + 90, 1.0)
    joints = {"pelvis": pelvis, "shoulder": spine[SHOULDER], "nape": nape}
    joints["skull"] = nape + toward(chest - pose.neck, NECK)
    directions = {"head": chest - pose.head}
    for side, leg, arm in zip(SIDES, pose.legs, pose.arms, strict=True):
        thigh, shin = _leg_directions(leg, pelvis, pose.trunk[0])
        knee = pelvis + toward(thigh, THIGH)
        upper, lower = _arm_directions(arm, joints["shoulder"], chest)
        elbow = joints["shoulder"] + toward(upper, arm.lengths[0])
        joints |= {f"{side} knee": knee, f"{side} ankle": knee + toward(shin, SHIN)}
        joints |= {f"{side} elbow": elbow, f"{side} wrist": elbow + toward(lower, arm.lengths[1])}
        directions[f"{side} foot"] = shin + 90 - leg.ankle if leg.sole is None else leg.sole
        directions[f"{side} hand"] = lower + arm.wrist if arm.hand is None else arm.hand
    toes = {side: leg.toes for side, leg in zip(SIDES, pose.legs, strict=True)}
    return Skeleton(joints, directions, spine, pose.arch, toes)


def _spine(pose: Pose, start: complex) -> tuple[complex, ...]:
    """Return one point for each unit of length."""
    (pelvis, chest), (low, high) = pose.trunk, pose.ramp
    points = [start]
    for step in range(NAPE + 1):
        share = min(max((step - low) / (high - low), 0.0), 1.0)
        turned = share * share * (3 - 2 * share)
        points.append(points[-1] + toward(pelvis + (chest - pelvis) * turned))
    return tuple(points)


def _leg_directions(leg: Leg, pelvis: complex, trunk: float) -> tuple[float, float]:
    if leg.ankle_at is None:
        thigh = trunk + 180 + leg.hip
        return thigh, thigh - leg.knee
    thigh = heading(leg.ankle_at - pelvis) + bend(pelvis, leg.ankle_at, THIGH, SHIN)
    return thigh, heading(leg.ankle_at - pelvis - toward(thigh, THIGH))


def _arm_directions(arm: Arm, shoulder: complex, trunk: float) -> tuple[float, float]:
    if arm.wrist_at is None:
        upper = trunk + 180 + arm.shoulder
        return upper, upper + arm.elbow
    upper = heading(arm.wrist_at - shoulder) - bend(shoulder, arm.wrist_at, *arm.lengths)
    return upper, heading(arm.wrist_at - shoulder - toward(upper, arm.lengths[0]))
