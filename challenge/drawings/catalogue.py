"""Every drawing by its name, as SVG and PNG in each theme."""

from collections.abc import Callable
from functools import cache
from hashlib import sha256

import resvg_py

from challenge.drawings.above import childs_pose_to_side
from challenge.drawings.face_down import FACE_DOWN
from challenge.drawings.front import ball_spot, psoas_front
from challenge.drawings.on_back import ON_BACK
from challenge.drawings.palette import PALETTES
from challenge.drawings.png import reduce_colours
from challenge.drawings.sheet import HEIGHT, WIDTH, Sheet, svg
from challenge.drawings.side import psoas_side
from challenge.drawings.upright import UPRIGHT

POSITIONS = ON_BACK | FACE_DOWN | UPRIGHT
DRAWINGS: dict[str, Callable[[], Sheet]] = {
    **{name: position.draw for name, position in POSITIONS.items()},
    "ball-release-2": ball_spot,
    "childs-pose-side-reach-2": childs_pose_to_side,
    "psoas-front": psoas_front,
    "psoas-side": psoas_side,
}
THEMES = tuple(PALETTES)


def names() -> list[str]:
    return sorted(DRAWINGS)


def size(name: str) -> tuple[int, int]:
    """Return width and height in CSS pixels. Raises KeyError for a drawing that does not exist."""
    if name not in DRAWINGS:
        raise KeyError(name)
    return WIDTH, HEIGHT


@cache
def to_svg(name: str, theme: str) -> str:
    return svg(DRAWINGS[name](), PALETTES[theme])


def to_png(name: str, theme: str) -> bytes:
    """Return the PNG, with two pixels for each CSS pixel."""
    return reduce_colours(
        resvg_py.svg_to_bytes(svg_string=to_svg(name, theme), zoom=2, skip_system_fonts=True)
    )


@cache
def content_hash(name: str, theme: str) -> str:
    return sha256(to_svg(name, theme).encode()).hexdigest()[:8]
