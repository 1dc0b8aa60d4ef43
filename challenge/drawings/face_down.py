"""Positions with the face to the floor."""

from dataclasses import replace

from challenge.drawings.body import KNEE, Arm, Leg, Pose
from challenge.drawings.position import Position, Viewport
from challenge.drawings.props import Ball, Mat

LONG = Leg(hip=7, knee=4.4, ankle=73.6)
LONG_UNDER_ARCH = replace(LONG, hip=-7)
LONG_FROM_BALL = replace(LONG, hip=17.3, knee=7.7)
FOLDED = Leg(hip=132, knee=155, ankle=72)
ON_FLOOR = (("near thigh", 0.0), ("near shin", 0.0), ("near foot", 0.0), ("near hand", 0.0))

FACE_DOWN = {
    "prone-press-up-1": Position(
        Pose(
            trunk=(0, 3),
            legs=(LONG, LONG),
            arms=(Arm(wrist_at=24 + 1.7j, hand=0), Arm(wrist_at=25 + 1.7j, hand=0)),
            held=("pelvis", 6.4j),
            neck=13,
            head=10,
        ),
        Viewport(4.8, 306, 280),
        rests=(*ON_FLOOR, ("trunk", 0), ("head", 0)),
        props=(Mat(-62, 52),),
    ),
    "prone-press-up-2": Position(
        Pose(
            trunk=(14, 68),
            legs=(LONG_UNDER_ARCH, LONG_UNDER_ARCH),
            arms=(Arm(wrist_at=22 + 1.7j, hand=0, out=33), Arm(wrist_at=24 + 1.7j, hand=0, out=33)),
            ramp=(3, 27),
            held=("pelvis", 6.4j),
            head=0,
        ),
        Viewport(4.8, 306, 290),
        rests=ON_FLOOR,
        props=(Mat(-62, 52),),
        accents=("hip",),
        arrows=((44 + 22j, 44 + 36j),),
    ),
    "ball-release-1": Position(
        Pose(
            trunk=(-7, 41),
            legs=(LONG_FROM_BALL, LONG_FROM_BALL),
            arms=(Arm(wrist_at=51 + 1.7j, hand=0, out=15), Arm(wrist_at=52 + 1.7j, hand=0, out=15)),
            held=("pelvis", 7.8j),
            arch=1.9,
        ),
        Viewport(4.4, 274, 275),
        rests=(*ON_FLOOR, ("trunk", 0), ("near forearm", 0)),
        props=(Mat(-60, 61),),
        front=(Ball(2.2 + 2.1j),),
    ),
    "childs-pose-side-reach-1": Position(
        Pose(
            trunk=(24, -29),
            legs=(FOLDED, FOLDED),
            arms=(Arm(wrist_at=58.5 + 1.7j, hand=0), Arm(wrist_at=58.8 + 1.7j, hand=0)),
            held=("near knee", 22 + KNEE * 1j),
            neck=5,
        ),
        Viewport(5.2, 160, 275),
        rests=(*ON_FLOOR, ("head", 0)),
        props=(Mat(-24, 75),),
        accents=("low back",),
    ),
}
