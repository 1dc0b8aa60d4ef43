"""The check-ins of the timeline, each with the answers that it replaced."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from challenge.coach.runners.enrollment_queries import PAIN_LEVELS
from challenge.coach.runners.timeline_entry import Entry
from challenge.coach.wording import runner_time_if_other, when
from challenge.models import CheckIn, DayAnswer, EarlierCheckIn, Enrollment


def check_ins(enrollment: Enrollment) -> Iterator[Entry]:
    """Yield each check-in, and below it the answers that it replaced, the newest first."""
    earlier: dict[int, list[EarlierCheckIn]] = {}
    replaced = EarlierCheckIn.objects.filter(enrollment=enrollment, removed_at=None)
    for answer in replaced.order_by("-updated_at", "-pk"):
        earlier.setdefault(answer.day, []).append(answer)
    for check_in in CheckIn.objects.filter(enrollment=enrollment).order_by("created_at"):
        yield _check_in(check_in, enrollment)
        newer: DayAnswer = check_in
        for answer in earlier.get(check_in.day, []):
            if answer.values() != newer.values():
                yield _earlier_answer(answer, check_in)
            newer = answer


def _check_in(check_in: CheckIn, enrollment: Enrollment) -> Entry:
    lines = _said(check_in)
    if check_in.updated_at != check_in.created_at:
        lines.append(_("Changed %(time)s.") % {"time": when(check_in.updated_at)})
    return Entry(
        at=check_in.created_at,
        kind="check-in",
        title=str(check_in),
        local_time=runner_time_if_other(check_in.created_at, enrollment),
        lines=lines,
        note=check_in.note,
        alert=_hurts(check_in),
    )


def _earlier_answer(answer: EarlierCheckIn, check_in: CheckIn) -> Entry:
    times = {"saved": when(answer.updated_at), "replaced": when(answer.replaced_at)}
    return Entry(
        at=check_in.created_at,
        kind="check-in",
        title=_("Earlier answer of day %(day)d: %(status)s")
        % {"day": answer.day, "status": answer.how_it_went},
        lines=[*_said(answer), _("Saved %(saved)s, replaced %(replaced)s.") % times],
        note=answer.note,
        alert=_hurts(answer),
    )


def _hurts(answer: DayAnswer) -> bool:
    return (answer.pain or 0) >= min(PAIN_LEVELS)


def _said(answer: DayAnswer) -> list[str]:
    lines = []
    if answer.tightness is not None:
        lines.append(_("Tightness %(score)d of 10.") % {"score": answer.tightness})
    if answer.pain is not None:
        lines.append(_("Pain %(score)d of 10.") % {"score": answer.pain})
    if answer.place:
        lines.append(_("Place: %(place)s.") % {"place": answer.get_place_display()})
    if answer.pain_where:
        lines.append(_("It hurts here: %(where)s.") % {"where": answer.pain_where})
    if answer.running_brings_it_on:
        lines.append(_("Running brings it on, or makes the runner limp."))
    if answer.sharp:
        lines.append(_("It is sharp."))
    if answer.worse_next_morning:
        lines.append(
            _("Worse the next morning: %(said)s.") % {"said": answer.get_worse_next_morning_display()}
        )
    if answer.doubt:
        lines.append(_("Doubtful: %(why)s.") % {"why": answer.get_doubt_display()})
    if answer.distance is not None:
        lines.append(
            _("Ran %(distance)s %(unit)s.")
            % {"distance": f"{answer.distance.normalize():f}", "unit": answer.get_unit_display()}
        )
    return lines
