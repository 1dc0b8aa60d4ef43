"""The watch: one look at everything that the operator must know of, and telling what is new."""

from datetime import datetime

from django.db import Error
from django.utils.translation import gettext as _

from challenge.models import RestoreStop
from challenge.models.heartbeat import Heartbeat, beat
from challenge.monitoring import alarms
from challenge.monitoring.disk import too_full
from challenge.monitoring.stall import moves_again, stall
from challenge.monitoring.suspended_domains import PREFIX, goes_again, rests, still_trouble

DATABASE, DISK, HOLD, STALL = "database", "disk", "hold", "stall"


def check(now: datetime) -> list[str]:
    """Look once, tell what has begun or is over. Returns what is wrong now, a sentence each.

    Never raises for a database that is full, read-only or away: that is one of the things to tell.
    """
    found: dict[str, str] = {}
    if said := too_full():
        found[DISK] = said
    try:
        beat(Heartbeat.Name.WATCH, now)
        if stop := RestoreStop.current():
            said = _("Nothing is sent until an operator says so (manage.py resume_sending): %(reason)s.")
            found[HOLD] = said % {"reason": stop}
        elif said := stall(now):
            found[STALL] = said
        found |= rests(now)
        _tell(found, now)
        _end(found, now)
    except Error as error:
        found[DATABASE] = _("The database can't be used: %(error)s") % {"error": _first_line(error)}
        _tell(found, now)
    return list(found.values())


def _tell(found: dict[str, str], now: datetime) -> None:
    for kind, sentence in found.items():
        alarms.tell(kind, sentence, now)


def _end(found: dict[str, str], now: datetime) -> None:
    """Say of what was wrong that it is over. What others tell is theirs to end."""
    said = {
        DATABASE: _("The database can be used again."),
        HOLD: _("Sending goes on."),
        DISK: _("There is room on the disk of the database again."),
        STALL: _("Mail is moving again."),
    }
    for kind, since in alarms.going_on().items():
        if kind in found or (kind == STALL and not moves_again(since, now)):
            continue
        if kind.startswith(PREFIX) and kind not in still_trouble():
            alarms.over(kind, goes_again(kind), now)
        elif kind in said:
            alarms.over(kind, said[kind], now)


def _first_line(error: Error) -> str:
    """What a database says goes on with rows of its tables: those stay here."""
    return f"{type(error).__name__}, {(str(error).splitlines() or [''])[0][:150]}"
