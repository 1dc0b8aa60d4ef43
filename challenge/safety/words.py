"""The words of a text as they are compared: without case, accents, apostrophes and punctuation."""

import re
import unicodedata
from dataclasses import dataclass

APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u201b\u02bc\u02b9\u2032\u0060\u00b4\uff07", "'"))
WORD = re.compile(r"\d+(?:[.,:]\d+)+|[^\W_]+(?:'[^\W_]+)*|&")
STOP = re.compile(r"[.!?;]|\n[^\S\n]*\n")
NUMBER = re.compile(r"\d[\d.,]*")
DATE = re.compile(r"\d[\d.,/]{0,9}")
REPEATED = re.compile(r"([^\W\d_])\1\1+")
NUMBER_WORDS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen"""
SAME = {"cannot": "cant", "&": "and"} | {
    name: str(number) for number, name in enumerate(NUMBER_WORDS.split())
}
# Two words that are as good as one.
JOINED = {
    ("can", "not"): "cant",
    ("could", "not"): "couldnt",
    ("do", "not"): "dont",
    ("did", "not"): "didnt",
    ("i", "am"): "im",
    ("i", "have"): "ive",
}
OUT_OF = ("out of", "of", "from", "on")
HIGHEST_SCORE = 10
# Words of so many letters may have so many slips. A longer word than any language's is no misspelling.
ONE_SLIP_FROM, TWO_SLIPS_FROM = 5, 9


@dataclass(frozen=True)
class Word:
    """A word, where it stands in the clean text, and what stands before it and after it."""

    text: str
    start: int
    end: int
    opens: bool = False  # a sentence or a paragraph begins with it
    comma: bool = False  # a comma follows


def clean(text: str) -> str:
    """Return a text without what can't be seen, with plain apostrophes and one form for each character."""
    text = unicodedata.normalize("NFKC", text.translate(APOSTROPHES)).translate(APOSTROPHES)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in text if unicodedata.category(char) not in ("Mn", "Me", "Cf"))


def words(cleaned: str) -> list[Word]:
    """Return the words of a clean text. "Eight out of ten" and "8 / 10" are one word, 8/10."""
    found: list[Word] = []
    end = 0
    for match in WORD.finditer(cleaned):
        gap = cleaned[end : match.start()]
        if found and "," in gap:
            found[-1] = Word(found[-1].text, found[-1].start, found[-1].end, found[-1].opens, comma=True)
        opens = not found or bool(STOP.search(gap))
        text = _plain(match.group())
        end = match.end()
        if gap.strip() == "/" and found and NUMBER.fullmatch(text) and DATE.fullmatch(found[-1].text):
            found[-1] = Word(f"{found[-1].text}/{text}", found[-1].start, end, found[-1].opens)
        else:
            found.append(Word(text, match.start(), end, opens))
    return _joined(found)


def _plain(word: str) -> str:
    letters = unicodedata.normalize("NFKD", word.casefold())
    plain = "".join(char for char in letters if unicodedata.category(char) != "Mn").removesuffix("'s")
    plain = REPEATED.sub(r"\1", plain.replace("'", ""))
    return SAME.get(plain, plain)


def _joined(found: list[Word]) -> list[Word]:
    joined: list[Word] = []
    position = 0
    while position < len(found):
        first, *rest = found[position : position + 4]
        texts = [word.text for word in rest]
        text, length = first.text, 1
        size = texts.index("10") if "10" in texts else 0
        if " ".join(texts[:size]) in OUT_OF and NUMBER.fullmatch(text):
            text, length = f"{text}/10", size + 2
        elif rest and (first.text, texts[0]) in JOINED:
            text, length = JOINED[first.text, texts[0]], 2
        last = found[position + length - 1]
        joined.append(Word(_score(text), first.start, last.end, first.opens, last.comma))
        position += length
    return joined


def _score(text: str) -> str:
    number, slash, outof = text.partition("/")
    if not slash or outof != "10":
        return text
    whole = re.split("[.,]", number)[0]
    return f"{min(int(whole[:4]), HIGHEST_SCORE)}/10"


def slips(listed: str) -> int:
    """Return how many slips of the keyboard still leave a listed word."""
    if len(listed) < ONE_SLIP_FROM or not listed.isalpha():
        return 0
    return 1 if len(listed) < TWO_SLIPS_FROM else 2


def is_near(word: str, listed: str, most: int) -> bool:
    """Tell whether a word becomes the listed one by `most` slips: a letter too many, too few, wrong, or two
    letters in the other's place (optimal string alignment)."""
    if abs(len(word) - len(listed)) > most:
        return False
    before: list[int] = []
    row = list(range(len(listed) + 1))
    for i, char in enumerate(word, 1):
        before, last, row = row, before, [i]
        for j, other in enumerate(listed, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (char != other))
            if i > 1 and j > 1 and char == listed[j - 2] and word[i - 2] == other:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return False
    return row[-1] <= most
