"""Mails of the gallery, parsed."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

from tests.gallery.throwaway import everything
from tests.support.visitor import body

LESSON = re.compile(r"day-\d\d-(.*)")


class Letter(NamedTuple):
    """A mail by its name, raw and parsed."""

    name: str
    raw: bytes
    message: EmailMessage

    @property
    def state(self) -> str:
        """The state of a lesson's runner; empty for the other mails."""
        lesson = LESSON.match(self.name)
        return lesson[1] if lesson else ""

    @property
    def html(self) -> str:
        return body(self.message, "html")

    @property
    def text(self) -> str:
        return body(self.message)

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])


def mails(*states: str) -> list[Letter]:
    """The mails of the one walk of this test run: all, or the lessons of some states ("": the others)."""
    found = letters(everything() / "mails")
    return [letter for letter in found if not states or letter.state in states]


def letters(folder: Path) -> list[Letter]:
    """The mails of a folder, lessons first."""
    found = []
    for path in folder.glob("*.eml"):
        raw = path.read_bytes()
        found.append(Letter(path.stem, raw, message_from_bytes(raw, policy=policy.default)))  # type: ignore[arg-type]
    return sorted(found, key=lambda letter: (not letter.state, letter.name))
