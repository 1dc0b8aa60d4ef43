"""A coach's notes, each of which goes once into the next lesson's mail, and memos for the coaches alone."""

from datetime import datetime

from django.db.models import QuerySet

from accounts.models import User
from challenge.conversation.messages import REPEAT_WINDOW
from challenge.enrollment.transitions import locked
from challenge.models import Delivery, Enrollment, Memo, Note
from challenge.models.attempt import was_refused_for_good
from challenge.models.mail_kinds import Kind

MOST_SIGNS = 1000


class NoLessonLeft(Exception):
    """No lesson is to come in which the note could stand."""


class TooLongTogether(Exception):
    """The new words and those that wait already are too long for one note. `waiting` is the note."""

    def __init__(self, waiting: Note) -> None:
        super().__init__("too long together")
        self.waiting = waiting


def note(enrollment_id: int, coach: User, text: str, now: datetime, *, replaces: bool = False) -> Note:
    """Bind a note to the next lesson that has not begun to leave. A second note of the same day follows the
    first, or replaces it. Raises NoLessonLeft and TooLongTogether.

    The lesson's row stays locked until the note is saved, so that a sender claims it before, and the note
    goes to the next day, or after, and the mail holds the note.
    """
    with locked(enrollment_id) as enrollment:
        day = _next_day(enrollment)
        waiting = Note.objects.filter(enrollment=enrollment, day=day).first()
        if waiting is None:
            return Note.objects.create(
                enrollment=enrollment, day=day, text=text, written_at=now, author=coach
            )
        if not replaces:
            text = _joined(waiting.text, text)
        if len(text) > MOST_SIGNS:
            raise TooLongTogether(waiting)
        waiting.text, waiting.written_at, waiting.author = text, now, coach
        waiting.save(update_fields=["text", "written_at", "author"])
        return waiting


def _joined(first: str, second: str) -> str:
    """Put one text below another, once: a form may be sent twice."""
    together = f"{first}\n\n{second}"
    return first if f"\n\n{first}".endswith(f"\n\n{second}") else together


def waiting_note(enrollment: Enrollment) -> Note | None:
    """Return the note that stands in the next lesson's mail."""
    lesson = _last_lesson(enrollment).first()
    return Note.objects.filter(enrollment=enrollment, day=_day_after(lesson)).first()


def _next_day(enrollment: Enrollment) -> int:
    """Return the day of the next lesson, whose row, if there is one, is locked."""
    day = _day_after(_last_lesson(enrollment).select_for_update(of=("self",)).first())
    is_over = enrollment.state not in Enrollment.OPEN_STATES or day > enrollment.program.length
    if is_over:
        raise NoLessonLeft
    return day


def _last_lesson(enrollment: Enrollment) -> QuerySet[Delivery]:
    return Delivery.objects.filter(enrollment=enrollment, kind=Kind.LESSON, copy=0).order_by("-day")


def _day_after(last: Delivery | None) -> int:
    """Return the day of the first lesson that no sender has begun with: of the last one, unless it is gone or
    refused for good."""
    if last is None:
        return 1
    is_gone = last.state in (Delivery.State.SENDING, Delivery.State.SENT)
    is_refused = last.state == Delivery.State.FAILED and was_refused_for_good(last.attempts)
    return last.day + 1 if is_gone or is_refused else last.day


def memo(enrollment_id: int, coach: User, text: str, now: datetime) -> Memo:
    """Keep a coach's own words about a runner, or return the same ones of the last ten minutes."""
    with locked(enrollment_id) as enrollment:
        memos = Memo.objects.filter(enrollment=enrollment, author=coach, text=text)
        again = memos.filter(written_at__gt=now - REPEAT_WINDOW).first()
        return again or Memo.objects.create(enrollment=enrollment, text=text, written_at=now, author=coach)
