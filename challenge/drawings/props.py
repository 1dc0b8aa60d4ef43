"""The furniture and walls behind or below a person, in the units of the body, with the ground at 0."""

from dataclasses import dataclass
from typing import Protocol

from challenge.drawings.geometry import circle
from challenge.drawings.sheet import Sheet

MAT, TOP_OF_BED = 1.3, 25.0
# The radius of a soft play ball in centimetres, and the centimetres of a unit in a person of 170 cm.
PLAY_BALL, CENTIMETRES = 3.5, 1.7


class Prop(Protocol):
    def draw(self, sheet: Sheet) -> None: ...


@dataclass(frozen=True)
class Mat:
    left: float
    right: float

    def draw(self, sheet: Sheet) -> None:
        sheet.box(self.left, -MAT, self.right, 0, "mat", "mat-edge", 4)


@dataclass(frozen=True)
class Cushion:
    middle: float
    width: float
    height: float

    def draw(self, sheet: Sheet) -> None:
        half = self.width / 2
        sheet.box(self.middle - half, 0, self.middle + half, self.height, "cloth", "prop-edge", 9)


@dataclass(frozen=True)
class Ball:
    middle: complex
    radius: float = PLAY_BALL / CENTIMETRES

    def draw(self, sheet: Sheet) -> None:
        sheet.smooth(circle(self.middle, self.radius), "ball", "accent", 3)


@dataclass(frozen=True)
class Chair:
    """A chair from the side; its back stands at `rear`, its seat ends at `front`."""

    rear: float
    front: float
    seat: float = 27.0
    floor: float = 0.0
    rise: float = 25.0

    def draw(self, sheet: Sheet) -> None:
        out = 1.0 if self.rear > self.front else -1.0
        for foot, reach in ((self.front + out * 1.5, -out), (self.rear - out * 1.5, out * 1.8)):
            top, end = complex(foot, self.seat - 2), complex(foot + reach, self.floor)
            sheet.polygon([top - 1, top + 1, end + 0.8, end - 0.8], "prop-dark", "prop-edge")
        base, top = complex(self.rear - out, self.seat), complex(self.rear + out * 2, self.seat + self.rise)
        sheet.polygon([base - 1, base + 1, top + 0.9, top - 0.9], "prop-dark", "prop-edge")
        left, right = sorted((self.rear, self.front))
        sheet.box(left, self.seat - 2.6, right, self.seat, "prop", "prop-edge", 5)


@dataclass(frozen=True)
class ChairBeside:
    """A chair beyond the person, its back turned to the viewer."""

    left: float
    right: float
    seat: float = 27.0
    top: float = 55.0

    def draw(self, sheet: Sheet) -> None:
        for post in (self.left, self.right - 2.2):
            sheet.box(post, 0, post + 2.2, self.top - 1, "prop-dark", "prop-edge", 2)
        gap = (self.right - self.left - 2.2) / 4
        for spindle in (self.left + 0.4 + gap * number for number in (1, 2, 3)):
            sheet.box(spindle, self.seat, spindle + 1.4, self.top - 4, "prop-dark", "prop-edge", 1)
        sheet.box(self.left - 0.6, self.seat - 3, self.right + 0.6, self.seat, "prop", "prop-edge", 3)
        sheet.box(self.left - 0.6, self.top - 4.5, self.right + 0.6, self.top, "prop", "prop-edge", 5)


@dataclass(frozen=True)
class Bed:
    """A bed from the side; its head end stands against a wall."""

    wall: float
    edge: float
    top: float

    def draw(self, sheet: Sheet) -> None:
        sheet.wall(self.wall, 0)
        for left in (self.wall + 4, self.edge - 12):
            sheet.box(left, 0, left + 4, self.top - 8, "prop-dark", "prop-edge", 2)
        sheet.box(self.wall + 1, self.top - 11, self.edge - 1, self.top - 7, "prop", "prop-edge", 2)
        sheet.box(self.wall + 1, self.top - 8, self.edge, self.top, "cloth", "prop-edge", 8)


@dataclass(frozen=True)
class Towel:
    """A folded tea towel, lying at a height."""

    middle: float
    height: float

    def draw(self, sheet: Sheet) -> None:
        left, right = self.middle - 5.5, self.middle + 5.5
        for low in (self.height, self.height + 1.5):
            sheet.box(left, low, right, low + 1.5, "towel", "prop-edge", 4)
            for stripe in (left + 1.6, left + 2.8, right - 2.8, right - 1.6):
                sheet.line([complex(stripe, low + 0.3), complex(stripe, low + 1.2)], "stripe", 2.5)


@dataclass(frozen=True)
class PhoneOnStool:
    """A phone on a stool, nearer to the viewer than the bed; its screen faces the bed's long side."""

    middle: float
    floor: float = -4.0
    top: float = 17.0

    def draw(self, sheet: Sheet) -> None:
        x, top, floor = self.middle, self.top, self.floor
        for leg in (x - 5.5, x + 5.5):
            sheet.polygon(
                [complex(leg + at, y) for at, y in ((-0.9, top), (0.9, top), (0.7, floor), (-0.7, floor))],
                "prop-dark",
                "prop-edge",
            )
        sheet.box(x - 7.5, top - 2.4, x + 7.5, top, "prop", "prop-edge", 4)
        sheet.box(x - 4.7, top, x + 4.7, top + 4.8, "ink", "ink", 4)
        for lens in (2.3, 3.7):
            sheet.smooth(circle(complex(x - 3.6, top + lens), 0.5), "panel")


@dataclass(frozen=True)
class Sofa:
    edge: float
    top: float
    depth: float = 30.0

    def draw(self, sheet: Sheet) -> None:
        back = self.edge - self.depth
        sheet.box(back - 9, 2, back + 1, self.top + 22, "prop", "prop-edge", 12)
        sheet.box(back - 7, 0, back - 3, 3, "prop-dark", "prop-edge", 1)
        sheet.box(self.edge - 8, 0, self.edge - 4, 3, "prop-dark", "prop-edge", 1)
        sheet.box(back, 3, self.edge - 1, self.top - 9, "prop", "prop-edge", 4)
        sheet.box(back, self.top - 9.5, self.edge, self.top, "cloth", "prop-edge", 10)
