"""What a runner's words ask for, judged and acted on in the transaction that saves them.

The words are read before it is known whether they may be kept, so that everybody is as safe without consent
to health data.
"""

from datetime import datetime

from challenge.enrollment.holding import Danger, hold
from challenge.models import Event, Hold, SafetyLevel, SafetyRules
from challenge.safety.red_word_list import Level, RedWords, with_added
from challenge.safety.red_words import Reading, read

URGENCY = {
    Level.EMERGENCY: SafetyLevel.EMERGENCY,
    Level.URGENT: SafetyLevel.TODAY,
    Level.ASK_FIRST: SafetyLevel.ASK_FIRST,
}


def red_words() -> RedWords:
    """Return the list with what the coach has added."""
    return with_added(SafetyRules.current().red_words)


def heed_words(enrollment_id: int, text: str, source: Hold.Source, now: datetime) -> Reading:
    """Read a runner's words, and hold the exercise where they say so. The caller puts what does not hold on
    the coaches' desk."""
    reading = read(text, red_words())
    if reading.holds:
        danger = Danger(Hold.Reason.RED_WORDS, URGENCY[reading.level], source)
        hold(enrollment_id, danger, Event.Actor.SYSTEM, now)
    return reading
