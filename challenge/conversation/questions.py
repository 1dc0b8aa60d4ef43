"""A runner's questions to the coach, asked on the page of a day."""

from datetime import datetime, timedelta

from django.db import transaction

from challenge.models import Enrollment, Message

DAILY_LIMIT = 10
REPEAT_WINDOW = timedelta(minutes=10)


class TooManyQuestions(Exception):
    """The runner has asked ten questions within a day; the new one is not saved."""


def record_question(enrollment_id: int, day: int, text: str, now: datetime) -> Message:
    """Record a question, or return the same one of the last ten minutes. Raises TooManyQuestions."""
    with transaction.atomic():
        Enrollment.objects.select_for_update().get(pk=enrollment_id)
        recent = Message.objects.filter(enrollment=enrollment_id, at__gt=now - timedelta(days=1))
        if repeated := recent.filter(day=day, text=text, at__gt=now - REPEAT_WINDOW).first():
            return repeated
        if recent.count() >= DAILY_LIMIT:
            raise TooManyQuestions
        return Message.objects.create(enrollment_id=enrollment_id, day=day, text=text, at=now)
