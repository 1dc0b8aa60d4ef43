"""The open holds of a runner in words: why, since when, by whom, and what was said."""

from dataclasses import dataclass

from challenge.coach.desk.told import DeskFacts, Quote
from challenge.coach.wording import when
from challenge.models import DeskItem, Enrollment, Hold, SafetyLevel


@dataclass(frozen=True)
class OpenHold:
    hold: Hold
    why: str
    level: str
    since: str
    by: str
    said: list[Quote]


def open_holds(enrollment: Enrollment) -> list[OpenHold]:
    holds = list(enrollment.holds.filter(cleared_at=None).order_by("opened_at", "pk"))
    items = [DeskItem(kind=DeskItem.Kind.HOLD, about=str(hold.pk), enrollment=enrollment) for hold in holds]
    told = DeskFacts(items, {})
    return [
        OpenHold(
            hold,
            hold.why,
            str(SafetyLevel(hold.level).label) if hold.level else "",
            when(hold.opened_at),
            hold.get_opened_by_display(),
            told.said(item),
        )
        for hold, item in zip(holds, items, strict=True)
    ]
