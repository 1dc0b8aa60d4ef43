"""The reading grade of a text, and its parts."""

import pytest

from challenge.curriculum.lint import lint_article
from challenge.curriculum.lint.reading import MOST_GRADE, grade, sentences, syllables, word_count

pytestmark = pytest.mark.pure

HARD = (
    "Considerable musculoskeletal adaptation necessitates progressively individualised physiotherapeutic "
    "intervention. Contemporary biomechanical investigations substantiate multidimensional rehabilitation. "
) * 8


def test_hard_words_are_measured() -> None:
    [finding] = lint_article(f"## Why\n\n{HARD}")
    assert "up to 8.5 is easy at six in the morning" in finding.message


def test_the_grade_is_the_one_of_the_formula() -> None:
    text = "The cat sat on the mat. " * 10
    assert grade([text]) == pytest.approx(0.39 * 6 + 11.8 * 1 - 15.59)
    measured = grade([HARD])
    assert measured is not None
    assert measured > 2 * MOST_GRADE
    assert grade(["Too short to say."]) is None
    assert grade(["\u05de\u05ea\u05d9\u05d7\u05d4 \u05d8\u05d5\u05d1\u05d4 " * 60]) is None


@pytest.mark.parametrize(
    ("word", "count"),
    [("hip", 1), ("body", 2), ("about", 2), ("little", 2), ("moved", 1), ("evidence", 3)],
)
def test_syllables(word: str, count: int) -> None:
    assert syllables(word) == count


def test_sentences_and_words() -> None:
    text = 'Stay. "Why?" Because\nit is so (really!). At 3.5 it ends'
    assert [sentence for _, sentence in sentences(text)] == [
        "Stay.",
        '"Why?"',
        "Because\nit is so (really!).",
        "At 3.5 it ends",
    ]
    assert word_count("## Why **this**\n\n- one-two, it's `three`. ' -") == 5
