"""Pain rules: each at its edge, what it rests on, and that nothing counts for ever."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from challenge.safety.pain_rules import (
    PainRule,
    PainThresholds,
    PainTold,
    Place,
    ToldScore,
    judge,
    judgements,
)

pytestmark = pytest.mark.pure

DEFAULTS = PainThresholds()
tellings = st.builds(
    PainTold,
    day=st.integers(1, 21),
    pain=st.none() | st.integers(0, 10),
    sharp=st.booleans(),
    place=st.none() | st.sampled_from(Place),
    running_brings_it_on=st.booleans(),
    worse_next_morning=st.none() | st.booleans(),
)
courses = st.lists(tellings, max_size=8, unique_by=lambda told: told.day)


def scores(*pains: int | None, first_day: int = 1, **last: Any) -> list[PainTold]:
    """Return one check-in a day; what else is given belongs to the last."""
    days = [PainTold(day, pain) for day, pain in enumerate(pains, first_day)]
    return [*days[:-1], PainTold(days[-1].day, days[-1].pain, **last)]


def rule(check_ins: list[PainTold], today: int = 0, **thresholds: int) -> PainRule:
    return judge(check_ins, today or check_ins[-1].day, PainThresholds(**thresholds)).rule


@pytest.mark.parametrize(
    ("pain", "expected"),
    [
        (None, PainRule.NONE),
        (0, PainRule.NONE),
        (3, PainRule.NONE),
        (4, PainRule.EASE),
        (5, PainRule.EASE),
        (6, PainRule.HOLD_HIGH),
        (10, PainRule.HOLD_HIGH),
    ],
)
def test_one_score(pain: int | None, expected: PainRule) -> None:
    assert rule(scores(pain)) is expected


@pytest.mark.parametrize(
    ("pain", "expected"), [(0, PainRule.NONE), (1, PainRule.HOLD_SHARP), (None, PainRule.HOLD_SHARP)]
)
def test_sharp_pain_holds_whatever_the_number(pain: int | None, expected: PainRule) -> None:
    assert rule(scores(pain, sharp=True)) is expected


@pytest.mark.parametrize(
    ("pain", "place", "running", "expected"),
    [
        (1, Place.FRONT_OF_HIP, True, PainRule.HOLD_BONE_STRESS),
        (9, Place.FRONT_OF_HIP, True, PainRule.HOLD_BONE_STRESS),
        (None, Place.FRONT_OF_HIP, True, PainRule.HOLD_BONE_STRESS),
        (0, Place.FRONT_OF_HIP, True, PainRule.NONE),
        (3, Place.FRONT_OF_HIP, False, PainRule.NONE),
        (3, Place.KNEE, True, PainRule.NONE),
        (3, None, True, PainRule.NONE),
        (1, Place.DOWN_A_LEG, False, PainRule.HOLD_DOWN_A_LEG),
        (0, Place.DOWN_A_LEG, False, PainRule.NONE),
    ],
)
def test_bone_and_nerve_are_not_judged_by_the_score(
    pain: int | None, place: Place | None, running: bool, expected: PainRule
) -> None:
    assert rule(scores(pain, place=place, running_brings_it_on=running)) is expected


def test_tightness_alone_names_a_place_and_holds_nothing() -> None:
    assert rule(scores(None, place=Place.FRONT_OF_HIP)) is PainRule.NONE


@pytest.mark.parametrize(
    ("pains", "expected"),
    [
        ((2, 3, 4), PainRule.HOLD_RISING),
        ((3, 4, 5), PainRule.HOLD_RISING),
        ((0, 1, 4), PainRule.HOLD_RISING),
        ((1, 2, 3), PainRule.LEVEL_ONE),
        ((2, 2, 4), PainRule.EASE),
        ((1, 2, 2), PainRule.NONE),
        ((3, 4), PainRule.EASE),
        ((5, 1, 2, 3), PainRule.LEVEL_ONE),
        ((1, None, 2, None, 4), PainRule.HOLD_RISING),
        ((4, 5, 6), PainRule.HOLD_HIGH),
    ],
)
def test_rising_at_three_in_a_row(pains: tuple[int | None, ...], expected: PainRule) -> None:
    assert rule(scores(*pains)) is expected


@pytest.mark.parametrize(
    ("pains", "expected"),
    [
        ((4, 4, 4), PainRule.SEE_PHYSIO),
        ((5, 4, 5), PainRule.SEE_PHYSIO),
        ((4, 5), PainRule.EASE),
        ((4, 3, 4, 5), PainRule.HOLD_RISING),
        ((5, 3, 5, 5), PainRule.EASE),
        ((4, None, 4, 5), PainRule.SEE_PHYSIO),
        ((6, 5, 5), PainRule.EASE),
    ],
)
def test_four_or_five_at_three_in_a_row(pains: tuple[int | None, ...], expected: PainRule) -> None:
    assert rule(scores(*pains)) is expected


def test_worse_next_morning_leaves_the_movement_out_for_two_days_and_then_eases_it() -> None:
    check_ins = scores(4, 2, worse_next_morning=True)

    assert rule(check_ins, today=2) is PainRule.LEAVE_OUT_TWO_DAYS
    assert rule(check_ins, today=3) is PainRule.LEAVE_OUT_TWO_DAYS
    assert rule(check_ins, today=4) is PainRule.EASIER_LEVEL
    assert rule([*check_ins, PainTold(3, 0)], today=3) is PainRule.LEAVE_OUT_TWO_DAYS
    assert rule([*check_ins, PainTold(3, 0)], today=4) is PainRule.EASIER_LEVEL
    assert rule([*check_ins, PainTold(4, 3)], today=4) is PainRule.NONE
    assert rule([*check_ins, PainTold(5, worse_next_morning=False)], today=5) is PainRule.NONE
    assert rule([*check_ins, PainTold(4, 4)], today=4) is PainRule.EASE
    assert judge(check_ins, 2).rests_on == (ToldScore(4, 1), ToldScore(2, 2))


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ((True, True), PainRule.SEE_PHYSIO),
        ((True, None, True), PainRule.SEE_PHYSIO),
        ((True, False, True), PainRule.LEAVE_OUT_TWO_DAYS),
        ((True, False), PainRule.LEAVE_OUT_TWO_DAYS),
        ((False, False), PainRule.NONE),
    ],
)
def test_worse_twice_running(answers: tuple[bool | None, ...], expected: PainRule) -> None:
    check_ins = [PainTold(day, 2, worse_next_morning=worse) for day, worse in enumerate(answers, 1)]
    assert rule(check_ins) is expected


def test_a_score_ages() -> None:
    check_ins = [PainTold(2, 7), PainTold(3), PainTold(4)]

    assert judge(check_ins, 4).rests_on == (ToldScore(7, 2),)
    assert rule(check_ins, today=8) is PainRule.HOLD_HIGH
    assert rule(check_ins, today=9) is PainRule.NONE


def test_a_later_score_takes_the_place_of_an_earlier_one() -> None:
    assert rule([PainTold(2, 7, sharp=True), PainTold(3, 2)]) is PainRule.NONE
    assert rule([PainTold(2, 7), PainTold(3, running_brings_it_on=True)]) is PainRule.HOLD_HIGH


def test_what_comes_later_is_not_known_yet() -> None:
    assert rule([PainTold(1, 2), PainTold(5, 9)], today=4) is PainRule.NONE


def test_the_coach_sets_the_numbers() -> None:
    assert rule(scores(5), hold_from=5) is PainRule.HOLD_HIGH
    assert rule(scores(3), ease_from=3) is PainRule.EASE
    assert rule(scores(1, 4), in_a_row=2) is PainRule.HOLD_RISING
    assert rule(scores(7), today=3, counts_for_days=3) is PainRule.HOLD_HIGH
    assert rule(scores(7), today=4, counts_for_days=3) is PainRule.NONE


@pytest.mark.parametrize(
    "numbers",
    [
        {"ease_from": 0},
        {"ease_from": 7},
        {"hold_from": 11},
        {"rising_hold_from": 0},
        {"in_a_row": 1},
        {"worse_in_a_row": 1},
        {"days_left_out": 0},
        {"counts_for_days": 2},
    ],
)
def test_numbers_that_contradict_each_other(numbers: dict[str, int]) -> None:
    with pytest.raises(ValueError):
        PainThresholds(**numbers)


@given(courses, st.integers(1, 60))
def test_the_order_of_what_was_told_does_not_matter(check_ins: list[PainTold], today: int) -> None:
    assert judge(check_ins, today) == judge(reversed(check_ins), today)


@given(courses, st.integers(1, 60))
def test_every_judgement_rests_on_something_told_in_time(check_ins: list[PainTold], today: int) -> None:
    days = {told.day: told.pain for told in check_ins}
    for judgement in judgements(check_ins, today, DEFAULTS):
        assert judgement.rests_on
        for told in judgement.rests_on:
            assert days[told.day] == told.score
            assert 0 <= today - told.day < DEFAULTS.counts_for_days


@given(courses, st.integers(28, 60))
def test_nothing_counts_for_ever(check_ins: list[PainTold], today: int) -> None:
    assert judge(check_ins, today).rule is PainRule.NONE


@given(courses, st.integers(6, 10))
def test_a_high_score_holds_whatever_came_before(check_ins: list[PainTold], pain: int) -> None:
    assert judge([*check_ins, PainTold(22, pain)], 22).rule.holds


@given(courses)
def test_the_weightiest_comes_first(check_ins: list[PainTold]) -> None:
    found = [judgement.rule for judgement in judgements(check_ins, 21, DEFAULTS)]
    assert found == [rule for rule in PainRule if rule in found]
