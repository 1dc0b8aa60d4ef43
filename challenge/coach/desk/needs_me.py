"""What lies on the desk: the runners with the most urgent item first, and below each all of the runner's."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator

from challenge.coach.desk.links import NOTE, WRITE, link_of
from challenge.coach.desk.rows import DeskRow, row_of
from challenge.coach.desk.told import DeskFacts, Kind
from challenge.enrollment.holding import HELD_FROM
from challenge.models import DeskItem, Enrollment, Escalation, Hold

PAGE = 50
# The place of an item's kind, that of its level, whether somebody has acknowledged it, and its age.
Place = tuple[int, int, bool, float]


@dataclass(frozen=True)
class Needy:
    """A runner with items on the desk."""

    enrollment: Enrollment
    rows: list[DeskRow]
    write: str
    note: str

    @property
    def may_hold(self) -> bool:
        return self.enrollment.state in HELD_FROM

    @property
    def has_hold(self) -> bool:
        is_held = self.enrollment.state == Enrollment.State.HELD
        return is_held or any(row.hold and row.hold.cleared_at is None for row in self.rows)


def needs_me(asked: str, now: datetime) -> tuple[list[Needy], Page[int]]:
    """Return the runners of a page, and the page."""
    ranked, escalations = _ranked(now)
    page = Paginator(list(ranked), PAGE).get_page(asked)
    shown = {enrollment_id: ranked[enrollment_id] for enrollment_id in page}
    rows = Enrollment.objects.select_related("runner", "program").in_bulk(shown)
    told = DeskFacts([item for items in shown.values() for item in items], escalations)
    needy = [
        Needy(rows[pk], _rows(items, told, now), link_of(WRITE, pk), link_of(NOTE, pk))
        for pk, items in shown.items()
        if pk in rows
    ]
    return needy, page


def _rows(items: list[DeskItem], told: DeskFacts, now: datetime) -> list[DeskRow]:
    """Return the rows of a runner. What was said stands once, in the first of them."""
    rows, known = [], set[object]()
    for item in items:
        row = row_of(item, told, now)
        row.said[:] = [said for said in row.said if said not in known]
        known.update(row.said)
        rows.append(row)
    return rows


def _ranked(now: datetime) -> tuple[dict[int, list[DeskItem]], dict[str, Escalation]]:
    """Return all that lies on the desk by enrollment, in order, and its escalations. A hold lies below its
    escalation: they are one row."""
    items = list(DeskItem.objects.lying(now).select_related("enrollment"))
    escalations = escalations_of(items)
    about = [item.about for item in items if item.kind == Kind.HOLD]
    levels = {str(pk): level for pk, level in Hold.objects.filter(pk__in=about).values_list("pk", "level")}
    in_one = {str(each.hold_id) for each in escalations.values()}
    placed = [
        (_place(item, escalations, levels), item)
        for item in items
        if not (item.kind == Kind.HOLD and item.about in in_one)
    ]
    ranked: dict[int, list[DeskItem]] = {}
    for _place_of_it, item in sorted(placed, key=lambda both: (both[0], both[1].pk)):
        ranked.setdefault(item.enrollment_id, []).append(item)
    return ranked, escalations


def escalations_of(items: Iterable[DeskItem]) -> dict[str, Escalation]:
    about = [item.about for item in items if item.kind == Kind.ESCALATION]
    rows = Escalation.objects.filter(pk__in=about)
    return {str(row.pk): row for row in rows.select_related("hold", "acknowledged_by", "resolved_by")}


def _place(item: DeskItem, escalations: dict[str, Escalation], levels: dict[str, str]) -> Place:
    escalation = escalations.get(item.about) if item.kind == Kind.ESCALATION else None
    level = escalation.level if escalation else levels.get(item.about, "")
    is_heeded = escalation is None or escalation.state != Escalation.State.OPEN
    return (*item.urgency(level), is_heeded, -item.since.timestamp())
