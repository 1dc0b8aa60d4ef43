"""The short name of a source, as the mail's one line shows it."""

import pytest

from challenge.curriculum.compile_lesson import short_name, short_names

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("Siccardi MA, Tariq MA, Valle C (2023). Anatomy, Bony Pelvis. StatPearls.", "Siccardi 2023"),
        ("Betts JG and others (2022). Anatomy and Physiology 2e. OpenStax.", "Betts 2022"),
        ("van der Worp MP et al. (2015a). Injuries in Runners.", "van der Worp 2015"),
        ("Gonzalez-de-la-Flor A and others (2024). Stretching. Sports.", "Gonzalez-de-la-Flor 2024"),
        ("NICE (2016). Low back pain and sciatica. Guideline NG59.", "NICE 2016"),
        ("National Institute for Health and Care Excellence (NICE) (2016). Low back pain.", "NICE 2016"),
        ("World Health Organization (2020). Guidelines.", "World Health Organization 2020"),
        ("Johnson L (undated). The Psoas Muscle. Yellow Brick PT.", "Johnson"),
        ("Notes of a coach. Kept since 1999.", "Notes of a coach"),
        ("x" * 300, "x" * 60),
    ],
)
def test_a_source_has_a_short_name(source: str, name: str) -> None:
    assert short_name(source) == name


def test_two_chapters_of_a_book_are_named_once() -> None:
    chapter = "Betts JG and others (2022). Anatomy and Physiology 2e, section {}. OpenStax."
    assert short_names([chapter.format(11.4), "Gray H (1918). Anatomy.", chapter.format(11.6)]) == [
        "Betts 2022",
        "Gray 1918",
    ]
