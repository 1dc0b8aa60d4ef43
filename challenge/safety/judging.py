"""What a runner's words ask for, judged and acted on in the transaction that saves them.

The words are read before it is known whether they may be kept, so that everybody is as safe without consent
to health data.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from accounts.models import Consent, has_consented
from challenge.enrollment.holding import Danger, hold
from challenge.models import Enrollment, Escalation, Event, Hold, SafetyLevel, SafetyRules
from challenge.safety.red_word_list import Level, RedWords, with_added
from challenge.safety.red_words import Reading, read

URGENCY = {
    Level.EMERGENCY: SafetyLevel.EMERGENCY,
    Level.URGENT: SafetyLevel.TODAY,
    Level.ASK_FIRST: SafetyLevel.ASK_FIRST,
}
# Without consent neither day nor reason is kept: what comes within this time may be one report, sent twice.
SAME_WITHIN, SAME_EMERGENCY_WITHIN = timedelta(days=1), timedelta(hours=1)


def red_words_of(rules: SafetyRules) -> RedWords:
    """Return the list with what the coach has added."""
    return with_added(rules.red_words)


def red_words() -> RedWords:
    return red_words_of(SafetyRules.current())


def heed_words(enrollment_id: int, text: str, source: Hold.Source, now: datetime) -> Reading:
    """Read a runner's words, and hold the exercise where they say so. The caller puts what does not hold on
    the coaches' desk."""
    reading = read(text, red_words())
    if reading.holds:
        danger = Danger(Hold.Reason.RED_WORDS, URGENCY[reading.level], source)
        hold(enrollment_id, danger, Event.Actor.SYSTEM, now)
    return reading


def read_all(texts: Sequence[str], words: RedWords) -> Reading:
    """Read the fields of a form, each by itself and as one text: what is denied in one is not in the next,
    and what one begins the next may end."""
    said = [text for text in texts if text]
    if not said:
        return Reading()
    found = {word for text in dict.fromkeys([*said, ".\n".join(said)]) for word in read(text, words).found}
    return Reading(tuple(sorted(found, key=lambda word: (word.negated, -word.level.rank, word.phrase))))


def hold_once(enrollment: Enrollment, danger: Danger, now: datetime) -> Hold | None:
    """Hold the exercise, unless an open hold says the same already, or worse: one that leaves the words says
    less than what stops them. Return what was opened. The caller holds the enrollment's row."""
    held = Hold.objects.filter(enrollment=enrollment, cleared_at=None, source=danger.source)
    if not danger.words_only:
        held = held.filter(words_only=False)
    if has_consented(enrollment.runner, Consent.Purpose.HEALTH):
        is_said = any(_says(one, danger) for one in held)
    else:
        is_emergency = danger.level == SafetyLevel.EMERGENCY
        since = now - (SAME_EMERGENCY_WITHIN if is_emergency else SAME_WITHIN)
        held = held.filter(opened_at__gt=since)
        if is_emergency:  # whoever takes care of something milder does not know of it
            held = held.filter(escalations__state=Escalation.State.OPEN)
        is_said = held.exists()
    if is_said:
        return None
    return hold(enrollment.pk, danger, Event.Actor.SYSTEM, now)


def _says(held: Hold, danger: Danger) -> bool:
    """Tell whether an open hold says what a danger says: the same reason, of the same day, no less urgent and
    no milder."""
    score, new_score = (int(values.get("score", 0)) for values in (held.values, danger.values))
    return (
        (held.reason, held.values.get("day")) == (danger.reason, danger.values.get("day"))
        and SafetyLevel.rank(held.level) <= SafetyLevel.rank(danger.level)
        and score >= new_score
    )
