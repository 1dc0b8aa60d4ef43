"""All checks for the operator, and the alarms that follow."""

import os
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import Error, connection

from challenge.enrollment.request_limits import last_place
from challenge.models import Alarm, RestoreStop
from challenge.models.heartbeat import Heartbeat, beat
from challenge.monitoring import alarms, untold
from challenge.monitoring.logs import hide
from challenge.monitoring.stall import moves_again, stall
from challenge.monitoring.suspended_domains import PREFIX, is_over, not_recovered, suspensions
from challenge.monitoring.wording import AlarmText

Code = Alarm.Code
DATABASE, DISK, STOP, STALL, CONFIRMATIONS = "database", "disk", "hold", "stall", "confirmations"
OVER = {
    DATABASE: AlarmText(Code.DATABASE_OVER),
    DISK: AlarmText(Code.DISK_OVER),
    STOP: AlarmText(Code.STOP_OVER),
    STALL: AlarmText(Code.STALL_OVER),
    CONFIRMATIONS: AlarmText(Code.CONFIRMATIONS_OVER),
}
MEGABYTE = 1_000_000
# Space that leaves time to act: a hundred megabytes, on a small disk a tenth of it.
LEAST, PART = 100 * MEGABYTE, 10


def check(now: datetime) -> list[AlarmText]:
    """Check everything once, and notify the operator of new and ended problems. Return the current ones.
    Never raises for a database that is full, read-only or away: that is one of the problems."""
    found: dict[str, AlarmText] = {}
    if text := _full_disk():
        found[DISK] = text
    try:
        beat(Heartbeat.Name.WATCH, now)
        if stop := RestoreStop.current():
            found[STOP] = AlarmText(Code.STOP, {"reason": stop.cause()})
        elif text := stall(now):
            found[STALL] = text
        found |= suspensions(now) | untold.untold(now)
        if until := last_place(now):
            values = {"count": settings.CONFIRMATIONS_PER_HOUR, "until": until.isoformat()}
            found[CONFIRMATIONS] = AlarmText(Code.CONFIRMATIONS, values)
        untold.mark(_raise_alarms(found, now), now)
        _end_alarms(found, now)
    except Error as error:
        found[DATABASE] = AlarmText(Code.DATABASE, {"error": _first_line(error)})
        _raise_alarms(found, now)
    return list(found.values())


def _full_disk() -> AlarmText | None:
    """Word how little space is left where the database lies; None if it is enough, or on another machine."""
    if connection.vendor != "sqlite":
        return None
    disk = os.statvfs(Path(str(connection.settings_dict["NAME"])).parent)
    free = disk.f_bavail * disk.f_frsize
    is_enough = free >= min(LEAST, disk.f_blocks * disk.f_frsize / PART)
    return None if is_enough else AlarmText(Code.DISK, {"free": free // MEGABYTE})


def _raise_alarms(found: dict[str, AlarmText], now: datetime) -> list[str]:
    """Return the kinds of which the operator was notified now."""
    return [kind for kind, text in found.items() if alarms.raise_alarm(kind, text, now)]


def _end_alarms(found: dict[str, AlarmText], now: datetime) -> None:
    """End the alarms of problems that are over, but not the alarms that other modules raise."""
    for kind, since in alarms.current().items():
        if kind in found or (kind == STALL and not moves_again(since, now)):
            continue
        if kind.startswith(PREFIX) and kind not in not_recovered():
            alarms.end_alarm(kind, is_over(kind), now)
        elif over := OVER.get(kind) or untold.is_over(kind):
            alarms.end_alarm(kind, over, now)


def _first_line(error: Error) -> str:
    """Remove the lines after the first, where a database quotes rows of its tables."""
    return hide(f"{type(error).__name__}, {(str(error).splitlines() or [''])[0][:150]}")
