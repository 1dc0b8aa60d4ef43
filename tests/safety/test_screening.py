"""What each answer to the ten questions asks for."""

import pytest

from challenge.curriculum.course import CONTENT
from challenge.models import SafetyLevel, Screening
from challenge.safety.screening import ADVICE, ANSWERS, BOXES, in_words, judge
from challenge.safety.screening_list import QUESTIONS, SOME

pytestmark = pytest.mark.pure

LEVELS = {
    "saddle": "emergency",
    "bladder": "emergency",
    "both_legs": "emergency",
    "one_leg": "today",
    "chest": "today",
    "chest_now": "emergency",
    "bone_stress": "within_days",
    "limp": "today",
    "cannot_stand": "emergency",
    "fever": "today",
    "calf": "today",
    **dict.fromkeys(["night_pain", "weight_loss", "lump", "cancer", "down_a_leg"], "within_days"),
    **dict.fromkeys(["pregnant", "after_birth", "leaking", "operation", "fracture"], "ask_first"),
    **dict.fromkeys(["injection", "heart", "under_18"], "ask_first"),
}
STRETCHES = {path.stem for path in (CONTENT / "reset-21" / "stretches").glob("*.md")}


def test_there_are_nine_questions_and_the_boxes_of_the_tenth() -> None:
    assert len(QUESTIONS) == 9
    codes = [choice.code for asked in QUESTIONS for choice in asked.choices] + [box.code for box in BOXES]
    assert len(codes) == len(set(codes)) == len(ANSWERS)
    assert set(ADVICE) == set(SafetyLevel)


@pytest.mark.parametrize("code", sorted(ANSWERS))
def test_each_answer_has_its_level_or_only_leaves_movements_out(code: str) -> None:
    found = judge([code])

    assert found.result == LEVELS.get(code, "left_out")
    assert bool(found.left_out) is (code not in LEVELS)
    assert set(found.left_out) <= STRETCHES | {"self-check"}
    assert in_words(found.codes)


@pytest.mark.parametrize(
    ("codes", "result", "advice"),
    [
        ([], "clear", ""),
        (["under_18", "lump", "limp"], "today", "Please speak to a doctor"),
        (["calf", "saddle"], "emergency", "Call your local emergency number"),
        (["bleeding", "leaking"], "ask_first", "Ask a clinician who knows you first."),
        (["hernia", "bone_stress"], "within_days", "book a visit within the next few days"),
    ],
)
def test_the_most_urgent_answer_counts(codes: list[str], result: str, advice: str) -> None:
    found = judge(codes)

    assert found.result == result
    assert advice in str(found.advice)
    assert set(found.codes) == set(codes)


def test_what_is_left_out_adds_up() -> None:
    assert judge(["hernia", "numb_skin"]).left_out == ("ball-release", "prone-press-up")
    both = set(judge(["hip_front"]).left_out) | set(judge(["hip_back"]).left_out)
    assert set(judge(["hip_unknown"]).left_out) == both
    assert {"couch-stretch", "leg-swings", "self-check"} <= set(judge(["hip_front"]).left_out)
    assert {"childs-pose-side-reach", "ninety-ninety-breathing"} <= set(judge(["hip_back"]).left_out)


def test_some_of_the_answers_say_more() -> None:
    assert "worse by the hour" in str(judge(["one_leg"]).notes)
    assert "breathlessness" in str(judge(["calf"]).notes)
    assert "Don't run before you have been seen." in str(judge(["chest"]).notes)
    assert judge(["bone_stress"]).is_bone_stress


def test_without_health_data_only_the_fact_remains() -> None:
    assert judge([]).without_health_data().result == Screening.Result.CLEAR
    for codes in (["saddle"], ["hernia"], ["under_18"]):
        kept = judge(codes).without_health_data()
        assert (kept.result, kept.codes, kept.left_out) == (Screening.Result.SOME, (SOME,), ())
        assert kept.level


def test_an_unknown_answer_is_refused() -> None:
    with pytest.raises(KeyError):
        judge(["nothing_we_know"])
