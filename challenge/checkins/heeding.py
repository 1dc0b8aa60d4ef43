"""What an answer of a runner asks for: the rules of pain and the red words, judged before it is known whether
it may be kept, and acted on in the transaction that saves it.

Without consent to health data the answer is judged by itself, as nothing else of it is kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from accounts.models import Consent, has_consented
from challenge.checkins.told_pain import CheckInAnswer, cleared_at, counted, thresholds_of, told
from challenge.enrollment.holding import HELD_FROM, Danger, run_to_hold
from challenge.models import CheckIn, Delivery, DeskItem, Enrollment, Hold, SafetyLevel, SafetyRules
from challenge.safety.judging import URGENCY, hold_once, read_all, red_words_of
from challenge.safety.pain_rules import Judgement, PainRule, judge
from challenge.safety.red_words import Reading

LEVELS = {
    PainRule.HOLD_BONE_STRESS: SafetyLevel.WITHIN_DAYS,
    PainRule.HOLD_DOWN_A_LEG: SafetyLevel.WITHIN_DAYS,
    PainRule.HOLD_HIGH: SafetyLevel.TODAY,
    PainRule.HOLD_SHARP: SafetyLevel.TODAY,
    PainRule.HOLD_RISING: SafetyLevel.WITHIN_DAYS,
}
# Rules that hold nothing, and that the coach sees.
SEEN = (PainRule.SEE_PHYSIO, PainRule.LEVEL_ONE)


@dataclass(frozen=True)
class Heard:
    """What an answer for a day asks for: by the rules of pain, and by its words."""

    day: int
    pain: Judgement
    words: Reading
    urgent_too: bool = False  # strong or sharp, whichever rule is the weightiest
    limps_perhaps: bool = False
    limps: bool = False  # or has pain that running brings on, and did not say where: it may be the groin

    @property
    def is_meant(self) -> bool:
        """Tell whether any red word was said and not denied."""
        return any(not word.negated for word in self.words.found)

    @property
    def codes(self) -> list[str]:
        """Return the codes of what the runner is to be told of this answer (safety.advice), the weightiest
        first. What rests on another day alone is not said: who answers now need not have answered then."""
        words = [f"words_{self.words.level}"] if self.is_meant else []
        is_of_this = self.pain.rests_on and self.pain.rests_on[-1].day == self.day
        rules = [self.pain.rule.value] if is_of_this else []
        if self.limps:
            rules = [Hold.Reason.LIMP.value, *rules]
        limp = ["limps_perhaps"] if self.limps_perhaps and not self.holds else []
        return [*words, *rules, *limp]

    @property
    def holds(self) -> bool:
        return self.pain.rule.holds or self.words.holds or self.limps

    @property
    def asks_for_a_look(self) -> bool:
        """Tell whether the coach is to see what does not hold."""
        return self.pain.rule in SEEN or self.limps_perhaps or bool(self.words.found)

    def dangers(self, rules: SafetyRules) -> Iterator[Danger]:
        if self.words.holds:
            said = {"day": str(self.day)}
            yield Danger(Hold.Reason.RED_WORDS, URGENCY[self.words.level], Hold.Source.CHECK_IN, said)
        if self.limps:
            said = {"day": str(self.day)}
            yield Danger(Hold.Reason.LIMP, SafetyLevel.TODAY, Hold.Source.CHECK_IN, said)
        if self.pain.rule.holds:
            last = self.pain.rests_on[-1]
            values = {"day": str(last.day)}
            if last.score is not None:
                values["score"] = str(last.score)
            level = SafetyLevel.TODAY if self.urgent_too else LEVELS[self.pain.rule]
            words_only = self.pain.rule.value in rules.words_only and level == SafetyLevel.WITHIN_DAYS
            yield Danger(Hold.Reason(self.pain.rule.value), level, Hold.Source.CHECK_IN, values, words_only)


def hear(enrollment_id: int, day: int, answer: CheckInAnswer, rules: SafetyRules) -> Heard:
    """Judge an answer for a day: by itself, whatever was told of later days, and with what is saved of the
    others. It changes nothing."""
    this, limits = told(day, answer), thresholds_of(rules)
    others = [one for one in counted(enrollment_id, cleared_at(enrollment_id)) if one.day != day]
    today = max(day, _last_day(enrollment_id))
    judgements = [judge([this], day, limits), judge([*others, this], today, limits)]
    weight = list(PainRule)
    weightiest = min(judgements, key=lambda found: weight.index(found.rule))
    hurts_running = this.running_brings_it_on and this.pain != 0
    return Heard(
        day,
        weightiest,
        read_all([answer.pain_where, answer.note], red_words_of(rules)),
        urgent_too=bool(this.pain != 0 and (this.sharp or (this.pain or 0) >= limits.hold_from)),
        limps_perhaps=hurts_running,
        limps=hurts_running and this.place is None,
    )


def heed(enrollment: Enrollment, heard: Heard, rules: SafetyRules, now: datetime) -> None:
    """Hold the exercise where an answer asks for it. The caller holds the enrollment's row."""
    dangers = list(heard.dangers(rules))
    if dangers and enrollment.state not in HELD_FROM:
        enrollment = Enrollment.objects.select_related("runner").get(pk=run_to_hold(enrollment.pk))
    for danger in dangers:
        hold_once(enrollment, danger, now)


def put_on_the_desk(check_in: CheckIn, heard: Heard, now: datetime) -> None:
    """Show the coach a doubtful answer, until a second one stands for it; of others, what asks for a look and
    holds nothing. Without consent there is nothing of health to look at."""
    enrollment, about = check_in.enrollment, check_in.pk
    if check_in.doubt:
        DeskItem.objects.open(DeskItem.Kind.DOUBTFUL, enrollment, about, now)
        return
    DeskItem.objects.finish(DeskItem.Kind.DOUBTFUL, [about], now)
    may_look = has_consented(enrollment.runner, Consent.Purpose.HEALTH)
    if heard.asks_for_a_look and not heard.holds and may_look:
        DeskItem.objects.open(DeskItem.Kind.PAIN, enrollment, about, now)


def take_off_the_desk(check_in: CheckIn, now: datetime) -> None:
    for kind in (DeskItem.Kind.DOUBTFUL, DeskItem.Kind.PAIN):
        DeskItem.objects.finish(kind, [check_in.pk], now)


def _last_day(enrollment_id: int) -> int:
    lessons = Delivery.objects.filter(enrollment=enrollment_id, kind=Delivery.Kind.LESSON)
    return lessons.filter(sent_at__isnull=False).aggregate(day=Max("day"))["day"] or 0
