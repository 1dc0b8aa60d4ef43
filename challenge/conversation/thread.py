"""What a runner and the coach wrote to each other, as the runner reads it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from challenge.models import Delivery, Enrollment, Message
from challenge.models.mail_kinds import Kind


@dataclass(frozen=True)
class Said:
    """Words of the runner, or of the coach; a note is what stood in the mail of `day`."""

    at: datetime
    day: int
    text: str
    by_runner: bool = False
    is_note: bool = False


def thread(enrollment: Enrollment) -> list[Said]:
    """Return every message of a run and the notes that have left, the oldest first."""
    found = [*map(_said, enrollment.messages.all()), *_notes(enrollment)]
    return sorted(found, key=lambda said: said.at)


def part_of_thread(enrollment: Enrollment, day: int, written: Iterable[int]) -> list[Said]:
    """Return the messages with these ids about a day, and their answers, the oldest first."""
    ids = list(written)
    found = enrollment.messages.filter(Q(pk__in=ids) | Q(answers__in=ids), day=day)
    return [_said(message) for message in found.order_by("at", "pk")]


def _said(message: Message) -> Said:
    by_runner = message.direction == Message.Direction.IN
    return Said(message.at, message.day, message.text, by_runner=by_runner)


def _notes(enrollment: Enrollment) -> list[Said]:
    notes = list(enrollment.notes.all())
    if not notes:
        return []
    sent = Delivery.objects.filter(enrollment=enrollment, kind=Kind.LESSON, copy=0, sent_at__isnull=False)
    days = {lesson.day: lesson.sent_at for lesson in sent if lesson.sent_at}
    return [Said(days[note.day], note.day, note.text, is_note=True) for note in notes if note.day in days]
