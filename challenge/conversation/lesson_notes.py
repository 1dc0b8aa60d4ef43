"""The coach's notes in the lessons of a batch."""

from collections.abc import Sequence

from challenge.models import Delivery, Note
from challenge.models.conditions import among
from challenge.models.mail_kinds import Kind

Key = tuple[int, int]


class Notes:
    """The notes of a batch's lessons, as of the last refresh, which is one statement, or none without a
    lesson."""

    def __init__(self, deliveries: Sequence[Delivery]) -> None:
        lessons = [delivery for delivery in deliveries if delivery.kind == Kind.LESSON]
        self._enrollments = {delivery.enrollment_id for delivery in lessons}
        self._days = {delivery.day for delivery in lessons}
        self._texts: dict[Key, str] = {}

    def refresh(self) -> None:
        if self._enrollments:
            found = Note.objects.filter(among("enrollment", self._enrollments), day__in=self._days)
            rows = found.values_list("enrollment", "day", "text")
            self._texts = {(enrollment, day): text for enrollment, day, text in rows}

    def of(self, delivery: Delivery) -> str:
        """Return the note in a lesson; an empty text for other mail."""
        if delivery.kind != Kind.LESSON or delivery.enrollment_id is None:
            return ""
        return self._texts.get((delivery.enrollment_id, delivery.day), "")
