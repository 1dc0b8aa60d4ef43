"""What a page says at once to whoever has just written red words (safety.red_words)."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from challenge.safety.judging import red_words
from challenge.safety.red_word_list import Level
from challenge.safety.red_words import read

HELD: Mapping[Level, Promise] = {
    Level.EMERGENCY: _(
        "What you wrote can be an emergency. Call your local emergency number or have somebody take you to an"
        " emergency department now. Don't wait for us or for an appointment."
    ),
    Level.URGENT: _(
        "Please speak to a doctor or an urgent-care line today. No running and no stretching until somebody"
        " who has examined you agrees. Your place is kept."
    ),
    # Of these only the words of somebody under 18 hold.
    Level.ASK_FIRST: _(
        "Ask a clinician who knows you, and a parent, first. No running and no stretching until they agree."
        " Your place is kept; tell us when they do."
    ),
}
ASKED: Mapping[Level, Promise] = {
    Level.ASK_FIRST: _(
        "Is it about you? Then ask a clinician who knows you before you run or stretch on, and tell us what"
        " they say."
    ),
    Level.ASK_SCREENING_3: _(
        "Do new pain, tingling, numbness or weakness run down both legs at once? Sore muscles do not count."
        " If they do, call your local emergency number or have somebody take you to an emergency department"
        " now. Don't wait for us."
    ),
}


def advice(text: str) -> Promise | None:
    """Return what somebody must do who has written this, or None where there is nothing to say."""
    reading = read(text, red_words())
    if reading.holds:
        return HELD[reading.level]
    is_meant = bool(reading.found) and not reading.found[0].negated
    return ASKED.get(reading.level) if is_meant else None
