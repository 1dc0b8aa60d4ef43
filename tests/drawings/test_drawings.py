"""The course's pictures: bodies that hold together, files that outlive their mails."""

import subprocess
import sys
from os import environ
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import settings as django_settings
from hypothesis import example, given
from hypothesis import strategies as st

from challenge import drawings
from challenge.curriculum import drawing_files
from challenge.drawings import body, catalogue, outlines
from challenge.drawings.body import Arm, Leg, Pose, planted, skeleton
from challenge.drawings.geometry import heading, traced
from challenge.drawings.props import Chair

pytestmark = pytest.mark.pure

PLACES = {
    "constructive-rest": 1,
    "ninety-ninety-breathing": 1,
    "supine-psoas-march": 2,
    "half-kneeling-hip-flexor": 2,
    "one-leg-long-psoas-stretch": 2,
    "ball-release": 2,
    "standing-hip-flexor": 1,
    "couch-stretch": 2,
    "prone-press-up": 2,
    "glute-bridge": 2,
    "leg-swings": 2,
    "childs-pose-side-reach": 2,
    "self-check": 3,
    "split-squat": 2,
    "marching-bridge": 2,
}
NAMES = {f"{place}-{number + 1}" for place, count in PLACES.items() for number in range(count)}
ATTRIBUTES = {
    *("viewBox", "width", "height", "x", "y", "rx", "d", "fill", "fill-opacity"),
    *("stroke", "stroke-width", "stroke-linejoin", "stroke-linecap"),
}
angles = st.floats(-180, 180)
legs = st.builds(Leg, hip=angles, knee=angles, ankle=angles)
arms = st.builds(Arm, shoulder=angles, elbow=angles, wrist=angles)
places = st.complex_numbers(max_magnitude=80, allow_nan=False)
reaching = st.one_of(arms, st.builds(Arm, wrist_at=places))
standing = st.one_of(legs, st.builds(Leg, ankle_at=places))
poses = st.builds(
    Pose,
    trunk=st.tuples(angles, angles),
    legs=st.tuples(standing, standing),
    arms=st.tuples(reaching, reaching),
    held=st.tuples(st.sampled_from(["pelvis", "shoulder"]), places),
)


