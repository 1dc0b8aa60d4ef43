"""Check the accessibility of a compiled mail before it is published.

WCAG 2.2: text alternatives (1.1.1), headings in order (1.3.1), the page's language (3.1.1), links that say
where they lead (2.4.4). Mail programs: sizes on pictures, nothing embedded, HTML of at most 80 kB.
"""

from html.parser import HTMLParser
from typing import Any

from django.utils.translation import gettext as _

from challenge.curriculum.lint import Finding
from challenge.curriculum.slots import Compiled

MAX_BYTES = 80 * 1024
MAIL = "mail"


def check_accessibility(compiled: Compiled) -> list[Finding]:
    """Return the faults of a mail; a finding's line is the line in the HTML part."""
    reader = _Reader()
    reader.feed(compiled.html)
    reader.close()
    found = [Finding(MAIL, line, message) for line, message in reader.found]
    size = len(compiled.html.encode())
    if size > MAX_BYTES:
        advice = _(
            "The mail has %(size)d kB and may have %(most)d. Shorten the lesson or take one stretch out."
        )
        found.append(Finding(MAIL, 1, advice % {"size": size // 1024, "most": MAX_BYTES // 1024}))
    return found


class _Reader(HTMLParser):
    """Read the HTML once and collect the faults, with their lines."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []
        self._level = 0
        self._link: list[str] | None = None
        self._heading: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "html" and not given.get("lang"):
            self._note(_("The mail doesn't say its language."))
        elif tag == "img":
            self._picture(given)
        elif tag == "a":
            self._link = []
        elif len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self._heading = []
            self._step(int(tag[1]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        for text in (self._link, self._heading):
            if text is not None:
                text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._link is not None:
            if not "".join(self._link).strip():
                self._note(_("A link has no words. Write what it leads to."))
            self._link = None
        elif self._heading is not None and len(tag) == 2 and tag[0] == "h":
            if not "".join(self._heading).strip():
                self._note(_("A heading is empty. Give it words or take it out."))
            self._heading = None

    def _picture(self, given: dict[str, Any]) -> None:
        address = given.get("src") or ""
        name = address.rpartition("/")[2].partition(".")[0]
        if not (given.get("alt") or "").strip():
            advice = _("The picture %(name)s has no description. Say the position in words.")
            self._note(advice % {"name": name})
        if not (given.get("width") and given.get("height")):
            self._note(_("The picture %(name)s has no size.") % {"name": name})
        if address.startswith("data:"):
            self._note(_("The picture %(name)s is embedded; mail programs drop it.") % {"name": name})

    def _step(self, level: int) -> None:
        if level > self._level + 1:
            advice = _("A heading of level %(level)d follows one of level %(before)d. Don't skip a level.")
            self._note(advice % {"level": level, "before": self._level})
        self._level = level

    def _note(self, message: str) -> None:
        self.found.append((self.getpos()[0], message))
