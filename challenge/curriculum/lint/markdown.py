"""Check Markdown for open marks, headings out of order, and elements that a mail cannot show."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _
from markdown_it.token import Token

from challenge.curriculum.lint.blocks import first_line, tokens
from challenge.curriculum.lint.finding import Finding, shown

_OPEN_MARK = re.compile(r"\*+|`+|(?<!\w)_+|_+(?!\w)")
_LINK_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def scheme_advice(scheme: str) -> str:
    return _("A link here begins with %(scheme)s. Links begin with https:// or mailto:; change it.") % {
        "scheme": scheme
    }


def check_markdown(place: str, markdown: str) -> list[Finding]:
    parsed = tokens(markdown)
    found = [*_headings(parsed), *_code(parsed, markdown.split("\n"))]
    for token in parsed:
        if token.type == "inline":
            found += _inline(token)
    return [Finding(place, line, message) for line, message in found]


def _headings(parsed: list[Token]) -> Iterator[tuple[int, str]]:
    above = 1
    for token in parsed:
        if token.type != "heading_open":
            continue
        level, line = int(token.tag[1]), first_line(token)
        if level == 1:
            yield line, _("The title is the only heading of the first level. Begin this one with ##.")
        elif level > 3:
            yield line, _("Headings go two levels deep: ## and ###. Use one of these.")
        elif level > above + 1:
            yield line, _("A ### heading stands under a ## heading. Make this one ##.")
        above = max(min(level, 3), 1)


def _code(parsed: list[Token], lines: list[str]) -> Iterator[tuple[int, str]]:
    for token in parsed:
        if token.type == "code_block":
            yield (
                first_line(token),
                _("This line is indented so far that it becomes code. Remove the spaces before it."),
            )
        if token.type == "fence" and token.map:
            last = lines[min(token.map[1], len(lines)) - 1].lstrip(" \t>")
            if token.map[1] - token.map[0] < 2 or not last.startswith(token.markup):
                yield (
                    first_line(token),
                    _("The code block that begins here is never closed. End it with %(marks)s.")
                    % {"marks": token.markup},
                )


def _inline(block: Token) -> Iterator[tuple[int, str]]:
    line, run, run_line = first_line(block), "", first_line(block)
    for token in block.children or []:
        if token.type == "text":
            run_line = run_line if run else line
            run += token.content
            continue
        yield from _left_open(run, run_line)
        run = ""
        if token.type in ("softbreak", "hardbreak"):
            line += 1
        elif token.type == "image":
            yield line, _("Pictures are chosen below the lesson and can't be typed in. Take this one out.")
        elif token.type == "link_open":
            yield from ((line, advice) for advice in _href(str(token.attrs.get("href", ""))))
    yield from _left_open(run, run_line)


def _left_open(text: str, line: int) -> Iterator[tuple[int, str]]:
    if mark := _OPEN_MARK.search(text):
        yield (
            line,
            _(
                "%(mark)s is left open and would be shown as it is. "
                "Close it, or write \\%(sign)s for the sign."
            )
            % {"mark": mark[0], "sign": mark[0][0]},
        )
    if "](" in text or "![" in text:
        yield line, _("A link here is not complete. Write it as [words](https://address).")


def _href(href: str) -> Iterator[str]:
    scheme = _LINK_SCHEME.match(href)
    if not scheme:
        yield _("A link needs its whole address, beginning with https://. Complete %(href)s.") % {
            "href": shown(href) or "( )"
        }
    elif scheme[0].lower() not in ("https:", "mailto:"):
        yield scheme_advice(scheme[0].lower() + ("//" if href[len(scheme[0]) :].startswith("//") else ""))
