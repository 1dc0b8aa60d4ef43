"""Mails of the gallery, parsed."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

from tests.gallery.build import gallery_folder
from tests.support.visitor import body

LESSON = re.compile(r"day-\d\d-(.*)")


class GalleryMail(NamedTuple):
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


def sent_mails(*states: str) -> list[GalleryMail]:
    """Return the mails of this test run's gallery: all, or the lessons of some states ("": the others)."""
    found = read_mails(gallery_folder() / "mails")
    return [mail for mail in found if not states or mail.state in states]


def read_mails(folder: Path) -> list[GalleryMail]:
    """Read the mails of a folder, lessons first."""
    found = []
    for path in folder.glob("*.eml"):
        raw = path.read_bytes()
        found.append(GalleryMail(path.stem, raw, message_from_bytes(raw, policy=policy.default)))  # type: ignore[arg-type]
    return sorted(found, key=lambda mail: (not mail.state, mail.name))
