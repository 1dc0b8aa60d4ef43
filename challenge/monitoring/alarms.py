"""Alarms notify the operator of a problem at once, every six hours while it lasts, and when it is over. Many
processes may see the same problem; a row in the database ensures that one of them notifies."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import Error
from django.db.models import Q

from challenge.models import Alarm
from challenge.monitoring import notify
from challenge.monitoring.notify import Alert
from challenge.monitoring.wording import AlarmText

REPEAT = timedelta(hours=6)
# Longer than both ways may take; after this time another process takes over from one that failed.
CLAIM = timedelta(seconds=45)


class Told(NamedTuple):
    """The start of a problem, and the last notification of the operator."""

    since: datetime
    at: datetime


# The notifications of this process while the database cannot be written: then each process that sees the
# problem notifies, because none would be worse.
_unkept: dict[str, Told] = {}


def raise_alarm(kind: str, text: AlarmText, now: datetime) -> bool:
    """Notify of a problem, unless that was done in the last six hours. Return whether it was done now.

    Works with a database that is full, read-only or away. Call it outside a transaction: it connects to other
    servers.
    """
    try:
        alarm = _claim(kind, text, now)
    except Error:
        return _tell_unkept(kind, text, now)
    if alarm is None:
        return False
    told = _unkept.pop(kind, None)
    told_now = told is None or told.at <= now - REPEAT
    if told_now:
        if not notify.notify(_alert(kind, text, alarm.since, alarm.told_at), now):
            return False
        told = Told(alarm.since, now)
    assert told is not None
    try:
        Alarm.objects.filter(pk=kind).update(since=told.since, told_at=told.at, claimed_until=None)
    except Error:
        _unkept[kind] = told
    return told_now


def end_alarm(kind: str, text: AlarmText, now: datetime) -> bool:
    """Notify, once, that a problem is over, if it was ever notified. Return whether it was done now."""
    alarm = _claim_told(kind, now)
    told = _unkept.get(kind)
    since = alarm.since if alarm else told and told.since
    if since is None or not notify.notify(Alert(kind, text, since, "over"), now):
        return False
    _unkept.pop(kind, None)
    Alarm.objects.filter(pk=kind).delete()
    return True


def current() -> dict[str, datetime]:
    """Return when each current problem began, of which the operator was or is about to be notified."""
    unkept = {kind: told.since for kind, told in _unkept.items()}
    return {**unkept, **dict(Alarm.objects.values_list("kind", "since"))}


def _claim(kind: str, text: AlarmText, now: datetime) -> Alarm | None:
    """Return the alarm, held by the caller, when a notification is due; nothing is written before that."""
    words = text._asdict()
    alarm = Alarm.objects.filter(pk=kind).first()
    if alarm is None:
        alarm = Alarm(kind=kind, since=now, **words)
        Alarm.objects.bulk_create([alarm], ignore_conflicts=True)
    elif alarm.told_at and alarm.told_at > now - REPEAT:
        return None
    due = Alarm.objects.filter(Q(told_at=None) | Q(told_at__lte=now - REPEAT), _free(now), pk=kind)
    return alarm if due.update(claimed_until=now + CLAIM, **words) else None


def _claim_told(kind: str, now: datetime) -> Alarm | None:
    """Return the alarm, held by the caller, if it was notified; otherwise the alarm just ends."""
    Alarm.objects.filter(_free(now), pk=kind, told_at=None).delete()
    claimed = Alarm.objects.filter(_free(now), pk=kind).update(claimed_until=now + CLAIM)
    return Alarm.objects.filter(pk=kind).first() if claimed else None


def _free(now: datetime) -> Q:
    return Q(claimed_until=None) | Q(claimed_until__lte=now)


def _tell_unkept(kind: str, text: AlarmText, now: datetime) -> bool:
    told = _unkept.get(kind)
    if told and told.at > now - REPEAT:
        return False
    since = told.since if told else now
    if not notify.notify(_alert(kind, text, since, told and told.at), now):
        return False
    _unkept[kind] = Told(since, now)
    return True


def _alert(kind: str, text: AlarmText, since: datetime, told_at: datetime | None) -> Alert:
    """Word an alert that a problem began, or, if it was notified before, that it goes on."""
    if told_at is None:
        return Alert(kind, text, since, "began")
    return Alert(kind, text, since, "goes_on", told_at.isoformat())
