"""The safety rules of a program: words that a text must not lose in a later edit.

A rule names places: a day ("day-02"), a stretch by its slug, the self-check, an article, or all stretches of
a family ("family:front of hip"). Each of its words must occur there, in one field or anywhere in the text;
"a|b" asks for one of two. Case, line ends and the marks of Markdown do not count, and a word may go on: the
rule "pregnan" finds "pregnancy".
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from challenge.curriculum.lint.finding import Finding

FAMILY = "family:"
SELF_CHECK = "self-check"
# The names of the body in findings and rules.
BODIES = ("lesson", "steps", "article")
# These keys hold no text that a runner reads as advice.
_NOT_ADVICE = {"slug", "figures", "sources", "points", "area", "family", "stretches"}
_MARKS = re.compile(r"[*_`#>\\]")
_QUOTES = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")

Rules = Sequence[Mapping[str, Any]]


def day_place(number: int) -> str:
    return f"day-{number:02d}"


def check_safety(rules: Rules, place: str, item: Mapping[str, Any], body: str) -> list[Finding]:
    """Return a finding for each word that a rule asks for and `item` lacks. `item` is a day's front matter
    with its body, a stretch or an article; `body` is the place of findings about its text as a whole."""
    found = []
    for rule in rules_of(rules, place, item):
        field = str(rule.get("field") or "")
        said = _said(item.get("body" if field in BODIES else field) if field else item)
        for word in rule["words"]:
            if not any(_occurs(each, said) for each in str(word).split("|")):
                advice = _('This has to say "%(word)s". %(why)s')
                shown = str(word).replace("|", _('" or "'))
                found.append(Finding(field or body, 1, advice % {"word": shown, "why": rule["why"]}))
    return found


def rules_of(rules: Rules, place: str, item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    places = {place, FAMILY + str(item.get("family") or "")}
    return [rule for rule in rules if places & set(rule["places"])]


def _occurs(word: str, said: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(_plain(word))}", said))


def _said(value: Any) -> str:
    return _plain(" | ".join(_texts(value)))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            if key not in _NOT_ADVICE:
                yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def _plain(text: str) -> str:
    return " ".join(_MARKS.sub("", text).translate(_QUOTES).casefold().split())
