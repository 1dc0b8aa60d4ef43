"""Where phrases of a list of red words stand in a text, misspelled or not, and which are close together."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from challenge.safety.words import is_near, slips

Phrase = tuple[str, ...]
SHORTEST_STEM, LONGEST_STEM = 3, 20
NEAR = 6  # "+" in a rule: within so many words


class Span(NamedTuple):
    """The first and the last word of a phrase in a text, by their numbers."""

    first: int
    last: int


@dataclass
class _Node:
    """What has been read of some phrases: the words that may follow, and the phrase that ends here."""

    following: "dict[str, _Node]" = field(default_factory=dict)
    phrase: Phrase | None = None


class PhraseFinder:
    """Finds phrases. A `tolerant` one takes a misspelling for the word, except for a `known` word."""

    def __init__(
        self, phrases: Iterable[Phrase], known: frozenset[str] = frozenset(), tolerant: bool = False
    ) -> None:
        self.root = _Node()
        listed: set[str] = set()
        for phrase in phrases:
            listed.update(phrase)
            node = self.root
            for word in phrase:
                node = node.following.setdefault(word, _Node())
            node.phrase = phrase
        self.exact = {word for word in listed if "-" not in word}
        self.stems = {word.strip("-"): word for word in listed if word.endswith("-")}
        self.endings = {word.strip("-"): word for word in listed if word.startswith("-")}
        self.known = known | self.exact
        self.by_letter: dict[str, list[str]] = defaultdict(list)
        for word in listed if tolerant else ():
            if slips(word.strip("-")) and not word.startswith("-"):
                self.by_letter[word[0]].append(word)

    def find(self, texts: Sequence[str]) -> dict[Phrase, list[Span]]:
        forms = {text: self._forms(text) for text in set(texts)}
        found: dict[Phrase, list[Span]] = defaultdict(list)
        for first in range(len(texts)):
            reached = [self.root]
            for last in range(first, len(texts)):
                reached = [
                    node.following[form]
                    for node in reached
                    for form in forms[texts[last]] & node.following.keys()
                ]
                for node in reached:
                    if node.phrase:
                        found[node.phrase].append(Span(first, last))
                if not reached:
                    break
        return found

    def _forms(self, text: str) -> set[str]:
        """Return the listed words for which a word of the text counts."""
        forms = {text} & self.exact
        for size in range(SHORTEST_STEM, min(len(text), LONGEST_STEM) + 1):
            stem, ending = self.stems.get(text[:size]), self.endings.get(text[-size:])
            forms |= {listed for listed in (stem, ending) if listed}
        if not forms and slips(text) and text not in self.known:
            forms |= {listed for listed in self.by_letter.get(text[0], ()) if _is_misspelling(text, listed)}
        return forms


def _is_misspelling(text: str, listed: str) -> bool:
    stem = listed.rstrip("-")
    most = slips(stem)
    if stem == listed:
        return is_near(text, stem, most)
    sizes = range(len(stem) - most, len(stem) + most + 1)
    return any(is_near(text[:size], stem, most) for size in sizes if size <= len(text))


def gap(one: Span, other: Span) -> int:
    """Return how many words further the second begins than the first ends; 0 where they overlap."""
    return max(other.first - one.last, one.first - other.last, 0)


def is_close(one: Span, other: Span) -> bool:
    return 0 < gap(one, other) <= NEAR


def numbers(spans: Iterable[Span]) -> set[int]:
    """Return the numbers of all words of some phrases."""
    return {number for span in spans for number in range(span.first, span.last + 1)}


def around(span: Span) -> range:
    """Return the numbers of the words that are close to a phrase, and of its own."""
    return range(max(span.first - NEAR, 0), span.last + NEAR + 1)


def together(sides: Sequence[list[Span]], chosen: tuple[Span, ...] = ()) -> Iterator[tuple[Span, ...]]:
    """Yield one span of each side, each close to another of them. The sides are sorted."""
    if not sides:
        yield chosen
    elif not chosen:
        for span in sides[0]:
            yield from together(sides[1:], (span,))
    else:
        for number, side in enumerate(sides):
            others = [*sides[:number], *sides[number + 1 :]]
            for span in _close_to(chosen, side):
                yield from together(others, (*chosen, span))


def _close_to(chosen: tuple[Span, ...], side: list[Span]) -> Iterator[Span]:
    longest = max((span.last - span.first for span in side), default=0)
    earliest = min(span.first for span in chosen) - NEAR - longest
    latest = max(span.last for span in chosen) + NEAR
    for number in range(bisect_left(side, (earliest, 0)), len(side)):
        span = side[number]
        if span.first > latest:
            return
        if all(gap(span, other) for other in chosen) and any(is_close(span, other) for other in chosen):
            yield span
