"""What saved check-ins tell of pain, and what the next lesson says about it."""

from collections import defaultdict
from datetime import datetime
from typing import Protocol

from django.db.models import Q

from challenge.models import CheckIn, Hold, SafetyRules
from challenge.models.conditions import among
from challenge.safety.advice import advice
from challenge.safety.pain_rules import Judgement, PainThresholds, PainTold, Place, judge

THRESHOLDS = tuple(PainThresholds.__dataclass_fields__)
HURTS = Q(pain__gt=0, doubt="")
TELLS = Q(doubt="") & (
    Q(pain__isnull=False)
    | Q(sharp=True)
    | Q(running_brings_it_on=True)
    | Q(place=CheckIn.Place.DOWN_A_LEG)
    | ~Q(worse_next_morning="")
)
WORSE = {CheckIn.Morning.WORSE.value: True, CheckIn.Morning.NOT_WORSE.value: False}
WORSE[CheckIn.Morning.NO_PAIN.value] = False


class CheckInAnswer(Protocol):
    """What a check-in says, saved or only posted."""

    @property
    def pain(self) -> int | None: ...

    @property
    def place(self) -> str: ...

    @property
    def pain_where(self) -> str: ...

    @property
    def running_brings_it_on(self) -> bool | None: ...

    @property
    def sharp(self) -> bool | None: ...

    @property
    def worse_next_morning(self) -> str: ...

    @property
    def note(self) -> str: ...


def thresholds_of(rules: SafetyRules) -> PainThresholds:
    return PainThresholds(**{name: getattr(rules, name) for name in THRESHOLDS})


def told(day: int, answer: CheckInAnswer) -> PainTold:
    return PainTold(
        day,
        answer.pain,
        sharp=bool(answer.sharp),
        place=Place(answer.place) if answer.place else None,
        running_brings_it_on=bool(answer.running_brings_it_on),
        worse_next_morning=WORSE.get(answer.worse_next_morning),
    )


def cleared_at(enrollment_id: int) -> datetime | None:
    """Return when the coach last lifted a hold: what was told until then does not count any more."""
    cleared = Hold.objects.filter(enrollment=enrollment_id, cleared_at__isnull=False)
    return cleared.order_by("-cleared_at").values_list("cleared_at", flat=True).first()


def counted(enrollment_id: int, since: datetime | None) -> list[PainTold]:
    """Return what check-ins tell of the days first told of since then; a doubtful one does not count."""
    rows = CheckIn.objects.filter(enrollment=enrollment_id, doubt="")
    return [told(row.day, row) for row in (rows.filter(created_at__gt=since) if since else rows)]


def asks_for_morning(enrollment_id: int, day: int) -> bool:
    """Tell whether a day's check-in asks for the morning: the last one before it told of pain."""
    before = CheckIn.objects.filter(enrollment=enrollment_id, day__lt=day).order_by("-day").first()
    return (
        before is not None and bool(before.pain) and not before.doubt and CheckIn.is_recent(before.day, day)
    )


def advice_for(days: dict[int, int]) -> dict[int, str]:
    """Return what lately told pain asks for, for each enrollment and the day of its lesson, in words and in
    three statements."""
    rules = SafetyRules.current()
    cleared = Hold.objects.filter(among("enrollment", list(days)), cleared_at__isnull=False)
    since = dict(cleared.order_by("cleared_at").values_list("enrollment", "cleared_at"))
    history: dict[int, list[PainTold]] = defaultdict(list)
    for row in CheckIn.objects.filter(TELLS, among("enrollment", list(days))).defer("note"):
        at = since.get(row.enrollment_id)
        if at is None or row.created_at > at:
            history[row.enrollment_id].append(told(row.day, row))
    limits = thresholds_of(rules)
    found = {key: judge(history[key], day, limits) for key, day in days.items()}
    return {key: _lately(judged, days[key], limits) for key, judged in found.items()}


def _lately(judged: Judgement, day: int, limits: PainThresholds) -> str:
    if not judged.rests_on or not CheckIn.is_recent(judged.rests_on[-1].day, day):
        return ""
    score = judged.rests_on[-1].score
    return advice(judged.rule.value, {"score": str(score or ""), "days": str(limits.days_left_out)})
