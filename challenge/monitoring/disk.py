"""Whether there is room where the database lies, when that is a file of this machine."""

import os
from pathlib import Path

from django.db import connection
from django.utils.translation import gettext as _

MEGABYTE = 1_000_000
# Room to notice it in: a hundred megabytes, on a small disk a tenth of it.
LEAST, PART = 100 * MEGABYTE, 10


def too_full() -> str:
    """How little room is left, in a sentence; empty when it is enough, or another machine's affair."""
    if connection.vendor != "sqlite":
        return ""
    disk = os.statvfs(Path(str(connection.settings_dict["NAME"])).parent)
    free = disk.f_bavail * disk.f_frsize
    if free >= min(LEAST, disk.f_blocks * disk.f_frsize / PART):
        return ""
    return _("Only %(free)d MB are free on the disk of the database.") % {"free": free // MEGABYTE}
