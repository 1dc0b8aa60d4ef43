"""Words from strangers: one place cleans every one-line field and every search.

A format character (a direction override, a zero-width space) changes what a line shows, and nobody sees it.
A control character may break a line, a header or a terminal. Both are dropped, and letters that nobody sees.
"""

import re
import unicodedata

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

# First strong isolate, and pop directional isolate (UAX 9): the words between turn nothing around them.
ISOLATE, END_OF_ISOLATE = "\u2068", "\u2069"
DROPPED = ("Cc", "Cf", "Cs", "Co")
# Default_Ignorable_Code_Point (DerivedCoreProperties.txt) outside of Cf, and the blank of Braille.
UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8]"
)
# Letters of Arabic and of India's scripts are joined by these, and are others without.
JOINERS = "\u200c\u200d"
FIRST_JOINED = "\u0600"
MOST_MARKS = 5
PILE_OF_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f]{6,}"
)
# Browsers take these for a dot in a host name (UTS 46), and people take the last two for one.
DOTS = str.maketrans(dict.fromkeys("\u3002\uff0e\uff61\u2024\ua4f8", "."))
MOST_DIGITS = 3
LINK_LIKE = re.compile(r"[/\\@<>]|\bwww\b", re.I)
DOT_INSIDE = re.compile(r"(\w+)\.(?=(\w+))")
ABBREVIATED = 3
ENDINGS = frozenset(
    ["app", "biz", "com", "info", "io", "ly", "me", "net", "org", "ru", "shop", "site", "top", "tv", "xyz"]
)


class WordsError(ValueError):
    """These words are not taken; str() says what to do."""


def one_line(text: str) -> str:
    """Return a text on one line, in NFC, without what nobody sees."""
    seen = "".join(_seen(unicodedata.normalize("NFC", text)))
    return " ".join(PILE_OF_MARKS.sub(lambda pile: pile[0][:MOST_MARKS], UNSEEN.sub("", seen)).split())


def several_lines(text: str) -> str:
    """Return a text with its line ends, each once, without what turns its direction and without control
    characters. Emoji of several signs, and tabs, stay."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        sign
        for sign in lines
        if sign in "\n\t" or sign in JOINERS or unicodedata.category(sign) not in DROPPED
    )


def search_words(text: str) -> str:
    """Return the words of a search, in the spelling in which names are kept."""
    return one_line(unicodedata.normalize("NFKC", text))


def first_name(text: str) -> str:
    """Return a person's first name. Raises WordsError for one that could carry an advertisement."""
    cleaned = search_words(text)
    dotted = cleaned.translate(DOTS)
    if LINK_LIKE.search(dotted) or any(_is_link(*found) for found in DOT_INSIDE.findall(dotted)):
        raise WordsError(
            _("Write your first name alone, without a link or an address. Leave a space after a dot.")
        )
    if sum(unicodedata.category(sign) in ("Nd", "No") for sign in cleaned) > MOST_DIGITS:
        raise WordsError(_("Write your first name alone, without a number."))
    if cleaned and not any(unicodedata.category(sign).startswith("L") for sign in cleaned):
        raise WordsError(_("Write your first name in letters."))
    return cleaned


def isolated(text: str) -> str:
    """Return a stranger's words for a line of plain text."""
    return f"{ISOLATE}{one_line(text)}{END_OF_ISOLATE}"


def isolated_html(text: str) -> SafeString:
    """Return a stranger's words, escaped, for a line of HTML."""
    return format_html("<bdi>{}</bdi>", one_line(text))


def _seen(text: str) -> list[str]:
    kept: list[str] = []
    for at, sign in enumerate(text):
        if sign.isspace():
            kept.append(" ")
        elif unicodedata.category(sign) not in DROPPED or _joins(text, at):
            kept.append(sign)
    return kept


def _joins(text: str, at: int) -> bool:
    """Return whether the sign at this place joins two letters of a script that needs it."""
    around = text[max(at - 1, 0) : at] + text[at + 1 : at + 2]
    letters = [sign >= FIRST_JOINED and unicodedata.category(sign)[0] in "LM" for sign in around]
    return text[at] in JOINERS and letters == [True, True]


def _is_link(before: str, after: str) -> bool:
    """Return whether a dot makes a link of two words. "Dr.Maya", "St.John" and "J.Lo" are names."""
    is_name = before[0].isupper() and len(before) <= ABBREVIATED and after[0].isupper()
    return not is_name or after.lower() in ENDINGS
