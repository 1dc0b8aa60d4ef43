"""Whether a runner denies what a phrase says: "no fever", but not "no fever until today"."""

from collections.abc import Iterator, Mapping, Sequence

from challenge.safety.phrase_finder import NEAR, Span, numbers
from challenge.safety.words import Word

REACH = 3


class Negation:
    """The negations of a text. One that belongs to a phrase, as in "no feeling", is none."""

    def __init__(self, words: Sequence[Word], helpers: Mapping[str, set[int]], in_phrases: set[int]) -> None:
        self.words = words
        self.joins, self.turns = helpers["joins"], helpers["turns"]
        self.numbers = {
            number
            for number in helpers["negations"] - helpers["no_negations"] - in_phrases
            # "No, my foot is numb" answers something else.
            if not words[number].comma
            # "Can't walk without limping" says that there is a limp.
            if number not in helpers["without"]
            or helpers["not_without"].isdisjoint(range(number - REACH, number))
        }

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
        for number in range(first - 1, -1, -1):
            if self.words[number + 1].opens or not left:
                return
            in_list = in_list and (number in self.joins or (number in listed and number not in own))
            left -= not in_list
            yield number
