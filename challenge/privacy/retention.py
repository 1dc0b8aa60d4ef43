"""Erase what has been kept for its term. settings.RETENTION has the terms."""

from calendar import monthrange
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Consent
from challenge.enrollment.consents import hold
from challenge.enrollment.unscreened import ask_anew
from challenge.models import (
    CheckIn,
    EarlierCheckIn,
    Enrollment,
    Escalation,
    Hold,
    Memo,
    Message,
    Note,
    Screening,
)
from challenge.models.privacy import blank, erase_health_data, filled, whose_health_data_is_kept

BATCH = 1000


class Kept(NamedTuple):
    """Fields that are blanked when a row was last written so long ago; without fields the row goes. `only`
    narrows the rows."""

    model: type[Any]
    written_at: str
    fields: tuple[str, ...] = ()
    only: Q = Q()


LABELS = {
    "scores": _("Tightness and pain"),
    "places": _("Where it hurts"),
    "comments": _("Notes of check-ins"),
    "questions": _("Messages to and from the coach"),
    "notes": _("Notes of the coach in lessons"),
    "memos": _("Memos of the coach"),
    "safety": _("The ten questions, and why exercise was stopped or left out"),
}
ANSWERS = (CheckIn, EarlierCheckIn)
SCORES = ("tightness", "pain", "running_brings_it_on", "sharp", "worse_next_morning")
KEPT = {
    "scores": [Kept(model, "updated_at", SCORES) for model in ANSWERS],
    "places": [Kept(model, "updated_at", ("place", "pain_where")) for model in ANSWERS],
    "comments": [Kept(model, "updated_at", ("note",)) for model in ANSWERS],
    "questions": [Kept(Message, "at")],
    "notes": [Kept(Note, "written_at")],
    "memos": [Kept(Memo, "written_at")],
    "safety": [
        Kept(Screening, "answered_at", ("result", "answers")),
        Kept(Hold, "opened_at", ("reason", "level", "values", "cleared_because")),
        Kept(Escalation, "opened_at", ("level",)),
        # Nobody is shown again what was left out, however long a course has paused.
        Kept(Enrollment, "created_at", ("left_out",), ~Q(state__in=Enrollment.OPEN_STATES)),
    ],
}


def purge(now: datetime) -> int:
    """Erase what is older than its term, and the health data of whoever has had no consent to it for as long
    as a leaving can be undone. Return how many rows changed."""
    aged = sum(
        _purge(kept, months_before(now, settings.RETENTION[kind]))
        for kind, rows in KEPT.items()
        for kept in rows
    )
    return aged + _forget_without_consent(now)


def months_before(now: datetime, months: int) -> datetime:
    """Return the same day of an earlier month, or that month's last day."""
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    year, month = max(year, 1), month + 1
    return now.replace(year=year, month=month, day=min(now.day, monthrange(year, month)[1]))


def _purge(kept: Kept, before: datetime) -> int:
    rows = kept.model._base_manager.filter(kept.only, **{f"{kept.written_at}__lt": before})
    if kept.fields:
        rows = rows.filter(filled(kept.model, kept.fields))
    changed = 0
    while keys := list(rows.values_list("pk", flat=True)[:BATCH]):
        chosen = kept.model._base_manager.filter(pk__in=keys)
        if kept.fields:
            chosen.update(**blank(kept.model, kept.fields))
        else:
            chosen.delete()
        changed += len(keys)
    return changed


def _forget_without_consent(now: datetime) -> int:
    """Go person by person, each locked and asked again: a check-in may give the consent at this moment."""
    given = Consent.objects.filter(
        user=OuterRef("pk"), purpose=Consent.Purpose.HEALTH, given_at__isnull=False
    )
    stands_or_may_return = Q(withdrawn_at=None) | Q(withdrawn_at__gt=now - Enrollment.UNDO_FOR)
    lapsed = whose_health_data_is_kept().exclude(Exists(given.filter(stands_or_may_return)))
    erased = 0
    while people := list(lapsed.order_by("pk")[:BATCH]):
        for user in people:
            with transaction.atomic():
                hold(user)
                if lapsed.filter(pk=user.pk).exists():
                    ask_anew(user)
                    erased += erase_health_data(user)
    return erased
