"""All checks of what the operator must know of, and the alarms that follow."""

from datetime import datetime

from django.db import Error

from challenge.models import Alarm, RestoreStop
from challenge.models.heartbeat import Heartbeat, beat
from challenge.monitoring import alarms
from challenge.monitoring.disk import too_full
from challenge.monitoring.logs import hide
from challenge.monitoring.stall import moves_again, stall
from challenge.monitoring.suspended_domains import PREFIX, is_over, not_recovered, suspensions
from challenge.monitoring.wording import Message

Code = Alarm.Code
DATABASE, DISK, HOLD, STALL = "database", "disk", "hold", "stall"
OVER = {
    DATABASE: Message(Code.DATABASE_OVER),
    DISK: Message(Code.DISK_OVER),
    HOLD: Message(Code.STOP_OVER),
    STALL: Message(Code.STALL_OVER),
}


def check(now: datetime) -> list[Message]:
    """Check everything once, and tell the operator what has begun or is over. Return what is wrong now.

    Never raises for a database that is full, read-only or away: that is one of the things to tell.
    """
    found: dict[str, Message] = {}
    if full := too_full():
        found[DISK] = full
    try:
        beat(Heartbeat.Name.WATCH, now)
        if stop := RestoreStop.current():
            found[HOLD] = Message(Code.STOP, {"reason": stop.reason})
        elif stalled := stall(now):
            found[STALL] = stalled
        found |= suspensions(now)
        _raise_alarms(found, now)
        _end_alarms(found, now)
    except Error as error:
        found[DATABASE] = Message(Code.DATABASE, {"error": _first_line(error)})
        _raise_alarms(found, now)
    return list(found.values())


def _raise_alarms(found: dict[str, Message], now: datetime) -> None:
    for kind, message in found.items():
        alarms.raise_alarm(kind, message, now)


def _end_alarms(found: dict[str, Message], now: datetime) -> None:
    """End the alarms of what was wrong and is over. Alarms that others raise are theirs to end."""
    for kind, since in alarms.current().items():
        if kind in found or (kind == STALL and not moves_again(since, now)):
            continue
        if kind.startswith(PREFIX) and kind not in not_recovered():
            alarms.end_alarm(kind, is_over(kind), now)
        elif kind in OVER:
            alarms.end_alarm(kind, OVER[kind], now)


def _first_line(error: Error) -> str:
    """Leave out the lines after the first, where a database quotes rows of its tables."""
    return hide(f"{type(error).__name__}, {(str(error).splitlines() or [''])[0][:150]}")
