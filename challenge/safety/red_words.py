"""What a runner's own words ask for: a note, a question, or a reply without what it quotes.

Strikes are taken out first, then every rule is read. A negation in the three words before keeps a rule from
holding; the coach still sees words of an emergency.
"""

from dataclasses import dataclass

from challenge.safety.negation import Negation
from challenge.safety.phrase_finder import Phrase, Span, around, numbers, together
from challenge.safety.red_word_list import STRIKES_ALONE, Level, RedWordRule, RedWords, standard
from challenge.safety.words import clean, words

# "Numb from the cold, and between my legs too": the "too" may stand so many words after the place.
# "Comfortably numb between my legs": without a pause, the place begins so many words after what is harmless.
ALSO_REACH, DIRECT_REACH = 2, 3


@dataclass(frozen=True)
class RedWord:
    """A rule that fired, and the words of the runner that fired it."""

    level: Level
    phrase: str
    rule: str
    holds: bool
    negated: bool = False


@dataclass(frozen=True)
class Reading:
    """What was found, the worst first and what was negated last: one phrase for each rule."""

    found: tuple[RedWord, ...] = ()

    @property
    def level(self) -> Level:
        """The worst level that was meant. Where nothing was meant, an emergency that was denied is still one;
        it holds nothing."""
        return self.found[0].level if self.found else Level.NONE

    @property
    def holds(self) -> bool:
        return any(word.holds for word in self.found)


def read(text: str, red_words: RedWords | None = None) -> Reading:
    page = _Page(text, red_words or standard())
    found = [red_word for rule in page.red_words.rules if (red_word := page.judge(rule))]
    return Reading(tuple(sorted(found, key=lambda word: (word.negated, -word.level.rank))))


class _Page:
    """A text, and where phrases of the list stand in it."""

    def __init__(self, text: str, red_words: RedWords) -> None:
        self.red_words = red_words
        self.clean = clean(text)
        self.words = words(self.clean)
        texts = [word.text for word in self.words]
        self.spans = red_words.finder.find(texts)
        written = red_words.exact_finder.find(texts)
        strikes = {
            phrase: [span for span in spans if self._is_unbroken(span)] for phrase, spans in written.items()
        }
        self.helpers = {
            key: numbers(span for phrase in phrases for span in written.get(phrase, ()))
            for key, phrases in red_words.helpers.items()
        }
        self.struck: set[int] = set()
        self.struck_alone: set[int] = set()
        for rule in red_words.strikes:
            struck = self.struck_alone if rule.key == STRIKES_ALONE else self.struck
            for spans in together(_sides(rule, strikes)):
                struck |= numbers(spans)
        self.helpers["effort"] -= self.struck
        red = [span for spans in self.spans.values() for span in spans]
        self.negation = Negation(self.words, self.helpers, red)
        self.effort = {
            frozenset(numbers(spans))
            for rule in red_words.rules
            if rule.level is Level.ASK_SCREENING_3
            for spans in together(_sides(rule, self.spans))
            if self._is_after_effort(spans)
        }

    def judge(self, rule: RedWordRule) -> RedWord | None:
        """Return the first phrase that a rule finds, or the first denied one where it is of an emergency."""
        negated: RedWord | None = None
        sides = _sides(rule, self.spans)
        listed = numbers(span for side in sides for span in side)
        for spans in together(sides):
            if not self._counts(rule, spans):
                continue
            if not self.negation.negates(spans, listed):
                return self._red_word(rule, spans)
            if rule.level is Level.EMERGENCY:
                negated = negated or self._red_word(rule, spans, negated=True)
        return negated

    def _counts(self, rule: RedWordRule, spans: tuple[Span, ...]) -> bool:
        if any(numbers([span]) <= self.struck for span in spans):
            return False
        alone = [span for span in spans if numbers([span]) <= self.struck_alone]
        if alone and not (rule.level is Level.EMERGENCY and self._is_said_of_more(alone, spans)):
            return False
        if rule.key in (Level.EMERGENCY, Level.ASK_SCREENING_3):
            return (frozenset(numbers(spans)) in self.effort) == (rule.key == Level.ASK_SCREENING_3)
        return rule.key != Level.ASK_FIRST or not self._is_of_another(spans)

    def _is_unbroken(self, span: Span) -> bool:
        """Tell whether no comma or stop stands in a phrase: "pain in my back. Home now" strikes nothing."""
        within = range(span.first, span.last)
        return not any(self.words[number].comma or self.words[number + 1].opens for number in within)

    def _is_said_of_more(self, alone: list[Span], spans: tuple[Span, ...]) -> bool:
        """Tell whether what is harmless alone is said of a place where it is not."""
        others = [span for span in spans if span not in alone]
        if not others or min(others).first < max(alone).last:
            return False
        end, place = max(alone).last, min(others).first
        while end + 1 in self.struck_alone:
            end += 1
        pause = any(self.words[number].comma or self.words[number + 1].opens for number in range(end, place))
        also = range(end + 1, max(span.last for span in others) + ALSO_REACH + 1)
        return (not pause and place - end <= DIRECT_REACH) or not self.helpers["also"].isdisjoint(also)

    def _is_after_effort(self, spans: tuple[Span, ...]) -> bool:
        return any(not self.helpers["effort"].isdisjoint(around(span)) for span in spans)

    def _is_of_another(self, spans: tuple[Span, ...]) -> bool:
        """Tell whether an illness is somebody else's: "my wife had surgery", not "my wife knows I had"."""
        for span in spans:
            for other in self.helpers["others"].intersection(around(span)):
                between = range(min(span.last, other) + 1, max(span.first, other))
                if self.helpers["oneself"].isdisjoint(between):
                    return True
        return False

    def _red_word(self, rule: RedWordRule, spans: tuple[Span, ...], negated: bool = False) -> RedWord:
        start = self.words[min(span.first for span in spans)].start
        phrase = self.clean[start : self.words[max(span.last for span in spans)].end]
        return RedWord(rule.level, phrase, rule.source, rule.holds and not negated, negated)


def _sides(rule: RedWordRule, found: dict[Phrase, list[Span]]) -> list[list[Span]]:
    return [sorted({span for phrase in side for span in found.get(phrase, ())}) for side in rule.sides]
