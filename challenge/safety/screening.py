"""What answers to the ten questions ask for, and the words for it. Pure functions."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from challenge.models import SafetyLevel, Screening
from challenge.safety.screening_list import (
    ASK_BOXES,
    MOVEMENT_BOXES,
    QUESTIONS,
    SOME,
    URGENT_BOXES,
    Box,
    ScreeningChoice,
    Text,
)

BOXES = (*URGENT_BOXES, *ASK_BOXES, *MOVEMENT_BOXES)
ANSWERS: dict[str, ScreeningChoice | Box] = {
    choice.code: choice for asked in QUESTIONS for choice in asked.choices
}
ANSWERS |= {box.code: box for box in BOXES}

# What to do now. The coach is told by the system; the runner need not tell.
ADVICE: dict[SafetyLevel, Text] = {
    SafetyLevel.EMERGENCY: _(
        "Call your local emergency number, or have somebody take you to an emergency department now. Don't"
        " wait for us or for an appointment."
    ),
    SafetyLevel.TODAY: _(
        "Please speak to a doctor or an urgent-care line today. No running and no stretching until somebody"
        " who has examined you agrees. Your place is kept."
    ),
    SafetyLevel.WITHIN_DAYS: _(
        "Please speak to a doctor: book a visit within the next few days. No running and no stretching until"
        " somebody who has examined you agrees. Your place is kept."
    ),
    SafetyLevel.ASK_FIRST: _(
        "Ask a clinician who knows you first. Your place is kept; tell us when they agree."
    ),
}


@dataclass(frozen=True)
class ScreeningResult:
    """The most urgent level of all answers, if any, and every stretch that they leave out."""

    codes: tuple[str, ...] = ()
    level: SafetyLevel | None = None
    left_out: tuple[str, ...] = ()

    @property
    def result(self) -> Screening.Result:
        if SOME in self.codes:
            return Screening.Result.SOME
        if self.level:
            return Screening.Result(self.level.value)
        return Screening.Result.LEFT_OUT if self.left_out else Screening.Result.CLEAR

    @property
    def advice(self) -> Text:
        return ADVICE[self.level] if self.level else ""

    @property
    def notes(self) -> list[Text]:
        """Return what is said beside the advice."""
        return [ANSWERS[code].note for code in self.codes if code in ANSWERS and ANSWERS[code].note]

    @property
    def is_bone_stress(self) -> bool:
        return "bone_stress" in self.codes

    def without_health_data(self) -> "ScreeningResult":
        """Return what is known of somebody whose answers are not kept: nothing, or one of the list."""
        is_clear = self.level is None and not self.left_out
        return self if is_clear else ScreeningResult((SOME,), self.level or SafetyLevel.ASK_FIRST)


def judge(codes: Iterable[str]) -> ScreeningResult:
    """Judge the codes of what was answered with yes and ticked. Raises KeyError for an unknown one."""
    given = set(codes)
    if SOME in given:
        return ScreeningResult((SOME,), SafetyLevel.TODAY)
    unknown = given - set(ANSWERS)
    if unknown:
        raise KeyError(*unknown)
    found = [answer for code, answer in ANSWERS.items() if code in given]
    levels = [answer.level for answer in found if answer.level]
    boxes = [answer for answer in found if isinstance(answer, Box)]
    left_out = {slug for box in boxes for slug in box.leaves_out}
    level = min(levels, key=SafetyLevel.rank, default=None)
    return ScreeningResult(tuple(answer.code for answer in found), level, tuple(sorted(left_out)))


def in_words(codes: Iterable[str]) -> list[str]:
    """Word what was ticked, for the coach."""
    return [_word(code) for code in codes if code in ANSWERS]


def _word(code: str) -> str:
    asked = next((each for each in QUESTIONS if code in [choice.code for choice in each.choices]), None)
    answer = ANSWERS[code]
    return str(answer.text) if isinstance(answer, Box) else f"{asked and asked.text} {answer.label}"
