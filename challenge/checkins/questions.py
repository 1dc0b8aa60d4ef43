"""A runner's questions to her coach, asked on the page of a day."""

from datetime import datetime, timedelta

from django.db import transaction

from challenge.models import Enrollment, Question

A_DAY = 10
DOUBLED = timedelta(minutes=10)


class TooManyQuestions(Exception):
    """More than ten within a day: what was asked before is kept."""


def ask(enrollment_id: int, day: int, text: str, now: datetime) -> Question:
    """Keep a question. The same words within ten minutes are the same question, sent twice.

    Raises TooManyQuestions.
    """
    with transaction.atomic():
        Enrollment.objects.select_for_update().get(pk=enrollment_id)
        asked = Question.objects.filter(enrollment=enrollment_id, asked_at__gt=now - timedelta(days=1))
        if double := asked.filter(day=day, text=text, asked_at__gt=now - DOUBLED).first():
            return double
        if asked.count() >= A_DAY:
            raise TooManyQuestions
        return Question.objects.create(enrollment_id=enrollment_id, day=day, text=text, asked_at=now)
