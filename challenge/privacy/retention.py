"""Erase what has been kept for its term. settings.RETENTION has the terms."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Consent, User
from challenge.models import CheckIn, Enrollment, Question
from challenge.models.privacy import blank, erase_health_data, filled

MONTH = timedelta(days=31)
BATCH = 1000


class Kept(NamedTuple):
    """Fields that are blanked when a row was last written so long ago; without fields the row goes."""

    model: type[Any]
    written_at: str
    fields: tuple[str, ...] = ()


LABELS = {
    "scores": _("Tightness and pain"),
    "places": _("Where it hurts"),
    "comments": _("Notes of check-ins"),
    "questions": _("Questions"),
}
KEPT = {
    "scores": [Kept(CheckIn, "updated_at", ("tightness", "pain"))],
    "places": [Kept(CheckIn, "updated_at", ("pain_where",))],
    "comments": [Kept(CheckIn, "updated_at", ("note",))],
    "questions": [Kept(Question, "asked_at")],
}


def purge(now: datetime) -> int:
    """Erase what is older than its term, and the health data of whoever has had no consent to it for as long
    as a leaving can be undone. Return how many rows changed."""
    aged = sum(
        _purge(kept, now - settings.RETENTION[kind] * MONTH) for kind, rows in KEPT.items() for kept in rows
    )
    return aged + _forget_without_consent(now)


def _purge(kept: Kept, before: datetime) -> int:
    rows = kept.model._base_manager.filter(**{f"{kept.written_at}__lt": before})
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
    consents = Consent.objects.filter(user=OuterRef("pk"), purpose=Consent.Purpose.HEALTH)
    stands_or_may_return = Q(withdrawn_at=None) | Q(withdrawn_at__gt=now - Enrollment.UNDO_FOR)
    lapsed = User.objects.filter(Exists(consents)).exclude(Exists(consents.filter(stands_or_may_return)))
    return erase_health_data(lapsed)
