"""The list of red words: read from data that a coach can read, checked, and ready to be looked up.

A rule is a string; content/red-words.en.toml says at its head how one is written. What a coach adds has the
same keys and the same form: {"urgent": ["burning + shin"], "strikes": ["burning rubber"]}.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from itertools import product
from pathlib import Path

from challenge.safety.phrase_finder import LONGEST_STEM, SHORTEST_STEM, Phrase, PhraseFinder
from challenge.safety.words import clean, words

CONTENT = Path(__file__).parent / "content"
MOST_SIDES = 3
MOST_SPELLINGS = 200
SLOT = re.compile(r"\([^()]*\)|[^\s()]+")
SCORE = re.compile(r"\d{1,2}/10")
STRIKES, STRIKES_ALONE, UNDER_18 = "strikes", "strikes_alone", "under_18"
HELPERS = (
    "effort", "also", "others", "oneself", "negations", "joins", "turns", "no_negations", "without",
    "not_without", "lookalikes",
)  # fmt: skip


class Level(StrEnum):
    """From harmless to worst."""

    NONE = "none"
    ASK_SCREENING_3 = "ask_screening_3"
    ASK_FIRST = "ask_first"
    URGENT = "urgent"
    EMERGENCY = "emergency"

    @property
    def rank(self) -> int:
        return list(Level).index(self)


LEVELS = {level.value: level for level in Level if level is not Level.NONE} | {UNDER_18: Level.ASK_FIRST}
KEYS = (*LEVELS, STRIKES, STRIKES_ALONE, *HELPERS)


class RedWordsError(ValueError):
    """The list cannot be read; `problems` lists every fault, each with its key and its rule."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class RedWordRule:
    """Sides that must all be said, each by one of its phrases."""

    key: str
    source: str
    sides: tuple[tuple[Phrase, ...], ...]

    @property
    def level(self) -> Level:
        return LEVELS[self.key]

    @property
    def holds(self) -> bool:
        return self.key in (Level.EMERGENCY, Level.URGENT, UNDER_18)


@dataclass(frozen=True)
class RedWords:
    rules: tuple[RedWordRule, ...]  # the worst first
    strikes: tuple[RedWordRule, ...]
    helpers: Mapping[str, frozenset[Phrase]]

    @cached_property
    def exact_finder(self) -> PhraseFinder:
        """Finds strikes and helpers, as they are written."""
        strikes = {phrase for rule in self.strikes for side in rule.sides for phrase in side}
        return PhraseFinder(strikes.union(*self.helpers.values()))

    @cached_property
    def finder(self) -> PhraseFinder:
        """Finds the phrases of the rules, misspelled too."""
        phrases = {phrase for rule in self.rules for side in rule.sides for phrase in side}
        return PhraseFinder(phrases, known=frozenset(self.exact_finder.exact), tolerant=True)


@cache
def standard(language: str = "en") -> RedWords:
    """Read the list of a language. Raises RedWordsError, and FileNotFoundError where there is none."""
    return parse(tomllib.loads((CONTENT / f"red-words.{language}.toml").read_text(encoding="utf-8")))


def parse(*sources: Mapping[str, Sequence[str]]) -> RedWords:
    """Join lists into one; the later ones add to the first. Raises RedWordsError."""
    rules: dict[str, list[RedWordRule]] = {key: [] for key in KEYS}
    problems: list[str] = []
    for source in sources:
        for key, texts in source.items():
            if key not in KEYS:
                problems.append(f"{key}: there is no such key; the keys are {', '.join(KEYS)}")
            elif isinstance(texts, str) or not all(isinstance(text, str) for text in texts):
                problems.append(f"{key}: must be a list of rules, each between quotes")
            else:
                rules[key] += [rule for text in texts if (rule := _rule(key, text, problems))]
    if problems:
        raise RedWordsError(problems)
    judging = sorted((rule for key in LEVELS for rule in rules[key]), key=lambda rule: -rule.level.rank)
    helpers = {
        key: frozenset(p for rule in rules[key] for side in rule.sides for p in side) for key in HELPERS
    }
    return RedWords(tuple(judging), (*rules[STRIKES], *rules[STRIKES_ALONE]), helpers)


def with_added(added: Mapping[str, Sequence[str]], language: str = "en") -> RedWords:
    """Return a language's list with what the coach adds to it. Raises RedWordsError."""
    file = tomllib.loads((CONTENT / f"red-words.{language}.toml").read_text(encoding="utf-8"))
    return parse(file, added)


def _rule(key: str, text: str, problems: list[str]) -> RedWordRule | None:
    source = " ".join(text.split())
    try:
        sides = tuple(tuple(_side(side)) for side in clean(source).split("+"))
        if len(sides) > MOST_SIDES:
            raise ValueError(f"has more than {MOST_SIDES} sides")
        if key in HELPERS and len(sides) > 1:
            raise ValueError("takes no +")
    except ValueError as error:
        problems.append(
            f"{key}: \N{LEFT DOUBLE QUOTATION MARK}{source}\N{RIGHT DOUBLE QUOTATION MARK} {error}"
        )
        return None
    return RedWordRule(key, source, sides)


def _side(side: str) -> Iterator[Phrase]:
    for phrase in side.split(","):
        if not phrase.strip():
            raise ValueError("has nothing before or after a comma or a +")
        if phrase.count("(") != phrase.count(")") or re.search(r"\([^)]*\(", phrase):
            raise ValueError("has a bracket that is not closed")
        spellings = [_spellings(slot) for slot in SLOT.findall(phrase)]
        number = 1
        for slot in spellings:
            number *= len(slot)
        if number > MOST_SPELLINGS:
            raise ValueError(f"has more than {MOST_SPELLINGS} spellings in one phrase")
        for choice in product(*spellings):
            written = tuple(word for part in choice for word in part)
            if not written:
                raise ValueError("has a phrase without a word")
            yield _folded(written)


def _spellings(slot: str) -> list[Phrase]:
    inner = slot.strip("()")
    choices = [inner] if SCORE.fullmatch(inner) else inner.split("/")
    if not all(choice.strip() for choice in choices):
        raise ValueError("has nothing before or after a /")
    found: list[Phrase] = [tuple(choice.split()) for choice in choices]
    return [*found, ()] if slot.startswith("(") else found


def _folded(written: Phrase) -> Phrase:
    """Fold a phrase as a text is folded, and keep the - of words with any ending or start."""
    marks = [(word.startswith("-"), word.endswith("-")) for word in written]
    if not any(any(mark) for mark in marks):
        return tuple(word.text for word in words(" ".join(written)))
    phrase: list[str] = []
    for word, (start, ending) in zip(written, marks, strict=True):
        folded = [part.text for part in words(word)]
        if (start or ending) and (
            len(folded) != 1 or not SHORTEST_STEM <= len(folded[0]) <= LONGEST_STEM or (start and ending)
        ):
            raise ValueError(f"has a - at a word that is too short or has two: {word}")
        phrase += [("-" if start else "") + part + ("-" if ending else "") for part in folded]
    return tuple(phrase)
