"""Dangers that hold a runner's exercise, one of each sort."""

from challenge.enrollment.holding import Danger
from challenge.models import DeskItem, Hold, SafetyLevel

PAIN = Danger(Hold.Reason.HIGH_PAIN, SafetyLevel.TODAY, Hold.Source.CHECK_IN, {"score": "8", "day": "2"})
WORDS = Danger(Hold.Reason.RED_WORDS, SafetyLevel.EMERGENCY, Hold.Source.MESSAGE)
RISING = Danger(
    Hold.Reason.RISING_PAIN,
    SafetyLevel.WITHIN_DAYS,
    Hold.Source.CHECK_IN,
    {"score": "4", "day": "2"},
    words_only=True,
)
ANSWERS = Danger(Hold.Reason.SCREENING, SafetyLevel.ASK_FIRST, Hold.Source.SCREENING)
OWN = Danger(Hold.Reason.COACH, SafetyLevel.ASK_FIRST, Hold.Source.COACH)


def on_the_desk() -> list[str]:
    return sorted(DeskItem.objects.filter(done_at=None).values_list("kind", flat=True))
