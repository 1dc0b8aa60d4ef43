"""What runners write to the coach on the page of a day."""

from datetime import datetime, timedelta

from accounts.models import User
from challenge.conversation.thanks import is_thanks
from challenge.enrollment.transitions import locked
from challenge.models import DeskItem, Enrollment, Hold, Message
from challenge.safety.judging import heed_words, red_words
from challenge.safety.red_words import read

DAILY_LIMIT = 10
REPEAT_WINDOW = timedelta(minutes=10)
DAY = timedelta(days=1)
Direction, State = Message.Direction, Message.State
# What waits for an answer.
WAITING = (State.NEW, State.READ)


class TooManyMessages(Exception):
    """The runner has written ten messages within a day; the new one is not saved."""


def record_message(enrollment_id: int, day: int, text: str, now: datetime, *, doubt: str = "") -> Message:
    """Record a message and heed its words, or return the same one of the last ten minutes. With a doubt
    (DayAnswer.Doubt) its words hold and wake nobody until they are sent again without one.

    Raises TooManyMessages; the words of a message that is not saved are heeded all the same.
    """
    with locked(enrollment_id) as enrollment:
        recent = Message.objects.filter(enrollment=enrollment, direction=Direction.IN, at__gt=now - DAY)
        if repeated := recent.filter(day=day, text=text, at__gt=now - REPEAT_WINDOW).first():
            return _again(repeated, now) if repeated.doubt and not doubt else repeated
        is_kept = recent.count() < DAILY_LIMIT
        if is_kept:
            return _keep(enrollment, day, text, now, doubt)
        if not doubt and not _is_held_for_words(enrollment):
            heed_words(enrollment_id, text, Hold.Source.MESSAGE, now)
    raise TooManyMessages


def _again(message: Message, now: datetime) -> Message:
    message.doubt = ""
    message.save(update_fields=["doubt"])
    heed_words(message.enrollment_id, message.text, Hold.Source.MESSAGE, now)
    return message


def _keep(enrollment: Enrollment, day: int, text: str, now: datetime, doubt: str) -> Message:
    heeded = None if doubt else heed_words(enrollment.pk, text, Hold.Source.MESSAGE, now)
    reading = heeded or read(text, red_words())
    state = State.CLOSED if not reading.found and is_thanks(text) else State.NEW
    message = Message.objects.create(
        enrollment=enrollment, day=day, text=text, at=now, state=state, doubt=doubt
    )
    if state == State.NEW:
        DeskItem.objects.open(DeskItem.Kind.MESSAGE, enrollment, message.pk, now)
    return message


def _is_held_for_words(enrollment: Enrollment) -> bool:
    """Return whether a message holds the exercise already: whoever writes on opens no further hold."""
    return enrollment.holds.filter(source=Hold.Source.MESSAGE, cleared_at=None).exists()


def close(message_id: int, coach: User, now: datetime) -> bool:
    """Take a message off the desk that needs no answer. Return False for one that waits no more."""
    message = Message.objects.get(pk=message_id)
    with locked(message.enrollment_id):
        waiting = Message.objects.filter(pk=message_id, direction=Direction.IN, state__in=WAITING)
        changed = waiting.update(state=State.CLOSED)
        DeskItem.objects.finish(DeskItem.Kind.MESSAGE, [message_id], now, coach)
    return bool(changed)


def mark_read(message_id: int) -> bool:
    """Say that a coach has read a message; it still waits for its answer."""
    new = Message.objects.filter(pk=message_id, direction=Direction.IN, state=State.NEW)
    return bool(new.update(state=State.READ))
