"""The list of red words: read from data that a coach can read, checked, and ready to be looked up.

A rule is a string; content/red-words.en.toml says at its head how one is written. What a coach adds has the
same keys and the same form: {"urgent": ["burning + shin"], "strikes": ["burning rubber"]}.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from pathlib import Path

from challenge.safety.phrase_finder import Phrase, PhraseFinder
from challenge.safety.red_word_form import FormError, read_sides

CONTENT = Path(__file__).parent / "content"
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


@dataclass(frozen=True)
class ListProblem:
    """A fault of a rule. The fault is one of a few sentences, so that it can be translated."""

    key: str
    rule: str
    fault: str

    def __str__(self) -> str:
        return f'{self.key}: "{self.rule}": {self.fault}' if self.rule else f"{self.key}: {self.fault}"


class RedWordsError(ValueError):
    """The list cannot be read; `problems` lists every fault."""

    def __init__(self, problems: list[ListProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
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


def standard(language: str = "en") -> RedWords:
    """Return the list of a language. Raises RedWordsError, and FileNotFoundError where there is none."""
    return with_added({}, language)


def with_added(added: Mapping[str, Sequence[str]], language: str = "en") -> RedWords:
    """Return a language's list with what the coach adds to it. Raises RedWordsError."""
    rules = (
        (key, tuple(rules) if isinstance(rules, list) else rules) for key, rules in sorted(added.items())
    )
    return _remembered(language, tuple(rules))


@lru_cache(maxsize=8)
def _remembered(language: str, added: tuple[tuple[str, Sequence[str]], ...]) -> RedWords:
    file = tomllib.loads((CONTENT / f"red-words.{language}.toml").read_text(encoding="utf-8"))
    return parse(file, dict(added))


def parse(*sources: Mapping[str, Sequence[str]]) -> RedWords:
    """Join lists into one; the later ones add to the first. Raises RedWordsError."""
    rules: dict[str, list[RedWordRule]] = {key: [] for key in KEYS}
    problems: list[ListProblem] = []
    for source in sources:
        for key, texts in source.items():
            if key not in KEYS:
                problems.append(ListProblem(key, "", "There is no such key."))
            elif not isinstance(texts, list | tuple) or not all(isinstance(text, str) for text in texts):
                problems.append(ListProblem(key, "", "Write a list of rules, each between quotes."))
            else:
                rules[key] += [rule for text in texts if (rule := _rule(key, text, problems))]
    if problems:
        raise RedWordsError(problems)
    judging = sorted((rule for key in LEVELS for rule in rules[key]), key=lambda rule: -rule.level.rank)
    helpers = {
        key: frozenset(p for rule in rules[key] for side in rule.sides for p in side) for key in HELPERS
    }
    return RedWords(tuple(judging), (*rules[STRIKES], *rules[STRIKES_ALONE]), helpers)


def _rule(key: str, text: str, problems: list[ListProblem]) -> RedWordRule | None:
    source = " ".join(text.split())
    try:
        sides = read_sides(source)
        if key in HELPERS and len(sides) > 1:
            raise FormError("This key takes no +.")
    except FormError as error:
        problems.append(ListProblem(key, source, str(error)))
        return None
    return RedWordRule(key, source, sides)
