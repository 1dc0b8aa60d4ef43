"""Compare the items on the desk with a fresh look at their reasons, and repair what differs.

Each item is opened and finished where its reason arises and goes; only mail that failed or came back is found
here. Whatever else differs was changed by hand, or by a mistake.
"""

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime

from challenge.enrollment.transitions import locked
from challenge.models import CheckIn, DeskItem, Enrollment
from challenge.safety.desk_reasons import missing, reasons

log = logging.getLogger(__name__)
Kind = DeskItem.Kind
# Of each kind at once; the next sweep goes on.
BATCH = 500


def sweep(now: datetime) -> int:
    """Return how many items were opened or finished."""
    count = 0
    for kind in Kind:
        lying = dict(DeskItem.objects.filter(kind=kind, done_at=None).values_list("about", "enrollment"))
        changes = [(_finish, gone) for gone in _gone(kind, lying, now)]
        changes += [(_open, new) for new in _new(kind, lying, now)]
        changed = sum(change(kind, *which, now) for change, which in changes[:BATCH])
        if changed and kind != Kind.MAIL:
            log.warning("%d items on the desk did not agree with their reasons: %s", changed, kind.value)
        count += changed
    return count


def _gone(kind: DeskItem.Kind, lying: dict[str, int], now: datetime) -> Iterator[tuple[str, int]]:
    for some in _parts(list(lying)):
        found = {str(pk) for pk in reasons(kind, now).filter(pk__in=some).values_list("pk", flat=True)}
        yield from ((about, lying[about]) for about in some if about not in found)


def _new(kind: DeskItem.Kind, lying: dict[str, int], now: datetime) -> Iterator[tuple[str, int]]:
    rows = missing(kind, now).order_by("pk").values_list("pk", "enrollment")
    new = {str(pk): enrollment for pk, enrollment in rows if str(pk) not in lying}
    for some in _parts(list(new)):
        settled = _settled(kind, some)
        yield from ((about, new[about]) for about in some if about not in settled)


def _settled(kind: DeskItem.Kind, about: list[str]) -> set[str]:
    """Return what a coach said is done, and the runner has not changed since."""
    if kind not in (Kind.DOUBTFUL, Kind.MAIL):
        return set()
    done = DeskItem.objects.filter(kind=kind, about__in=about, done_by__isnull=False).order_by("done_at")
    done_at = {item.about: item.done_at for item in done if item.done_at}
    if kind == Kind.MAIL:
        return set(done_at)
    changed = CheckIn.objects.filter(pk__in=done_at).values_list("pk", "updated_at")
    return {str(pk) for pk, updated_at in changed if updated_at <= done_at[str(pk)]}


def _parts(about: list[str], size: int = 1000) -> Iterable[list[str]]:
    return (about[first : first + size] for first in range(0, len(about), size))


def _open(kind: DeskItem.Kind, about: str, enrollment_id: int, now: datetime) -> bool:
    """Look once more under the locks of whoever changes the reason."""
    try:
        with locked(enrollment_id) as enrollment:
            if not _is_reason(kind, about, now):
                return False
            DeskItem.objects.open(kind, enrollment, about, now)
    except Enrollment.DoesNotExist:
        return False
    return True


def _finish(kind: DeskItem.Kind, about: str, enrollment_id: int, now: datetime) -> bool:
    try:
        with locked(enrollment_id):
            return not _is_reason(kind, about, now) and bool(DeskItem.objects.finish(kind, [about], now))
    except Enrollment.DoesNotExist:
        return False


def _is_reason(kind: DeskItem.Kind, about: str, now: datetime) -> bool:
    rows = reasons(kind, now).select_for_update(of=("self",)).filter(pk=about)
    return rows.values_list("pk", flat=True).first() is not None
