"""The revision that each lesson of a batch goes out with."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from challenge.curriculum.versions import pick
from challenge.models import Delivery, Revision

Key = tuple[int, str]
RevisionCache = dict[Key, Revision]
Pinned = tuple[int, int, datetime | None]


class Revisions:
    """What the runners of a batch are to get: pinned to their start, unless published for all.

    One statement for a refresh, and one more when there are texts that are not in the `cache` yet,
    which a sender keeps from batch to batch. Between two nothing is asked. A recall counts from the
    next refresh on; what was on the wire gets a correction (delivery.corrections).
    """

    def __init__(self, deliveries: Sequence[Delivery], cache: RevisionCache) -> None:
        self._pinned = {_pinned(delivery) for delivery in deliveries if delivery.kind == Delivery.Kind.LESSON}
        self._chosen: dict[Pinned, Key] = {}
        self._cache = cache

    def of(self, delivery: Delivery) -> Revision | None:
        """The revision for a delivery: None for what is no lesson, or has none published."""
        if delivery.kind != Delivery.Kind.LESSON:
            return None
        key = self._chosen.get(_pinned(delivery))
        return self._cache[key] if key else None

    def refresh(self) -> None:
        """See what is published now."""
        published = self._published()
        self._chosen = {
            pinned: (chosen.pk, chosen.digest)
            for pinned in self._pinned
            if (chosen := pick(published[pinned[:2]], pinned[2]))
        }
        self._read(key for key in self._chosen.values() if key not in self._cache)

    def _published(self) -> dict[tuple[int, int], list[Revision]]:
        """The published revisions of each day, without their texts."""
        found = Revision.objects.filter(
            day__program__in={program for program, _day, _at in self._pinned},
            day__number__in={day for _program, day, _at in self._pinned},
            day__published__isnull=False,
        )
        published = defaultdict(list)
        for revision in found.select_related("day").only(
            "number", "published_at", "for_all", "digest", "day__number", "day__program_id"
        ):
            published[revision.day.program_id, revision.day.number].append(revision)
        return published

    def _read(self, keys: Iterable[Key]) -> None:
        """Read whole revisions; their texts never change under one digest."""
        wanted = dict(keys)
        if wanted:
            for revision in Revision.objects.defer("content").filter(pk__in=wanted):
                # One that is no longer what it was a moment ago is what the choice meant all the same.
                self._cache[revision.pk, wanted[revision.pk]] = revision


def _pinned(delivery: Delivery) -> Pinned:
    enrollment = delivery.required_enrollment
    return enrollment.program_id, delivery.day, enrollment.pinned_at
