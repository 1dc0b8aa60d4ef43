"""A dose is written in one short form, and said in words."""

import pytest

from challenge.curriculum.dose import Dose, DoseError, Unit, parse_dose
from challenge.curriculum.lesson import with_dose
from challenge.curriculum.lint.doses import lint_doses

pytestmark = pytest.mark.pure

STRETCH = {"slug": "march", "sides": "both", "minutes": 3}


@pytest.mark.parametrize(
    ("text", "dose", "words"),
    [
        ("2 x 45 s", Dose(2, 45, Unit.SECONDS), "2 \u00d7 45 seconds on each side"),
        ("2 \u00d7 30s", Dose(2, 30, Unit.SECONDS), "2 \u00d7 30 seconds on each side"),
        ("2 x 8", Dose(2, 8, Unit.TIMES), "2 \u00d7 8 on each side"),
        ("1 x 6", Dose(1, 6, Unit.TIMES), "6 times on each side"),
        ("2 x 10 breaths", Dose(2, 10, Unit.BREATHS), "2 \u00d7 10 breaths on each side"),
        ("1 x 10 breaths", Dose(1, 10, Unit.BREATHS), "10 breaths on each side"),
        ("5 min", Dose(1, 5, Unit.MINUTES), "5 minutes"),
    ],
)
def test_a_dose_is_read_and_said(text: str, dose: Dose, words: str) -> None:
    assert parse_dose(text) == dose
    assert dose.words(on_each_side=True) == words
    assert dose.words(on_each_side=False) == words.removesuffix(" on each side")


@pytest.mark.parametrize("text", ["", "often", "2 x", "45 s", "2 x 45 minutes", "5", "2 x 8 x 3", "-1 x 8"])
def test_another_text_is_no_dose(text: str) -> None:
    with pytest.raises(DoseError, match="Write the dose as 2 x 45 s, 2 x 8, 2 x 10 breaths or 5 min"):
        parse_dose(text)
    assert with_dose(STRETCH, {"doses": {"march": {"dose": text, "all_steps": True}}})["dose"] == text


@pytest.mark.parametrize("text", ["0 x 8", "2 x 0 s", "6 x 8", "2 x 450 s", "2 x 45 breaths", "45 min"])
def test_a_slip_of_the_pen_is_no_dose(text: str) -> None:
    with pytest.raises(DoseError, match="At most 5 sets of"):
        parse_dose(text)


def test_only_seconds_are_a_hold() -> None:
    seconds = {
        text: parse_dose(text).hold_seconds for text in ("2 x 45 s", "2 x 8", "5 min", "2 x 5 breaths")
    }
    assert seconds == {"2 x 45 s": 90, "2 x 8": 0, "5 min": 0, "2 x 5 breaths": 0}


@pytest.mark.parametrize(
    ("change", "key", "advice"),
    [
        ({"dose": "twice"}, "dose", "Write the dose as"),
        ({"minutes": None}, "minutes", "whole number from 1 to 12"),
        ({"minutes": 13}, "minutes", "whole number from 1 to 12"),
        ({"note": "x" * 141}, "note", "at most 140 fit"),
        ({"note": "Light **today**."}, "note", "shown as it is typed"),
    ],
)
def test_a_finding_about_a_dose_names_its_stretch_and_field(
    change: dict[str, object], key: str, advice: str
) -> None:
    dose = {"dose": "2 x 8", "minutes": 3, "all_steps": False, "note": ""}
    assert lint_doses({"stretches": ["bridge"], "doses": {"bridge": dose}}) == []
    [finding] = lint_doses({"stretches": ["bridge"], "doses": {"bridge": {**dose, **change}}})
    assert (finding.place, finding.line) == (f"doses.bridge.{key}", 1)
    assert advice in finding.message
