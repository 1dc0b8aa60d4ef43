"""The dose table of a course: what each day asks for, and the rules for whole weeks.

Hold is the sum of the seconds of a day's front-of-hip stretches, for each side. A hard load is a stretch of
that family, or a run with strides. Two of them are LEAST_DAYS_APART days apart, so that tendons can recover.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from challenge.curriculum.dose import DoseError, parse_dose
from challenge.curriculum.parse import FRONT_OF_HIP, HARD_LOAD

LEAST_DAYS_APART = 3
# A lesson below FULL_LESSON words breaks the mould; so many of a course may.
FULL_LESSON = 120
MOST_SHORT_LESSONS = 3
STRIDES = "strides"


@dataclass(frozen=True)
class DoseRow:
    """A day's stretches by slug with their doses as written, its hold in seconds, and its loads by slug."""

    number: int
    doses: dict[str, str]
    hold: int
    loads: list[str]
    is_hard: bool
    minutes: int


def dose_row(day: Mapping[str, Any], families: Mapping[str, str]) -> DoseRow:
    """Return the row of a day, given as the front matter; `families` are those of the stretches, by slug."""
    doses = {slug: day.get("doses", {}).get(slug, {}).get("dose", "") for slug in day["stretches"]}
    strides = [STRIDES] if day.get("strides") else []
    return DoseRow(
        number=day["number"],
        doses=doses,
        hold=sum(_hold(text) for slug, text in doses.items() if families.get(slug) == FRONT_OF_HIP),
        loads=[slug for slug in doses if families.get(slug, "") not in ("", FRONT_OF_HIP)] + strides,
        is_hard=bool(strides) or any(families.get(slug) == HARD_LOAD for slug in doses),
        minutes=day["minutes"],
    )


def week_hold(week: Mapping[str, Any], rows: Iterable[DoseRow]) -> int:
    return sum(row.hold for row in rows if week["first"] <= row.number <= week["last"])


def hard_days_too_close(rows: Sequence[DoseRow]) -> list[tuple[int, int]]:
    """Return each pair of successive days with a hard load that are too close to each other."""
    hard = sorted(row.number for row in rows if row.is_hard)
    return [(first, second) for first, second in pairwise(hard) if second - first < LEAST_DAYS_APART]


def _hold(text: str) -> int:
    try:
        return parse_dose(text).hold_seconds
    except DoseError:
        return 0
