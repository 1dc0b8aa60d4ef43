"""Positions that kneel, stand and sit."""

from challenge.drawings.body import KNEE, Arm, Leg, Pose, planted
from challenge.drawings.position import Position, Viewport
from challenge.drawings.props import (
    TOP_OF_BED,
    Bed,
    Chair,
    ChairBeside,
    Cushion,
    Mat,
    PhoneOnStool,
    Sofa,
    Towel,
)

PAD, TOP_OF_SOFA = 3.0, 28.6
ON_PAD = ("near knee", complex(0, KNEE + PAD))
KNEELING = (("near thigh", PAD), ("near foot", 0.0), ("far foot", 0.0))
ON_CHAIR = Arm(wrist_at=12 + 55.6j, hand=-25)
FAR_SOFA = Sofa(-26, TOP_OF_SOFA)


def _hand_at(x: float, y: float, turn: float = -8) -> tuple[Arm, Arm]:
    """Return arms with both hands in one place, one over the other."""
    arm = Arm(wrist_at=complex(x, y), hand=turn)
    return arm, arm


UPRIGHT = {
    "half-kneeling-hip-flexor-1": Position(
        Pose((93, 90), (Leg(hip=-3, knee=80.4, ankle=79.6), planted(24)), _hand_at(12, 34.8), ON_PAD),
        Viewport(3.6, 280, 315),
        rests=KNEELING,
        props=(Mat(-45, 45), Cushion(-1, 16, PAD)),
        accents=("hip",),
        arrows=((-11.5 + 38j, -13 + 30j, -9.5 + 23j),),
    ),
    "half-kneeling-hip-flexor-2": Position(
        Pose((92, 88), (Leg(hip=-20, knee=62.4, ankle=79.6), planted(24)), _hand_at(18, 34.6, -12), ON_PAD),
        Viewport(3.6, 280, 315),
        rests=KNEELING,
        props=(Mat(-45, 45), Cushion(-1, 16, PAD)),
        accents=("hip",),
        arrows=((-20 + 48j, -6 + 48j),),
    ),
    "couch-stretch-1": Position(
        Pose((62, 50), (Leg(hip=0, knee=86, ankle=121), planted(33)), _hand_at(25, 34.6, -12), ON_PAD),
        Viewport(3.4, 310, 315),
        rests=(("near thigh", PAD), ("far foot", 0.0)),
        props=(FAR_SOFA, Cushion(3, 15, PAD)),
        accents=("thigh",),
    ),
    "couch-stretch-2": Position(
        Pose((90, 88), (Leg(hip=-22, knee=92, ankle=121), planted(33)), _hand_at(23, 34.4, -12), ON_PAD),
        Viewport(3.4, 310, 315),
        rests=(("near thigh", PAD), ("far foot", 0.0)),
        props=(FAR_SOFA, Cushion(3, 15, PAD)),
        accents=("thigh",),
    ),
    "standing-hip-flexor-1": Position(
        Pose(
            trunk=(93, 90),
            legs=(Leg(ankle_at=-26.5 + 7.5j, sole=-35, toes=35), planted(14)),
            arms=(Arm(shoulder=-36, elbow=98, wrist=-25, out=15), Arm(wrist_at=21 + 53j, hand=-5)),
            held=("pelvis", 48.2j),
        ),
        Viewport(2.95, 270, 318),
        rests=(("near toes", 0), ("far foot", 0)),
        props=(Chair(rear=25, front=50),),
        accents=("hip",),
        arrows=((-14 + 54j, -16 + 46j, -12.5 + 39j),),
    ),
    "leg-swings-1": Position(
        Pose(
            trunk=(90, 91),
            legs=(Leg(hip=48, knee=12, ankle=10), planted(0)),
            arms=(Arm(shoulder=-25, elbow=25), ON_CHAIR),
            held=("pelvis", 52.3j),
        ),
        Viewport(2.95, 260, 322),
        rests=(("far foot", 0),),
        props=(ChairBeside(8, 31),),
        accents=("hip",),
        arrows=((20 + 1.8j, 33 + 5.2j, 45 + 12.5j),),
    ),
    "leg-swings-2": Position(
        Pose(
            trunk=(86, 88),
            legs=(Leg(hip=-26, knee=25, ankle=30), planted(0)),
            arms=(Arm(shoulder=8, elbow=18), ON_CHAIR),
            held=("pelvis", 52.3j),
        ),
        Viewport(2.95, 260, 322),
        rests=(("far foot", 0),),
        props=(ChairBeside(8, 31),),
        accents=("hip",),
        arrows=((-36 + 4.5j, -42.5 + 10j, -46.5 + 18j),),
    ),
    "split-squat-1": Position(
        Pose(
            trunk=(90, 90),
            legs=(planted(18), Leg(ankle_at=-38 + 8.6j, sole=-60, toes=60)),
            arms=(Arm(shoulder=-36, elbow=98, wrist=-25, out=15), Arm(wrist_at=24 + 53.4j, hand=-5)),
            held=("pelvis", -5 + 43j),
        ),
        Viewport(3.15, 260, 322),
        rests=(("near foot", 0), ("far toes", 0)),
        props=(Chair(rear=34.5, front=59.5),),
        accents=("thigh",),
    ),
    "split-squat-2": Position(
        Pose(
            trunk=(90, 90),
            legs=(planted(18), Leg(ankle_at=-38 + 8.8j, sole=-65, toes=65)),
            arms=(Arm(shoulder=-36, elbow=98, wrist=-25, out=15), Arm(wrist_at=24 + 53.4j, hand=-5)),
            held=("pelvis", -4 + 30.5j),
        ),
        Viewport(3.15, 260, 322),
        rests=(("near foot", 0), ("far toes", 0)),
        props=(Chair(rear=34.5, front=59.5),),
        accents=("thigh",),
        arrows=((-25 + 72j, -25 + 58j),),
    ),
    "self-check-1": Position(
        Pose((92, 88), (planted(26), planted(24)), _hand_at(-4, 29, -20), ("pelvis", TOP_OF_BED * 1j + 6.6j)),
        Viewport(3.75, 280, 326),
        rests=(("near thigh", TOP_OF_BED), ("near foot", 0), ("far foot", 0)),
        props=(Bed(-54, 5, TOP_OF_BED), Towel(-15, TOP_OF_BED)),
        front=(PhoneOnStool(-5),),
    ),
}
