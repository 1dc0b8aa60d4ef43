"""The high-water mark of a database, stored outside it: in a file, and in Redis if there is one.

A backup of the database does not contain the mark, so the mark reveals a restore. If the mark is lost, a
restore goes unnoticed, but nothing else happens; it may also be old, on a machine that was off for a while.
"""

import logging
import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from challenge.broker import redis_client

log = logging.getLogger(__name__)

# Longer than a backup is useful.
REDIS_SECONDS = 400 * 86_400


class HighWater(NamedTuple):
    counter: int
    counted_at: datetime


def keep(history: UUID, mark: HighWater) -> None:
    """Write a mark to both places, as far as possible."""
    text = f"{mark.counter} {mark.counted_at.isoformat()}"
    try:
        _write(_path(history), text)
    except OSError as error:
        log.warning("the mark of the last look could not be kept in VAR_DIR: %s", type(error).__name__)
    if settings.REDIS_URL:
        with suppress(Exception), redis_client() as client:  # Redis may be away at any time
            client.set(_key(history), text, ex=REDIS_SECONDS)


def read(history: UUID) -> HighWater | None:
    """Return the highest stored mark of a history; None when there is none."""
    return max((mark for mark in (_in_file(history), _in_redis(history)) if mark), default=None)


def _path(history: UUID) -> Path:
    return Path(settings.MARKS_DIR) / str(history)


def _key(history: UUID) -> str:
    return f"runner-reset.mark.{history}"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_text(f"{text}\n")
    aside.replace(path)


def _in_file(history: UUID) -> HighWater | None:
    try:
        return _parsed(_path(history).read_text())
    except (OSError, ValueError):
        return None


def _in_redis(history: UUID) -> HighWater | None:
    if settings.REDIS_URL:
        with suppress(Exception), redis_client() as client:
            stored = client.get(_key(history))
            return _parsed(stored.decode()) if stored else None
    return None


def _parsed(text: str) -> HighWater:
    counter, counted_at = text.split()
    return HighWater(int(counter), datetime.fromisoformat(counted_at))
