"""The identity of the database, which depends on where it is stored: a database filled from a backup has
another.

PostgreSQL has numbers for the cluster and for the database in it. Beside an SQLite file lies a small file
with a random name, which a backup of the database does not contain; a copy of the whole folder contains it,
but as another file than the original.
"""

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from django.db import DatabaseError, connection, transaction

COPIED = "copied"
# The largest delay of a file system's time stamp.
STAMP_SECONDS = 60


def read() -> str:
    """Return the identity; empty when it is unknown. PostgreSQL's is CLUSTER/DATABASE, without the cluster's
    number if the user may not read it."""
    return _numbers() if connection.vendor == "postgresql" else _name()


def read_new() -> str:
    identity = read()
    return renew() if identity == COPIED else identity


def renew() -> str:
    """Renew the identity of a database in a file, and return the identity of any database."""
    path = _beside()
    if path is not None:
        with suppress(OSError):
            path.unlink(missing_ok=True)
    return read()


def differ(before: str, after: str) -> bool:
    """Return whether two identities are known to differ: an unknown part is no difference."""
    pairs = zip(before.split("/"), after.split("/"), strict=False)
    return any(one and other and one != other for one, other in pairs)


def _numbers() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        [database] = cursor.fetchone()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT system_identifier FROM pg_control_system()")
            [cluster] = cursor.fetchone()
    except DatabaseError:
        return f"/{database}"
    return f"{cluster}/{database}"


def _beside() -> Path | None:
    """Return the path of the small file, or None when the database is no file."""
    path = Path(connection.settings_dict["NAME"])
    return path.with_name(f"{path.name}.place") if path.is_file() else None


def _name() -> str:
    path = _beside()
    if path is None:
        return ""
    try:
        if not path.exists():
            _write(path)
        with path.open() as file:
            name, written_at, number = file.read().split()
            stat = os.fstat(file.fileno())
        late = stat.st_ctime - datetime.fromisoformat(written_at).timestamp()
    except (OSError, ValueError):
        return ""
    # Only a copy has another inode number and another change time, which no tool can set.
    return COPIED if int(number) != stat.st_ino and late > STAMP_SECONDS else name


def _write(path: Path) -> None:
    """Write the small file, unless another process has written it first."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    with aside.open("w") as file:
        file.write(f"{uuid4()} {datetime.now(UTC).isoformat()} {os.fstat(file.fileno()).st_ino}\n")
    with suppress(FileExistsError):
        os.link(aside, path)
    aside.unlink()
