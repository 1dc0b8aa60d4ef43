"""What a runner denies holds nothing, as long as it is sure that it is denied."""

import pytest

from challenge.safety.red_words import read

pytestmark = pytest.mark.pure


@pytest.mark.parametrize("turn", ["until", "but", "now", "since"])
def test_a_turn_takes_a_negation_back(turn: str) -> None:
    assert not read("no chest pain yesterday").holds
    assert read(f"no chest pain {turn} yesterday").holds


@pytest.mark.parametrize("before", range(5))
def test_a_negation_reaches_three_words(before: int) -> None:
    filler = " ".join(["well"] * before)

    assert read(f"not {filler} fever").holds is (before > 2)


def test_a_negation_ends_with_its_sentence() -> None:
    assert read("Are you fine? No. Fever though").holds
    assert read("No, fever").holds


@pytest.mark.parametrize(
    "text",
    [
        "no fever",
        "no pain, fever or chills",
        "no swelling, redness or heat in the calf, no hot calf",
        "never had a stress fracture",
        "no numbness, tingling or pins and needles in the leg",
        "ran without limping",
    ],
)
def test_denied(text: str) -> None:
    assert not read(text).holds


@pytest.mark.parametrize(
    "text",
    [
        "no feeling in my groin",
        "not able to control my bladder",
        "I have no bladder control",
        "I can't walk without limping",
        "never without limping",
        "no doubt a fever",
        "not only a fever",
        "don't worry, my foot is numb",
        "not sleeping, night sweats",
        "I don't want to live",
        "I cannot pee",
        "I can't sit, numb foot",
    ],
)
def test_not_denied(text: str) -> None:
    assert read(text).holds