@pytest.fixture(autouse=True)
def var(settings: Any, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path
    return tmp_path


def test_every_position_of_the_course_and_both_anatomy_drawings_are_there() -> None:
    assert set(drawings.names()) == NAMES | {"psoas-front", "psoas-side"}


@pytest.mark.parametrize("name", drawings.names())
@pytest.mark.parametrize("theme", catalogue.THEMES)
def test_an_svg_holds_shapes_and_their_colours_alone(name: str, theme: str) -> None:
    root = ElementTree.fromstring(catalogue.to_svg(name, theme))
    width, height = drawings.size(name)
    assert root.get("viewBox") == f"0 0 {width} {height}"
    for element in root.iter():
        assert element.tag.removeprefix("{http://www.w3.org/2000/svg}") in {"svg", "rect", "path"}
        assert set(element.keys()) <= ATTRIBUTES
        assert not (element.text or "").strip()
        for colour in (element.get("fill", "none"), element.get("stroke", "none")):
            assert colour == "none" or (len(colour) == 7 and int(colour[1:], 16) >= 0)


@pytest.mark.parametrize("theme", catalogue.THEMES)
@pytest.mark.parametrize("name", ["psoas-front", "ball-release-2", "supine-psoas-march-2"])
def test_a_png_has_two_pixels_for_one_and_is_small(name: str, theme: str) -> None:
    content = drawing_files.read(drawing_files.file_name(name, theme, "png"))
    assert content is not None
    width, height = (int.from_bytes(content[start : start + 4], "big") for start in (16, 20))
    assert (width, height) == tuple(2 * side for side in drawings.size(name))
    assert content.startswith(b"\x89PNG")
    assert len(content) < 48_000


@given(pose=poses)
@example(Pose((0, 0), (Leg(ankle_at=0j), Leg(ankle_at=2 + 5e-324j)), (Arm(), Arm()), ("pelvis", 0j)))
def test_limbs_are_attached_and_keep_their_lengths(pose: Pose) -> None:
    drawn = skeleton(pose)
    held, place = pose.held
    assert drawn[held] == pytest.approx(place)
    assert sum(abs(b - a) for a, b in zip(drawn.spine, drawn.spine[1:], strict=False)) == pytest.approx(31)
    for side in body.SIDES:
        for start, end, length in (
            ("pelvis", f"{side} knee", body.THIGH),
            (f"{side} knee", f"{side} ankle", body.SHIN),
            ("shoulder", f"{side} elbow", body.UPPER_ARM),
            (f"{side} elbow", f"{side} wrist", body.FOREARM),
        ):
            assert abs(drawn[end] - drawn[start]) == pytest.approx(length, abs=0.02)


@given(
    legs=st.tuples(legs, legs), joint=st.sampled_from(["near knee", "far ankle", "near wrist"]), place=places
)
def test_the_whole_body_follows_the_joint_that_is_held(
    legs: tuple[Leg, Leg], joint: str, place: complex
) -> None:
    drawn = skeleton(Pose((90, 80), legs, (Arm(), Arm(elbow=20)), (joint, place)))
    assert drawn[joint] == pytest.approx(place)


def test_a_joint_is_not_held_where_its_own_limb_reaches_elsewhere() -> None:
    with pytest.raises(ValueError, match="near knee"):
        skeleton(Pose((90, 90), (planted(9), Leg()), (Arm(), Arm()), ("near knee", 0j)))


@given(place=places)
def test_a_hand_reaches_what_lies_within_reach(place: complex) -> None:
    stretched = Arm(wrist_at=place)
    drawn = skeleton(Pose((90, 90), (Leg(), Leg()), (stretched, Arm()), ("pelvis", 0j)))
    way = abs(place - drawn["shoulder"])
    if body.UPPER_ARM - body.FOREARM + 0.1 < way < body.UPPER_ARM + body.FOREARM - 0.1:
        assert drawn["near wrist"] == pytest.approx(place, abs=1e-6)


@pytest.mark.parametrize("name", catalogue.POSITIONS)
def test_knees_and_elbows_bend_the_right_way(name: str) -> None:
    drawn = skeleton(catalogue.POSITIONS[name].pose)
    for side in body.SIDES:
        thigh = drawn[f"{side} knee"] - drawn["pelvis"]
        shin = drawn[f"{side} ankle"] - drawn[f"{side} knee"]
        upper = drawn[f"{side} elbow"] - drawn["shoulder"]
        lower = drawn[f"{side} wrist"] - drawn[f"{side} elbow"]
        assert (shin / thigh).imag <= 1e-6
        assert (lower / upper).imag >= -1e-6


@pytest.mark.parametrize("name", catalogue.POSITIONS)
def test_weight_rests_on_the_ground_and_nothing_sinks_into_it(name: str) -> None:
    position = catalogue.POSITIONS[name]
    scale = position.view.scale
    assert position.rests
    for part, height in position.rests:
        assert abs(position.lowest(part) - height) * scale < 2, part
    for part in ("trunk", "head", *(f"{side} {limb}" for side in body.SIDES for limb in outlines.LIMBS)):
        assert position.lowest(part) * scale > -2, part


@pytest.mark.parametrize("name", ["marching-bridge-1", "marching-bridge-2"])
def test_a_bridge_is_one_slanting_line_to_the_standing_knee(name: str) -> None:
    drawn = skeleton(catalogue.POSITIONS[name].pose)
    trunk, thigh = drawn["pelvis"] - drawn["shoulder"], drawn["near knee"] - drawn["pelvis"]
    assert abs(heading(thigh / trunk)) < 3
    assert heading(trunk) > 15


def test_a_marching_bridge_lifts_the_far_foot_a_hand_above_the_floor_and_marks_the_standing_glute() -> None:
    both_down, lifted = (catalogue.POSITIONS[f"marching-bridge-{number}"] for number in (1, 2))
    assert 4 < lifted.lowest("far foot") < 7
    assert ("near foot", 0) in lifted.rests
    assert both_down.accents == lifted.accents == ("seat",)
    bends = []
    for position in (both_down, lifted):
        drawn = skeleton(position.pose)
        shin, thigh = drawn["far ankle"] - drawn["far knee"], drawn["far knee"] - drawn["pelvis"]
        bends.append(heading(shin / thigh))
    assert abs(bends[1] - bends[0]) < 12


def test_a_split_squat_ends_low_with_its_front_shin_upright_and_its_back_knee_free() -> None:
    low = catalogue.POSITIONS["split-squat-2"]
    drawn = skeleton(low.pose)
    assert abs(heading(drawn["near knee"] - drawn["near ankle"]) - 90) < 10
    assert heading(drawn["shoulder"] - drawn["pelvis"]) == pytest.approx(90)
    assert 2 < low.lowest("far thigh") < 8


@pytest.mark.parametrize("name", ["split-squat-1", "split-squat-2"])
def test_a_split_squat_leaves_its_front_knee_and_toes_room_from_the_chair(name: str) -> None:
    position = catalogue.POSITIONS[name]
    shape = traced(outlines.part(skeleton(position.pose), "near foot"))
    (chair,) = position.props
    assert isinstance(chair, Chair)
    assert chair.rear - max(point.real for point in shape) > 4
    assert chair.rear - skeleton(position.pose)["near knee"].real > 12


def test_file_names_are_the_same_in_every_process() -> None:
    program = (
        "import django; django.setup();"
        "from challenge.curriculum import drawing_files;"
        "print(drawing_files.file_name('glute-bridge-2', 'dark', 'png'))"
    )
    told = {"DJANGO_SETTINGS_MODULE": "challenge.settings", "SECRET_KEY": "another", "PYTHONHASHSEED": "7"}
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=django_settings.BASE_DIR,
        env={**environ, **told},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == drawing_files.file_name("glute-bridge-2", "dark", "png")
