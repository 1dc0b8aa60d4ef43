"""What was written of and to a runner, for the timeline: messages, answers, notes and memos."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from challenge.models import Enrollment, Memo, Message, Note

WAITING = (Message.State.NEW, Message.State.READ)


class Written(NamedTuple):
    """Words with a title; `kind` is a key of timeline.KINDS, and `address` leads to what can be done."""

    at: datetime
    kind: str
    title: str
    text: str
    address: str = ""
    address_label: str = ""


def written(enrollment: Enrollment) -> Iterator[Written]:
    """Read everything in three statements."""
    for message in enrollment.messages.select_related("author"):
        yield _message(message) if message.direction == Message.Direction.IN else _answer(message)
    for note in enrollment.notes.select_related("author"):
        yield Written(note.written_at, "note", _by(_("For the mail of day %(day)d"), note), note.text)
    for memo in enrollment.memos.select_related("author"):
        yield Written(memo.written_at, "memo", _by(_("For the coaches"), memo), memo.text)


def _message(message: Message) -> Written:
    title = _("Asked about day %(day)d") % {"day": message.day} if message.day else _("Wrote to the coach")
    waits = message.state in WAITING
    label = _("Answer it, or close it") if waits else _("Read it in its thread")
    if message.state == Message.State.CLOSED:
        title = _("%(title)s (closed)") % {"title": title}
    address = reverse("admin:answer", args=[message.pk])
    return Written(message.at, "question", title, message.text, address, label)


def _answer(message: Message) -> Written:
    title = _by(_("About day %(day)d") if message.day else _("To the runner"), message)
    if message.published_at:
        title = _("%(title)s (published)") % {"title": title}
    address = reverse("admin:publish", args=[message.pk]) if message.day else ""
    label = _("What all runners read") if message.published_at else _("Publish on the day's page")
    return Written(message.at, "answer", title, message.text, address, label)


def _by(what: str, row: Message | Note | Memo) -> str:
    """Name the day, where there is one, and the coach."""
    title = what % {"day": getattr(row, "day", 0)}
    return _("%(title)s, by %(coach)s") % {"title": title, "coach": row.author} if row.author else title
