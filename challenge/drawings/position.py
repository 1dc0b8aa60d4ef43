"""A position: a pose with its props, accents and arrows."""

from dataclasses import dataclass
from typing import NamedTuple

from challenge.drawings import outlines
from challenge.drawings.accents import ACCENTS
from challenge.drawings.body import Pose, skeleton
from challenge.drawings.geometry import traced
from challenge.drawings.person import draw_arm, draw_far, draw_leg, draw_trunk
from challenge.drawings.props import MAT, Mat, Prop
from challenge.drawings.sheet import Sheet


class Viewport(NamedTuple):
    """The pixels for each unit of the body, and the pixel of the point 0."""

    scale: float
    x: float
    y: float


@dataclass(frozen=True)
class Position:
    """`rests` names the parts that carry weight, each with the height of its surface.
    The props in `front` hide a part of the body."""

    pose: Pose
    view: Viewport
    rests: tuple[tuple[str, float], ...]
    props: tuple[Prop, ...] = ()
    front: tuple[Prop, ...] = ()
    accents: tuple[str, ...] = ()
    arrows: tuple[tuple[complex, ...], ...] = ()

    def draw(self) -> Sheet:
        sheet = Sheet(self.view.scale, (self.view.x, self.view.y))
        body = skeleton(self.pose)
        on_mat = any(isinstance(prop, Mat) for prop in self.props)
        sheet.floor(-MAT if on_mat else 0.0)
        for prop in self.props:
            prop.draw(sheet)
        draw_far(sheet, body)
        draw_trunk(sheet, body)
        draw_leg(sheet, body, "near")
        for prop in self.front:
            prop.draw(sheet)
        for accent in self.accents:
            ACCENTS[accent](sheet, body)
        draw_arm(sheet, body, "near")
        for arrow in self.arrows:
            sheet.arrow(arrow)
        return sheet

    def lowest(self, part: str) -> float:
        """Return the height of the lowest point of a part ("near foot"), in units of the body."""
        return min(point.imag for point in traced(outlines.part(skeleton(self.pose), part)))
