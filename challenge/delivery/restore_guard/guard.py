"""The guard against a restored backup: its ledger does not know what has been sent since, so all of that
would be sent again. Until an operator allows it (manage.py resume_sending), nothing leaves.

The database has a counter, and each value is also stored outside (high_water.py). A lower counter in the
database shows that it was restored. An outage is no restore: nobody counts during one. The database also
knows its identity: one that was filled from a backup has another.

The same row knows the key of the suppressed addresses: a process with another key sends nothing either
(hash_key.py).
"""

import logging
import uuid
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from uuid import UUID

from django.db import connection, models, transaction

from accounts.addresses import key_canary
from challenge.delivery.restore_guard import database_identity, high_water
from challenge.delivery.restore_guard.high_water import HighWater
from challenge.models import RestoreStop

log = logging.getLogger(__name__)

Reason = RestoreStop.Reason
# The guard does not notice a restore that loses less sending than this time.
EVERY = timedelta(seconds=20)

# When this process last compared a history with the stored counter (time.monotonic).
_compared: dict[UUID, float] = {}


def is_stopped(now: datetime) -> bool:
    """Return whether nothing may be planned or sent. One statement, and a few more every 20 s. Call it
    outside a transaction: in one, which may be rolled back, it does not count."""
    if connection.in_atomic_block:
        return RestoreStop.current() is not None
    row = RestoreStop.objects.filter(pk=RestoreStop.ROW).first() or _begin(now)
    if row.cause():
        return True
    compared = _compared.get(row.history)
    lately = compared is not None and monotonic() - compared < EVERY.total_seconds()
    if lately and abs(now - row.counted_at) < EVERY:
        return False
    identity = database_identity.read()
    if _is_restored(row, identity, now):
        return True
    _count(row, identity, now)
    _compared[row.history] = monotonic()
    return False


def begin_history(identity: str, now: datetime) -> None:
    """Let sending resume: the database begins a new history, without a counter outside."""
    begun = {"history": uuid.uuid4(), "counter": 1, "counted_at": now, "database_identity": identity}
    ended = {"reason": "", "stopped_since": None, "ran_until": None}
    RestoreStop.objects.update_or_create(pk=RestoreStop.ROW, defaults={**begun, **ended})


def _begin(now: datetime) -> RestoreStop:
    identity = database_identity.read_new()
    row = RestoreStop(counted_at=now, database_identity=identity, key_canary=key_canary())
    RestoreStop.objects.bulk_create([row], ignore_conflicts=True)
    return RestoreStop.objects.get(pk=RestoreStop.ROW)


def _is_restored(row: RestoreStop, identity: str, now: datetime) -> bool:
    """Return whether this is a restored database, and stop sending if so. The row is compared again when it
    is written: another process may have counted since."""
    mark = high_water.read(row.history)
    unchanged = RestoreStop.objects.filter(pk=RestoreStop.ROW, history=row.history, stopped_since=None)
    if mark and mark.counter > row.counter:
        return _stop(unchanged.filter(counter__lt=mark.counter), Reason.OLDER, mark, now)
    if database_identity.differ(row.database_identity, identity):
        return _stop(unchanged.filter(database_identity=row.database_identity), Reason.MOVED, mark, now)
    return False


def _stop(
    unchanged: models.QuerySet[RestoreStop], reason: RestoreStop.Reason, mark: HighWater | None, now: datetime
) -> bool:
    if not unchanged.update(stopped_since=now, reason=reason, ran_until=mark.counted_at if mark else None):
        return RestoreStop.current() is not None
    log.critical("sending is held back: %s; manage.py resume_sending lets it go on", reason.label)
    return True


def _count(row: RestoreStop, identity: str, now: datetime) -> None:
    """Count, unless another process was faster, and store the count outside once it is committed."""
    unchanged = RestoreStop.objects.filter(
        pk=RestoreStop.ROW, history=row.history, counter=row.counter, stopped_since=None
    )
    mark = HighWater(row.counter + 1, now)
    known = row.database_identity or identity
    counted = {"counter": mark.counter, "counted_at": now, "database_identity": known}
    if not unchanged.update(key_canary=key_canary(), **counted):
        mark = HighWater(row.counter, row.counted_at)
    transaction.on_commit(partial(high_water.keep, row.history, mark))
