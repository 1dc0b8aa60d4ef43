"""The reading grade of a text.

Grade = 0.39 * words / sentences + 11.8 * syllables / words - 15.59, the Flesch-Kincaid grade: Kincaid JP,
Fishburne RP, Rogers RL, Chissom BS (1975). Derivation of New Readability Formulas for Navy Enlisted
Personnel. Research Branch Report 8-75, Naval Technical Training Command. A grade is a school year of the
United States, so grade plus five is about the age.

Syllables are counted at the hyphenation points of English. These leave out a syllable of one letter
("a-bout", "bod-y"), so the groups of vowels are counted too; the larger number counts.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

import pyphen

MOST_GRADE = 8.5
SENTENCE_WORDS = 30

_dictionary = pyphen.Pyphen(lang="en_US")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_RUN = re.compile(r"[\w'\u2019-]+")
_MARKS = re.compile(r"^#+ |[*_>`]", re.MULTILINE)
_ENGLISH = re.compile(r"[A-Za-z'\u2019]+")
_END = re.compile(r"[.!?\u2026][\"'\u201d\u2019)\]]*(?=\s|$)")
_SILENT = re.compile(r"(?<=[^aeiouy])(e|es|ed)$")
_VOWELS = re.compile(r"[aeiouy]+")
_ENOUGH = 60


def sentences(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for end in [*(match.end() for match in _END.finditer(text)), len(text)]:
        sentence = text[start:end]
        if _WORD.search(sentence):
            yield start + len(sentence) - len(sentence.lstrip()), sentence.strip()
        start = end


def word_count(markdown: str) -> int:
    return sum(any(map(str.isalnum, run)) for run in _RUN.findall(_MARKS.sub("", markdown)))


def words_of(text: str) -> list[str]:
    return _WORD.findall(text)


@lru_cache(4096)
def syllables(word: str) -> int:
    word = word.lower()
    groups = len(_VOWELS.findall(_SILENT.sub("", word)))
    return max(len(_dictionary.positions(word)) + 1, groups)


def grade(texts: list[str]) -> float | None:
    """Return the grade of some blocks of text; None for a text that is too short or not in English."""
    words = [word for text in texts for word in words_of(text)]
    english = [word for word in words if _ENGLISH.fullmatch(word)]
    if len(words) < _ENOUGH or len(english) < 0.9 * len(words):
        return None
    count = sum(1 for text in texts for _ in sentences(text))
    return 0.39 * len(words) / max(count, 1) + 11.8 * sum(map(syllables, english)) / len(english) - 15.59
