"""A sheet of shapes with named colours, and its SVG in a palette."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from challenge.drawings.geometry import curves, toward

WIDTH, HEIGHT = 560, 350


@dataclass
class Sheet:
    """The elements of a drawing; `scale` is pixels for each unit, `origin` the pixel of the point 0."""

    scale: float
    origin: tuple[float, float]
    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def at(self, point: complex) -> tuple[float, float]:
        return self.origin[0] + point.real * self.scale, self.origin[1] - point.imag * self.scale

    def smooth(
        self, points: Sequence[complex], fill: str, edge: str = "", width: float = 1.5, opacity: float = 1
    ) -> None:
        pieces = curves(points)
        path = f"M{self._text(points[0])}" + "".join(
            f"C{self._text(b)} {self._text(c)} {self._text(d)}" for _, b, c, d in pieces
        )
        self._add(path + "Z", fill, edge, width)
        if opacity < 1:
            self.elements[-1][1]["fill-opacity"] = f"{opacity:g}"

    def polygon(self, points: Sequence[complex], fill: str, edge: str = "", width: float = 1.5) -> None:
        path = "L".join(self._text(point) for point in points)
        self._add(f"M{path}Z", fill, edge, width)

    def line(self, points: Sequence[complex], edge: str, width: float = 1.5) -> None:
        """Draw an open line through the points, smooth where there are more than two."""
        path = f"M{self._text(points[0])}"
        for index, (here, after) in enumerate(pairwise(points)):
            before, beyond = points[max(index - 1, 0)], points[min(index + 2, len(points) - 1)]
            first, second = here + (after - before) / 6, after - (beyond - here) / 6
            path += f"C{self._text(first)} {self._text(second)} {self._text(after)}"
        self._add(path, "none", edge, width)

    def arrow(self, points: Sequence[complex], colour: str = "accent") -> None:
        """Draw a line that ends in an arrowhead; the head's size is in pixels, whatever the scale."""
        last, before = points[-1], points[-2]
        unit = 1 / self.scale
        ahead = (last - before) / abs(last - before)
        self.line([*points[:-1], last - ahead * 6 * unit], colour, 5)
        wings = [last + ahead * 5 * unit, *(last - ahead * 11 * unit * toward(turn) for turn in (38, -38))]
        self._add("M" + "L".join(self._text(point) for point in wings) + "Z", colour, colour, 2)

    def floor(self, level: float) -> None:
        """Draw the ground, down to the lower edge of the panel."""
        top = _number(self.at(complex(0, level))[1])
        low = f"V{HEIGHT - 18}a18 18 0 0 1 -18 18H18a18 18 0 0 1 -18 -18Z"
        self.elements.append(("path", {"d": f"M0 {top}H{WIDTH}{low}", "fill": "floor"}))
        edge = {"d": f"M0 {top}H{WIDTH}", "fill": "none", "stroke": "line", "stroke-width": "2"}
        self.elements.append(("path", edge))

    def wall(self, right: float, level: float) -> None:
        """Draw a wall from the left edge of the panel to `right`, above the ground."""
        x, y = (_number(value) for value in self.at(complex(right, level)))
        shape = f"M{x} 0H18a18 18 0 0 0 -18 18V{y}H{x}Z"
        self.elements.append(("path", {"d": shape, "fill": "wall"}))
        self.line([complex(right, level), complex(right, self.origin[1] / self.scale)], "prop-edge", 2)

    def box(
        self, left: float, low: float, right: float, high: float, fill: str, edge: str, radius: float
    ) -> None:
        x, y = self.at(complex(left, high))
        width, height = (right - left) * self.scale, (high - low) * self.scale
        round_by = min(radius, height / 2)
        shape = {"x": x, "y": y, "width": width, "height": height, "rx": round_by}
        attributes = {key: _number(value) for key, value in shape.items()}
        self.elements.append(("rect", attributes | {"fill": fill, "stroke": edge, "stroke-width": "1.5"}))

    def _add(self, path: str, fill: str, edge: str, width: float) -> None:
        attributes = {"d": path, "fill": fill}
        if edge:
            attributes |= {"stroke": edge, "stroke-width": f"{width:g}"}
            attributes |= {"stroke-linejoin": "round", "stroke-linecap": "round"}
        self.elements.append(("path", attributes))

    def _text(self, point: complex) -> str:
        x, y = self.at(point)
        return f"{_number(x)} {_number(y)}"


def _number(value: float) -> str:
    """Format with one decimal, and never as "-0"."""
    return f"{round(value, 1) + 0.0:g}"


def svg(sheet: Sheet, palette: Mapping[str, str]) -> str:
    """Render with presentation attributes only, which mail programs and a strict content policy accept."""
    drawn = "".join(
        f"<{tag} "
        + " ".join(f'{key}="{palette.get(value, value)}"' for key, value in attributes.items())
        + "/>"
        for tag, attributes in sheet.elements
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="18" fill="{palette["panel"]}"/>{drawn}</svg>'
    )
