"""Whether a runner denies what a phrase says: "no fever", but not "no fever until today"."""

from collections.abc import Iterator, Mapping, Sequence

from challenge.safety.phrase_finder import NEAR, Span, numbers
from challenge.safety.words import Word

REACH = 3


class Negation:
    """The negations of a text. One that belongs to a phrase, as in "no feeling", is none."""

    def __init__(self, words: Sequence[Word], helpers: Mapping[str, set[int]], red: Sequence[Span]) -> None:
        self.words, self.red = words, numbers(red)
        # "Never had a stress fracture" is three words away from "fracture" too.
        self.begins = {number: span.first for span in sorted(red, reverse=True) for number in numbers([span])}
        in_phrases = numbers(span for span in red if span.last > span.first)
        # "No, my foot is numb" answers something else.
        answers = {number for number in helpers["negations"] if words[number].comma}
        # "Never without limping" says that there is a limp: the two take each other back.
        pairs = {
            number
            for without in helpers["without"]
            for other in helpers["not_without"].intersection(range(without - REACH, without))
            for number in (without, other)
        }
        self.joins, self.turns = helpers["joins"], helpers["turns"]
        self.numbers = helpers["negations"] - helpers["no_negations"] - in_phrases - answers - pairs

    def negates(self, spans: Sequence[Span], listed: set[int]) -> bool:
        """Tell whether one of the phrases that fired a rule is denied. `listed` is where any of its phrases
        stand."""
        end = max(span.last for span in spans) + NEAR
        own = numbers(spans)
        return any(
            number in self.numbers and self.turns.isdisjoint(range(number + 1, end + 1))
            for span in spans
            for number in self._before(span.first, listed, own)
        )

    def _before(self, first: int, listed: set[int], own: set[int]) -> Iterator[int]:
        """Yield the three words before, in the same sentence. What is listed with the phrase does not count:
        "no numbness, tingling or weakness"."""
        left, in_list = REACH, True
        for number in range(self.begins.get(first, first) - 1, -1, -1):
            if self.words[number + 1].opens or not left:
                return
            if self.words[number].comma and number not in self.red:
                return  # "Don't worry, my foot is numb", but "no pain, fever or chills"
            in_list = in_list and (number in self.joins or (number in listed and number not in own))
            left -= not in_list
            yield number
