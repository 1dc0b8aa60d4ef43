"""Positions on the back, on a mat or on a bed."""

from dataclasses import replace

from challenge.drawings.body import ANKLE, SEAT, Arm, Leg, Pose, planted
from challenge.drawings.position import Position, Viewport
from challenge.drawings.props import MAT, TOP_OF_BED, Bed, Chair, Cushion, Mat, PhoneOnStool, Towel

AT_SIDE = Arm(wrist_at=4.2 + 1.7j, hand=0)
ON_BELLY = Arm(wrist_at=-13.5 + 14j, hand=-6, out=42)
ON_CHEST = Arm(wrist_at=-27 + 14.4j, hand=-4, out=60)
ON_RIBS = Arm(wrist_at=-18.5 + 14j, hand=-8, out=48)
ON_PELVIS = Arm(wrist_at=-11.5 + 14.4j, hand=-14, out=40)
KNEES_BENT = (planted(31), planted(28))
LIFTED = Leg(hip=90, knee=90, ankle=10)
DRAWN_IN = Leg(hip=142, knee=140)
SEAT_OF_CHAIR, TOWEL = 27.6, 2.4
ON_FLOOR = (("trunk", 0.0), ("head", 0.0))
BRIDGED = 25.0
ON_BED = (("trunk", TOP_OF_BED), ("head", TOP_OF_BED))
BED, PHONE, UNDER_BACK = Bed(-54, 5, TOP_OF_BED), PhoneOnStool(-5), Towel(-12, TOP_OF_BED)
BESIDE_BED = Viewport(4.8, 300, 318)
HELD = Leg(hip=116, knee=122)


def _lying(legs: tuple[Leg, Leg], arms: tuple[Arm, Arm], height: float = 0.0) -> Pose:
    held = ("pelvis", complex(0, height + SEAT))
    return Pose((180, 180), legs, arms, held, neck=-7, head=4, arch=-1)


def _clasping(wrist: complex) -> tuple[Arm, Arm]:
    """Return arms with both hands round a knee."""
    arm = Arm(wrist_at=wrist, hand=140)
    return arm, arm


def _held_thigh() -> tuple[Arm, Arm]:
    """Return arms with both hands behind a thigh that is held over the edge of the bed."""
    arm = Arm(wrist_at=complex(-4.5, TOP_OF_BED + 21), hand=70)
    return arm, arm


def _bridge(far: Leg) -> Pose:
    """Return a bridge on the near foot; shoulder, hip and near knee lie in one slanting line."""
    return Pose(
        trunk=(180 + BRIDGED, 180 + BRIDGED),
        legs=(planted(22), far),
        arms=(AT_SIDE, AT_SIDE),
        held=("shoulder", -29 + 5.4j),
        neck=33,
        head=28,
    )


ON_BACK = {
    "constructive-rest-1": Position(
        replace(_lying((planted(35), planted(32)), (ON_RIBS, ON_RIBS)), neck=9, head=3),
        Viewport(5.3, 282, 275),
        rests=(("trunk", 0), ("head", TOWEL), ("near foot", 0), ("far foot", 0)),
        props=(Mat(-51, 50), Cushion(-39.5, 15, TOWEL)),
        accents=("hip",),
    ),
    "ninety-ninety-breathing-1": Position(
        _lying((LIFTED, LIFTED), (ON_BELLY, ON_CHEST)),
        Viewport(5.0, 300, 275),
        rests=(*ON_FLOOR, ("near shin", SEAT_OF_CHAIR)),
        props=(Mat(-52, 2), Chair(rear=31, front=6, seat=SEAT_OF_CHAIR, floor=-MAT)),
        accents=("belly",),
    ),
    "supine-psoas-march-1": Position(
        _lying(KNEES_BENT, (ON_PELVIS, ON_PELVIS)),
        Viewport(5.2, 284, 280),
        rests=(*ON_FLOOR, ("near foot", 0), ("far foot", 0)),
        props=(Mat(-51, 50),),
        accents=("hip",),
    ),
    "supine-psoas-march-2": Position(
        _lying((LIFTED, planted(30)), (ON_PELVIS, ON_PELVIS)),
        Viewport(5.2, 284, 280),
        rests=(*ON_FLOOR, ("far foot", 0)),
        props=(Mat(-51, 50),),
        accents=("hip",),
        arrows=((42 + 12j, 43.5 + 24j, 39 + 36j),),
    ),
    "one-leg-long-psoas-stretch-1": Position(
        _lying((planted(31), Leg(hip=112, knee=115)), _clasping(-3.5 + 26j)),
        Viewport(4.9, 262, 280),
        rests=(*ON_FLOOR, ("near foot", 0)),
        props=(Mat(-52, 57),),
    ),
    "one-leg-long-psoas-stretch-2": Position(
        _lying((Leg(ankle_at=48.8 + 3.9j, sole=85), DRAWN_IN), _clasping(-10.5 + 20j)),
        Viewport(4.9, 262, 280),
        rests=(*ON_FLOOR, ("near foot", 0)),
        props=(Mat(-52, 57),),
        accents=("hip",),
    ),
    "glute-bridge-1": Position(
        _lying((planted(23), planted(21)), (AT_SIDE, AT_SIDE)),
        Viewport(5.2, 284, 280),
        rests=(*ON_FLOOR, ("near foot", 0), ("far foot", 0)),
        props=(Mat(-51, 50),),
    ),
    "glute-bridge-2": Position(
        Pose(
            trunk=(206, 196),
            legs=(planted(24), planted(22)),
            arms=(AT_SIDE, AT_SIDE),
            held=("shoulder", -29 + 5.8j),
            neck=22,
            head=17,
        ),
        Viewport(5.2, 284, 280),
        rests=(*ON_FLOOR, ("near foot", 0), ("near hand", 0)),
        props=(Mat(-51, 50),),
        accents=("seat",),
        arrows=((-4 + 30j, -4 + 42j),),
    ),
    "marching-bridge-1": Position(
        _bridge(planted(21)),
        Viewport(4.6, 300, 300),
        rests=(*ON_FLOOR, ("near foot", 0), ("far foot", 0), ("near hand", 0)),
        props=(Mat(-56, 47),),
        accents=("seat",),
    ),
    "marching-bridge-2": Position(
        _bridge(Leg(ankle_at=complex(26.5, ANKLE + 5.6), sole=6)),
        Viewport(4.6, 300, 300),
        rests=(*ON_FLOOR, ("near foot", 0), ("near hand", 0)),
        props=(Mat(-56, 47),),
        accents=("seat",),
        arrows=((41 + 2j, 41 + 12j),),
    ),
    "self-check-2": Position(
        _lying((Leg(hip=113, knee=118), HELD), _held_thigh(), TOP_OF_BED),
        BESIDE_BED,
        rests=ON_BED,
        props=(BED,),
        front=(UNDER_BACK, PHONE),
    ),
    "self-check-3": Position(
        _lying((Leg(hip=-1, knee=72, ankle=20), HELD), _held_thigh(), TOP_OF_BED),
        BESIDE_BED,
        rests=ON_BED,
        props=(BED,),
        front=(UNDER_BACK, PHONE),
        accents=("hip",),
    ),
}
