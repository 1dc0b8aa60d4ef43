"""The revision that each lesson of a batch goes out with."""

from collections import defaultdict
from collections.abc import Sequence

from challenge.curriculum.versions import pick
from challenge.models import Delivery, Revision

Whole = dict[tuple[int, str], Revision]


class Revisions:
    """What the runners of a batch are to get: pinned to their start, unless published for all.

    One statement for a look, and one for each text that is not among the `whole` yet, which a sender
    keeps from batch to batch. A recall counts from the next look on; what was on the wire gets a
    correction (delivery.corrections).
    """

    def __init__(self, deliveries: Sequence[Delivery], whole: Whole) -> None:
        lessons = [delivery for delivery in deliveries if delivery.kind == Delivery.Kind.LESSON]
        self._days = {delivery.day for delivery in lessons}
        self._programs = {delivery.enrollment.program_id for delivery in lessons}
        self._published: dict[tuple[int, int], list[Revision]] = {}
        self._whole = whole

    def of(self, delivery: Delivery) -> Revision | None:
        """The revision for a delivery: None for what is no lesson, or has none published."""
        if delivery.kind != Delivery.Kind.LESSON:
            return None
        published = self._published.get((delivery.enrollment.program_id, delivery.day), [])
        chosen = pick(published, delivery.enrollment.pinned_at)
        return self._read(chosen) if chosen else None

    def look(self) -> None:
        """See what is published now."""
        found = Revision.objects.filter(
            day__program__in=self._programs, day__number__in=self._days, day__published__isnull=False
        )
        self._published = defaultdict(list)
        for revision in found.select_related("day").only(
            "number", "published_at", "for_all", "digest", "day__number", "day__program_id"
        ):
            self._published[revision.day.program_id, revision.day.number].append(revision)

    def _read(self, revision: Revision) -> Revision:
        """A revision with its texts, which never change under one digest."""
        key = revision.pk, revision.digest
        if key not in self._whole:
            self._whole[key] = Revision.objects.defer("content").get(pk=revision.pk)
        return self._whole[key]
