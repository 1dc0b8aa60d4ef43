"""Markdown parsed for the linter: its tokens, and its text in blocks with line numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token


class _EveryLink(MarkdownIt):
    """Accept links of every scheme, so that the rules can name them."""

    def validateLink(self, url: str) -> bool:
        return True


# Without text_join, an escaped mark (`\\*`) stays distinct from a mark that was never closed.
_parser = _EveryLink("commonmark", {"html": False}).disable("text_join")


@dataclass(frozen=True)
class Block:
    """A heading or a paragraph: its first line, and its text without marks, with line breaks."""

    line: int
    heading: bool
    text: str

    def line_at(self, offset: int) -> int:
        return self.line + self.text.count("\n", 0, offset)


@lru_cache(8)
def tokens(markdown: str) -> list[Token]:
    """Parse a text. Do not change the tokens: several rules share them."""
    return _parser.parse(markdown)


def blocks(parsed: list[Token]) -> Iterator[Block]:
    for before, token in pairwise(parsed):
        if token.type == "inline":
            text = "".join(_shown(child) for child in token.children or [])
            yield Block(first_line(token), before.type == "heading_open", text)


def first_line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1


def _shown(token: Token) -> str:
    return "\n" if token.type in ("softbreak", "hardbreak") else token.content
