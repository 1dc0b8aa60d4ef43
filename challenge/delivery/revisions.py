"""The revision that each lesson of a batch goes out with, never older than a second."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from challenge.curriculum.versions import pick
from challenge.models import Delivery, Revision

FRESH_FOR = timedelta(seconds=1)


class Revisions:
    """What the runners of a batch are to get: pinned to their start, unless published for all.

    One statement for a look, and one for the texts that no look needed before. A recall counts from
    the next look on; what was on the wire gets a correction (delivery.corrections).
    """

    def __init__(self, deliveries: Sequence[Delivery]) -> None:
        lessons = [delivery for delivery in deliveries if delivery.kind == Delivery.Kind.LESSON]
        self._days = {delivery.day for delivery in lessons}
        self._programs = {delivery.enrollment.program_id for delivery in lessons}
        self._looked_at: datetime | None = None
        self._published: dict[tuple[int, int], list[Revision]] = {}
        self._whole: dict[int, Revision] = {}

    def of(self, delivery: Delivery, now: datetime) -> Revision | None:
        """The revision for a delivery: None for what is no lesson, or has none published."""
        if delivery.kind != Delivery.Kind.LESSON:
            return None
        if self._looked_at is None or not timedelta(0) <= now - self._looked_at < FRESH_FOR:
            self._look(now)
        published = self._published.get((delivery.enrollment.program_id, delivery.day), [])
        chosen = pick(published, delivery.enrollment.pinned_at)
        if chosen is None:
            return None
        if chosen.pk not in self._whole:
            self._whole[chosen.pk] = Revision.objects.defer("content").get(pk=chosen.pk)
        return self._whole[chosen.pk]

    def _look(self, now: datetime) -> None:
        self._looked_at = now
        found = Revision.objects.filter(
            day__program__in=self._programs, day__number__in=self._days, day__published__isnull=False
        )
        self._published = defaultdict(list)
        for revision in found.select_related("day").only(
            "number", "published_at", "for_all", "day__number", "day__program_id"
        ):
            self._published[revision.day.program_id, revision.day.number].append(revision)
