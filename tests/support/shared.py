"""What takes long to make and is the same for all rows of bin/test, made once by the first that needs it."""

import atexit
import fcntl
import os
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

FOLDER = "SHARED_BY_ROWS"  # the environment's name for a folder of this run of bin/test


@cache
def folder() -> Path:
    """Return the folder of what is shared; one of this process alone outside of bin/test."""
    if given := os.environ.get(FOLDER):
        return Path(given)
    made = mkdtemp(prefix="shared-")
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return Path(made)


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """Return the path that `make` writes, a file or a folder. While one row makes it, others wait."""
    path, draft = folder() / name, folder() / f"{name}.draft"
    path.parent.mkdir(parents=True, exist_ok=True)
    with (folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            shutil.rmtree(draft, ignore_errors=True)
            make(draft)
            draft.rename(path)
    return path
