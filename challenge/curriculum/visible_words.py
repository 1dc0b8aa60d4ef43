"""Count the words that a mail shows while its pictures are not loaded: no descriptions, no hidden preview."""

import re
from html.parser import HTMLParser

from challenge.curriculum.lint.reading import word_count
from challenge.curriculum.sample import sample_values
from challenge.curriculum.slots import Compiled, fill

_HIDDEN = re.compile(r"display:\s*none")
_VOID = {"meta", "img", "br", "link", "source"}


def visible_words(compiled: Compiled, day: int, greeting: str = "") -> int:
    """Return the number of words of a lesson for the sample runner, who has no note from the coach."""
    reader = _VisibleText()
    reader.feed(fill(compiled.html, sample_values(day, greeting=greeting), html=True))
    return word_count(" ".join(reader.said))


class _VisibleText(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._open: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            is_hidden = bool(_HIDDEN.search(dict(attrs).get("style") or ""))
            self._open.append(is_hidden or tag in ("head", "style"))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if not any(self._open):
            self.said.append(data)
