"""The room on the disk of the database, when that is a file of this machine."""

import os
from pathlib import Path

from django.db import connection

from challenge.models import Alarm
from challenge.monitoring.wording import Message

MEGABYTE = 1_000_000
# Room to notice it in: a hundred megabytes, on a small disk a tenth of it.
LEAST, PART = 100 * MEGABYTE, 10


def too_full() -> Message | None:
    """Say how little room is left; None when it is enough, or on another machine."""
    if connection.vendor != "sqlite":
        return None
    disk = os.statvfs(Path(str(connection.settings_dict["NAME"])).parent)
    free = disk.f_bavail * disk.f_frsize
    if free >= min(LEAST, disk.f_blocks * disk.f_frsize / PART):
        return None
    return Message(Alarm.Code.DISK, {"free": free // MEGABYTE})
