"""What the self-check's drawings show of the phone."""

import pytest

from challenge.drawings import catalogue
from challenge.drawings.body import skeleton
from challenge.drawings.props import Bed, PhoneOnStool

pytestmark = pytest.mark.pure


@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_phone_films_the_self_check_from_the_side(number: int) -> None:
    position = catalogue.POSITIONS[f"self-check-{number}"]
    (bed,) = (prop for prop in position.props if isinstance(prop, Bed))
    (phone,) = (prop for prop in position.front if isinstance(prop, PhoneOnStool))
    assert bed.wall < phone.middle < bed.edge
    assert phone.floor < 0 < phone.top < bed.top
    assert abs(phone.middle - skeleton(position.pose)["pelvis"].real) < 8
