"""The place and the size of the ball, which are what makes it safe."""

import pytest

from challenge.drawings import catalogue, front
from challenge.drawings.body import skeleton
from challenge.drawings.geometry import traced
from challenge.drawings.props import CENTIMETRES, PLAY_BALL, Ball

pytestmark = pytest.mark.pure

# The middle of the hip joint in the drawing from the front.
HIP_JOINT = -9.6


def test_the_ball_lies_below_and_outside_the_bony_point_and_all_else_is_hatched() -> None:
    ball, point = front.SPOT, front.BONY_POINT
    assert point.imag - ball.imag > PLAY_BALL
    assert 1.5 <= ball.real - PLAY_BALL - point.real < 2
    assert front.POCKET[0].imag == point.imag == max(spot.imag for spot in front.POCKET)
    above = [spot for spot in front.KEEP_OUT if spot.imag > point.imag]
    below = [spot for spot in front.KEEP_OUT if spot.imag < point.imag]
    assert [spot for spot in front.HIPS if spot.imag > point.imag] == above
    assert max(spot.real for spot in below) == point.real
    assert min(spot.imag for spot in below) == -20


def test_the_whole_ball_lies_on_the_body() -> None:
    side = traced(front.HIPS)
    level = [spot.real for spot in side if abs(spot.imag - front.SPOT.imag) < PLAY_BALL / 2]
    assert min(spot for spot in level if spot > 15) >= front.SPOT.real + PLAY_BALL - 0.1


def test_the_ball_has_one_size_in_both_drawings_and_lies_toward_the_waist_from_the_hip_joint() -> None:
    position = catalogue.POSITIONS["ball-release-1"]
    (ball,) = position.front
    assert isinstance(ball, Ball)
    assert ball.radius * CENTIMETRES == pytest.approx(PLAY_BALL)
    toward_waist = (ball.middle - skeleton(position.pose)["pelvis"]).real * CENTIMETRES
    assert toward_waist == pytest.approx(front.SPOT.imag - HIP_JOINT, abs=0.6)
