"""How a rule of red words is written; content/red-words.en.toml says it to the coach."""

import re
from collections.abc import Iterator
from itertools import product
from math import prod

from challenge.safety.phrase_finder import LONGEST_STEM, SHORTEST_STEM, Phrase
from challenge.safety.words import clean, words

MOST_SIDES = 3
MOST_SPELLINGS = 200
SLOT = re.compile(r"\([^()]*\)|[^\s()]+")
SCORE = re.compile(r"\d{1,2}/10")


class FormError(ValueError):
    """A rule is not well written."""


def read_sides(rule: str) -> tuple[tuple[Phrase, ...], ...]:
    """Return the phrases of each side of a rule. Raises FormError."""
    sides = clean(rule).split("+")
    if len(sides) > MOST_SIDES:
        raise FormError("A rule has three sides at most.")
    return tuple(tuple(_phrases(side)) for side in sides)


def _phrases(side: str) -> Iterator[Phrase]:
    for phrase in side.split(","):
        if not phrase.strip():
            raise FormError("Something is missing before or after a comma or a +.")
        if SLOT.sub("", phrase).strip():
            raise FormError("A bracket is not closed, or stands within another.")
        slots = [_spellings(slot) for slot in SLOT.findall(phrase)]
        if prod(map(len, slots)) > MOST_SPELLINGS:
            raise FormError("A phrase has more than 200 spellings.")
        for choice in product(*slots):
            folded = _folded([word for spelling in choice for word in spelling])
            if not folded:
                raise FormError("A phrase has no word, or none outside brackets.")
            yield folded


def _spellings(slot: str) -> list[list[str]]:
    inner = slot.strip("()")
    choices = [inner] if SCORE.fullmatch(inner) else inner.split("/")
    if not all(choice.strip() for choice in choices):
        raise FormError("Something is missing before or after a /.")
    spellings = [choice.split() for choice in choices]
    return [*spellings, []] if slot.startswith("(") else spellings


def _folded(written: list[str]) -> Phrase:
    """Fold a phrase as a text is folded, and keep the - of words with any ending or start."""
    if not any("-" in (word[0], word[-1]) for word in written):
        return tuple(word.text for word in words(" ".join(written)))
    return tuple(part for word in written for part in _marked(word))


def _marked(word: str) -> list[str]:
    folded = [part.text for part in words(word)]
    start, ending = word.startswith("-"), word.endswith("-")
    if not start and not ending:
        return folded
    if (start and ending) or len(folded) != 1 or not SHORTEST_STEM <= len(folded[0]) <= LONGEST_STEM:
        raise FormError("A - stands at one end of a word of 3 to 20 letters.")
    return [f"-{folded[0]}" if start else f"{folded[0]}-"]
