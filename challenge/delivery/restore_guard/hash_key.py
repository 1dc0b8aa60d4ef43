"""A new ADDRESS_HASH_KEY, for an operator who has lost the key of the suppressed addresses."""

from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from accounts.addresses import key_canary
from challenge.models import Delivery, RestoreStop, Suppression


class KeyChange(NamedTuple):
    """How many suppressed addresses go on under the new key, and how many are forgotten."""

    kept: int
    forgotten: int


def adopt(*, really: bool) -> KeyChange:
    """Go on with this key, and hash the list anew, as far as its addresses are still known. The other rows
    stay, and match no address; without `really`, only count."""
    kept = forgotten = 0
    with transaction.atomic():
        for row in Suppression.objects.select_for_update(of=("self",)).select_related("runner"):
            if row.runner is None or _has_moved(row):
                forgotten += 1
                continue
            kept += 1
            if not Suppression.objects.filter(address_hash=row.runner.address_hash).exists():
                Suppression.objects.filter(pk=row.pk).update(address_hash=row.runner.address_hash)
        RestoreStop.objects.filter(pk=RestoreStop.ROW).update(key_canary=key_canary())
        transaction.set_rollback(not really)
    return KeyChange(kept, forgotten)


def _has_moved(row: Suppression) -> bool:
    """Return whether the ledger shows that the runner has another address now than the suppressed one."""
    mails = Delivery.objects.filter(Q(enrollment__runner=row.runner) | Q(recipient=row.runner))
    newest = mails.filter(sent_at__isnull=False).order_by("-sent_at").first()
    return newest is not None and newest.address_hash not in ("", row.address_hash)
