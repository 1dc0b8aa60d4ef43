"""What check-ins say of pain, judged by rules whose numbers the coach sets.

Adapted from the pain-monitoring model of Silbernagel 2007, which was built for tendons: pain in the groin or
front of the hip that running brings on, and pain down a leg, are never judged by the score.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

HIGHEST_SCORE = 10


class Place(StrEnum):
    """Where the worst pain was."""

    FRONT_OF_HIP = "front_of_hip"  # or groin
    BACK = "back"
    KNEE = "knee"
    DOWN_A_LEG = "down_a_leg"
    ELSEWHERE = "elsewhere"


class PainRule(StrEnum):
    """The weightiest first."""

    HOLD_BONE_STRESS = "hold_bone_stress"
    HOLD_DOWN_A_LEG = "hold_down_a_leg"
    HOLD_HIGH = "hold_high"
    HOLD_SHARP = "hold_sharp"
    HOLD_RISING = "hold_rising"
    SEE_PHYSIO = "see_physio"
    LEVEL_ONE = "level_one"  # no loading, the coach sees it
    LEAVE_OUT_TWO_DAYS = "leave_out_two_days"
    EASE = "ease"  # now, and the easier level next time
    EASIER_LEVEL = "easier_level"
    NONE = "none"

    @property
    def holds(self) -> bool:
        return self.value.startswith("hold_")


@dataclass(frozen=True)
class PainThresholds:
    """Raises ValueError for numbers that contradict each other."""

    ease_from: int = 4
    hold_from: int = 6
    rising_hold_from: int = 4
    in_a_row: int = 3
    worse_in_a_row: int = 2
    days_left_out: int = 2
    counts_for_days: int = 7

    def __post_init__(self) -> None:
        if not 0 < self.ease_from <= self.hold_from <= HIGHEST_SCORE:
            raise ValueError("ease_from must lie above 0 and not above hold_from, and that not above 10")
        if not 0 < self.rising_hold_from <= HIGHEST_SCORE:
            raise ValueError("rising_hold_from must lie from 1 to 10")
        if self.in_a_row < 2 or self.worse_in_a_row < 2:
            raise ValueError("what is counted in a row takes two check-ins at least")
        if self.days_left_out < 1 or self.counts_for_days <= self.days_left_out:
            raise ValueError("a score must count for longer than a movement is left out")


@dataclass(frozen=True)
class PainTold:
    """What one check-in says of pain; None where nothing was told. `worse_next_morning` is about the session
    before."""

    day: int
    pain: int | None = None
    sharp: bool = False
    place: Place | None = None
    running_brings_it_on: bool = False
    worse_next_morning: bool | None = None

    @property
    def says_something(self) -> bool:
        is_of_a_nerve = self.place is Place.DOWN_A_LEG
        return self.pain is not None or self.sharp or self.running_brings_it_on or is_of_a_nerve


@dataclass(frozen=True)
class ToldScore:
    """A score and its day."""

    score: int | None
    day: int


@dataclass(frozen=True)
class Judgement:
    rule: PainRule = PainRule.NONE
    rests_on: tuple[ToldScore, ...] = ()  # the earliest first


def judge(
    check_ins: Iterable[PainTold], today: int, thresholds: PainThresholds = PainThresholds()
) -> Judgement:
    """Return the weightiest rule that applies on a program day."""
    return next(iter(judgements(check_ins, today, thresholds)), Judgement())


def judgements(check_ins: Iterable[PainTold], today: int, thresholds: PainThresholds) -> Iterator[Judgement]:
    """Yield every rule that applies, the weightiest first. Nothing counts for ever."""
    earliest = today - thresholds.counts_for_days + 1
    counted = sorted((told for told in check_ins if earliest <= told.day <= today), key=lambda told: told.day)
    history = _History(counted, today, thresholds)
    for rule, rests_on in history.rules():
        if rests_on:
            yield Judgement(rule, tuple(ToldScore(told.pain, told.day) for told in rests_on))


class _History:
    """The check-ins that count, the earliest first."""

    def __init__(self, counted: Sequence[PainTold], today: int, thresholds: PainThresholds) -> None:
        self.today, self.thresholds = today, thresholds
        self.scored = [told for told in counted if told.pain is not None]
        self.answered = [told for told in counted if told.worse_next_morning is not None]
        self.telling = [told for told in counted if told.says_something]

    def rules(self) -> Iterator[tuple[PainRule, Sequence[PainTold]]]:
        """Yield every rule with the check-ins that it rests on; without any it does not apply."""
        limits = self.thresholds
        yield (
            PainRule.HOLD_BONE_STRESS,
            self.last_if(lambda last: last.place is Place.FRONT_OF_HIP and last.running_brings_it_on),
        )
        yield PainRule.HOLD_DOWN_A_LEG, self.last_if(lambda last: last.place is Place.DOWN_A_LEG)
        yield PainRule.HOLD_HIGH, self.last_score_if(lambda last: (last.pain or 0) >= limits.hold_from)
        yield PainRule.HOLD_SHARP, self.last_if(lambda last: last.sharp)
        rising = self.rising()
        holds = bool(rising) and (rising[-1].pain or 0) >= limits.rising_hold_from
        yield PainRule.HOLD_RISING, rising if holds else ()
        yield PainRule.SEE_PHYSIO, self.worse_again() or self.eased_again()
        yield PainRule.LEVEL_ONE, () if holds else rising
        left_out, easier = self.worse_once()
        yield PainRule.LEAVE_OUT_TWO_DAYS, left_out
        yield PainRule.EASE, self.last_score_if(self.is_eased)
        yield PainRule.EASIER_LEVEL, easier

    def last_if(self, condition: Callable[[PainTold], bool]) -> Sequence[PainTold]:
        """Return the last check-in that told of pain, if it fits. A later one takes the place of what was
        told before, and pain 0 takes back the rest."""
        return [last for last in self.telling[-1:] if last.pain != 0 and condition(last)]

    def last_score_if(self, condition: Callable[[PainTold], bool]) -> Sequence[PainTold]:
        return [last for last in self.scored[-1:] if condition(last)]

    def is_eased(self, told: PainTold) -> bool:
        return told.pain is not None and self.thresholds.ease_from <= told.pain < self.thresholds.hold_from

    def rising(self) -> Sequence[PainTold]:
        latest = self.scored[-self.thresholds.in_a_row :]
        scores = [told.pain or 0 for told in latest]
        rises = len(latest) == self.thresholds.in_a_row and all(
            one < next_ for one, next_ in pairwise(scores)
        )
        return latest if rises else ()

    def eased_again(self) -> Sequence[PainTold]:
        latest = self.scored[-self.thresholds.in_a_row :]
        return latest if len(latest) == self.thresholds.in_a_row and all(map(self.is_eased, latest)) else ()

    def worse_again(self) -> Sequence[PainTold]:
        latest = self.answered[-self.thresholds.worse_in_a_row :]
        worse = len(latest) == self.thresholds.worse_in_a_row and all(
            told.worse_next_morning for told in latest
        )
        return latest if worse else ()

    def worse_once(self) -> tuple[Sequence[PainTold], Sequence[PainTold]]:
        """Return what leaves a movement out for some days, and what makes it the easier level afterwards,
        until a check-in says that it went well."""
        worse = next((told for told in reversed(self.answered) if told.worse_next_morning), None)
        if not worse:
            return (), ()
        rests_on = [*[told for told in self.scored if told.day < worse.day][-1:], worse]
        again_from = worse.day + self.thresholds.days_left_out
        if self.today < again_from:
            return rests_on, ()
        went_well = any(told.day >= again_from for told in self.answered) or any(
            told.day >= again_from and (told.pain or 0) < self.thresholds.ease_from for told in self.scored
        )
        return (), () if went_well else rests_on
