"""The guard against a restored backup: its ledger does not know what has been sent since, so all of it
would go out again. Until an operator says so (manage.py resume_sending), nothing leaves.

The database counts the looks into it, and each look leaves the count outside as well (marks). A
database that is behind what was left outside went back in time. An outage is none: nobody counts
meanwhile. And the database knows its place: one that was filled from a backup lies elsewhere.
"""

import logging
import uuid
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from uuid import UUID

from django.db import connection, models, transaction

from challenge.delivery.restore_guard import database_identity, high_water
from challenge.delivery.restore_guard.high_water import Mark
from challenge.models import Hold

log = logging.getLogger(__name__)

Reason = Hold.Reason
# Sending that began and was lost with the database within this time is not noticed.
EVERY = timedelta(seconds=20)

# When this process last compared a history with what was left outside (time.monotonic).
_compared: dict[UUID, float] = {}


def is_held(now: datetime) -> bool:
    """Whether nothing may be planned or sent. One statement, and a few more every 20 s.

    To be asked outside of a transaction; inside of one, which may come to nothing, the count stays.
    """
    if connection.in_atomic_block:
        return Hold.current() is not None
    hold = Hold.objects.filter(pk=Hold.ROW).first() or _begin(now)
    if hold.held_since is not None:
        return True
    compared = _compared.get(hold.history)
    lately = compared is not None and monotonic() - compared < EVERY.total_seconds()
    if lately and abs(now - hold.looked_at) < EVERY:
        return False
    here = database_identity.here()
    if _hold_back(hold, here, now):
        return True
    _look(hold, here, now)
    _compared[hold.history] = monotonic()
    return False


def release(here: str, now: datetime) -> None:
    """Let sending go on, in this place (delivery.hold.place): from here on the database has a new history, of
    which nothing is known outside."""
    begun = {"history": uuid.uuid4(), "looks": 1, "looked_at": now, "place": here}
    ended = {"reason": "", "held_since": None, "ran_until": None}
    Hold.objects.update_or_create(pk=Hold.ROW, defaults={**begun, **ended})


def _begin(now: datetime) -> Hold:
    hold = Hold(looked_at=now, place=database_identity.of_new())
    Hold.objects.bulk_create([hold], ignore_conflicts=True)
    return Hold.objects.get(pk=Hold.ROW)


def _hold_back(hold: Hold, here: str, now: datetime) -> bool:
    """Hold sending back when the database went back in time or is in another place. The row is asked
    again as it is written: another process may have looked since it was read."""
    mark = high_water.recall(hold.history)
    asked = Hold.objects.filter(pk=Hold.ROW, history=hold.history, held_since=None)
    if mark and mark.looks > hold.looks:
        return _held(asked.filter(looks__lt=mark.looks), Reason.OLDER, mark, now)
    if database_identity.differ(hold.place, here):
        return _held(asked.filter(place=hold.place), Reason.MOVED, mark, now)
    return False


def _held(asked: models.QuerySet[Hold], reason: Hold.Reason, mark: Mark | None, now: datetime) -> bool:
    if not asked.update(held_since=now, reason=reason, ran_until=mark.looked_at if mark else None):
        return Hold.current() is not None
    log.critical("sending is held back: %s; manage.py resume_sending lets it go on", reason.label)
    return True


def _look(hold: Hold, here: str, now: datetime) -> None:
    """Count this look, unless another process was quicker, and leave the count outside once it is kept."""
    asked = Hold.objects.filter(pk=Hold.ROW, history=hold.history, looks=hold.looks, held_since=None)
    if asked.update(looks=hold.looks + 1, looked_at=now, place=hold.place or here):
        mark = Mark(hold.looks + 1, now)
    else:
        mark = Mark(hold.looks, hold.looked_at)
    transaction.on_commit(partial(high_water.remember, hold.history, mark))
