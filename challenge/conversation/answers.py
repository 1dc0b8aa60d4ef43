"""A coach's answers to messages: mailed to the runner, and published for all who have the day."""

import re
from datetime import datetime

from django.db.models import Max, Q, QuerySet

from accounts.models import User
from challenge.conversation.messages import REPEAT_WINDOW, Direction, State
from challenge.enrollment.transitions import locked
from challenge.models import Delivery, DeskItem, Enrollment, Message
from challenge.models.mail_kinds import Kind

OUT_OF_THE_COURSE = (Enrollment.State.PENDING, Enrollment.State.WITHDRAWN)


class AnsweredMeanwhile(Exception):
    """Somebody has answered since the coach last looked. `answer` is the newest answer."""

    def __init__(self, answer: Message) -> None:
        super().__init__("answered meanwhile")
        self.answer = answer


class AnsweredAfterLeaving(Exception):
    """The runner has left and was sent one answer since; no more mail may follow it."""


class NotInTheCourse(Exception):
    """The sign-up is not confirmed, or the runner has left: nobody may be written to who has not asked."""


class NamesTheRunner(Exception):
    """The text for all holds the runner's name or address. `word` is what it holds."""

    def __init__(self, word: str) -> None:
        super().__init__("names the runner")
        self.word = word


def answer(message_id: int, coach: User, text: str, now: datetime, seen: int | None = None) -> Message:
    """Answer a message, and queue the mail. `seen` is the newest answer that the coach knows of.

    The same answer of the same coach within ten minutes is one. Raises AnsweredMeanwhile and
    AnsweredAfterLeaving; then nothing has changed.
    """
    asked = Message.objects.get(pk=message_id, direction=Direction.IN)
    with locked(asked.enrollment_id) as enrollment:
        earlier = Message.objects.filter(answers=asked).order_by("-at", "-pk")
        again = earlier.filter(author=coach, text=text, at__gt=now - REPEAT_WINDOW).first()
        if again:
            return again
        if (newest := earlier.first()) and newest.pk != seen:
            raise AnsweredMeanwhile(newest)
        if enrollment.state == Enrollment.State.WITHDRAWN and after_leaving(enrollment).exists():
            raise AnsweredAfterLeaving
        said = _send(enrollment, coach, text, now, day=asked.day, answers=asked)
        Message.objects.filter(pk=asked.pk).update(state=State.ANSWERED)
        DeskItem.objects.finish(DeskItem.Kind.MESSAGE, [asked.pk], now, coach)
    return said


def write(enrollment_id: int, coach: User, text: str, now: datetime) -> Message:
    """Write to a runner who told something elsewhere than in a message, and queue the mail.

    The same words of the same coach within ten minutes are one message. Raises NotInTheCourse.
    """
    with locked(enrollment_id) as enrollment:
        earlier = Message.objects.filter(enrollment=enrollment, author=coach, text=text, answers=None)
        if again := earlier.filter(at__gt=now - REPEAT_WINDOW).first():
            return again
        if enrollment.state in OUT_OF_THE_COURSE:
            raise NotInTheCourse
        lessons = Delivery.objects.filter(enrollment=enrollment, kind=Kind.LESSON, sent_at__isnull=False)
        day = lessons.aggregate(day=Max("day"))["day"] or 0
        return _send(enrollment, coach, text, now, day=day)


def _send(
    enrollment: Enrollment,
    coach: User,
    text: str,
    now: datetime,
    *,
    day: int,
    answers: Message | None = None,
) -> Message:
    said = Message.objects.create(
        enrollment=enrollment,
        direction=Direction.OUT,
        state=State.CLOSED,
        day=day,
        text=text,
        at=now,
        author=coach,
        answers=answers,
    )
    Delivery.objects.queue(Kind.ANSWER, now, enrollment, day, answer=said)
    return said


def after_leaving(enrollment: Enrollment) -> QuerySet[Delivery]:
    """Select the answers that leave, or have left, since the runner left."""
    mails = Delivery.objects.filter(enrollment=enrollment, kind=Kind.ANSWER)
    mails = mails.exclude(state__in=[Delivery.State.WITHHELD, Delivery.State.FAILED])
    return mails.filter(Q(sent_at=None) | Q(sent_at__gte=enrollment.left_at or enrollment.created_at))


def publish(message_id: int, text: str, coach: User, now: datetime) -> Message:
    """Put an answer, as the coach has edited it, on the day's page for all. Raises NamesTheRunner."""
    answers = Message.objects.select_related("enrollment__runner")
    said = answers.get(pk=message_id, direction=Direction.OUT, day__gt=0)
    if word := _name_in(text, said.enrollment.runner):
        raise NamesTheRunner(word)
    said.published, said.published_at = text, said.published_at or now
    said.save(update_fields=["published", "published_at"])
    return said


def _name_in(text: str, runner: User) -> str:
    """Return the address or the name that stands in a text. "May" is a name, and "may" is not."""
    if runner.email.lower() in text.lower():
        return runner.email
    for name in (runner.first_name, runner.first_name.capitalize()):
        if len(name) > 1 and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text):
            return name
    return ""


def withdraw(message_id: int) -> bool:
    """Take a published answer off the day's page."""
    found = Message.objects.filter(pk=message_id, published_at__isnull=False)
    return bool(found.update(published="", published_at=None))


def published(program_id: int, day: int) -> QuerySet[Message]:
    """Select what is published about a day, the newest first."""
    found = Message.objects.filter(enrollment__program=program_id, day=day, published_at__isnull=False)
    return found.order_by("-published_at", "-pk")
