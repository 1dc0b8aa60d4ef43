"""Check a text for HTML, template syntax, hidden characters and links that would break or deceive."""

import re
from collections.abc import Iterator
from html import unescape

from django.utils.translation import gettext as _

from challenge.curriculum.lint.finding import Finding, shown
from challenge.curriculum.lint.markdown import check_markdown, scheme_advice
from challenge.curriculum.slots import CLOSE, OPEN

_TAG = re.compile(r"<(?!https://|mailto:)(/?[A-Za-z][\w-]*|[!?])")
_TEMPLATE = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
_BRACES = re.compile(r"\{[^{}]{0,40}\}|[{}]")
_SCHEME = re.compile(
    r"\b((?:javascript|vbscript):|data:(?=[a-z]+/|[;,])|(?:http|ftp|file)://)", re.IGNORECASE
)
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_PLAIN_MARKS = re.compile(r"\*\*|`|\]\(|^#{1,6} |(?<![*\w])\*[^\s*][^*]*\*(?!\w)")


def normalise_line_ends(text: str) -> str:
    """Replace CRLF, which a browser's form sends, and CR by LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def check_unsafe(
    place: str, text: str, *, markdown: bool, placeholders: tuple[str, ...] = ()
) -> list[Finding]:
    found: list[Finding] = []
    for number, line in enumerate(text.split("\n"), 1):
        found += [Finding(place, number, message) for message in _line(line, placeholders)]
        if not markdown and _PLAIN_MARKS.search(line):
            advice = _("This field is shown as it is typed. Leave out Markdown marks such as ** or `.")
            found.append(Finding(place, number, advice))
    if markdown:
        return found + check_markdown(place, text)
    if "\n" in text.strip("\n"):
        found.append(Finding(place, 2, _("Keep this to one line; join the lines.")))
    return found


def _line(raw: str, placeholders: tuple[str, ...]) -> Iterator[str]:
    # A character reference such as &#x27E6; becomes its character in the mail, so it counts as that
    # character.
    line = unescape(raw)
    if tag := _TAG.search(raw):
        yield _("Leave out HTML such as %(tag)s. In a lesson and in steps, Markdown does it: **bold**.") % {
            "tag": f"{tag[0]}>" if tag[1] not in "!?" else tag[0]
        }
    if template := _TEMPLATE.search(line):
        yield _("%(marks)s is template syntax. It is never run here; take it out.") % {"marks": template[0]}
    else:
        yield from _braces(line, placeholders)
    if OPEN in line or CLOSE in line:
        yield _("%(open)s and %(close)s are reserved for the mail itself; use round or square brackets.") % {
            "open": OPEN,
            "close": CLOSE,
        }
    if scheme := _SCHEME.search(line):
        yield scheme_advice(scheme[1].lower())
    yield from _signs(line)


def _braces(line: str, placeholders: tuple[str, ...]) -> Iterator[str]:
    allowed = [f"{{{name}}}" for name in placeholders]
    for found in _BRACES.finditer(line):
        if found[0] in allowed:
            continue
        if allowed:
            yield _("%(found)s is no placeholder that we know. Use %(allowed)s, or take the braces out.") % {
                "found": shown(found[0]),
                "allowed": _(" or ").join(allowed),
            }
        else:
            yield _("%(found)s stays as it is here. Placeholders work in the lesson alone; take it out.") % {
                "found": shown(found[0])
            }


def _signs(line: str) -> Iterator[str]:
    if sign := _BIDI.search(line):
        yield _(
            "An invisible sign (U+%(code)04X) turns the direction of the text here. Delete it: "
            "right-to-left words show correctly without it."
        ) % {"code": ord(sign[0])}
    if sign := _CONTROL.search(line):
        yield _(
            "An invisible control character (U+%(code)04X) is in this line. Delete the line and type it "
            "again."
        ) % {"code": ord(sign[0])}
