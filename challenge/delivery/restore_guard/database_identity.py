"""The identity of the database, told from where it lies: one that was filled from a backup has another.

PostgreSQL has numbers for it, of the cluster and of the database in it. Beside an SQLite file lies a
small one with a name made at random, which a backup of the database leaves behind; a copy of the whole
folder has it, but as another file than the one that was written.
"""

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from django.db import DatabaseError, connection, transaction

COPIED = "copied"
# How late a file system may stamp what is written now.
STAMP_SECONDS = 60


def read() -> str:
    """Return the identity; empty where nothing tells it. PostgreSQL's is CLUSTER/DATABASE, and the cluster's
    number may be missing, where it may not be asked for."""
    return _numbers() if connection.vendor == "postgresql" else _name()


def read_new() -> str:
    """Return the identity of a database that no sender has used before."""
    identity = read()
    return renew() if identity == COPIED else identity


def renew() -> str:
    """Give a database that is a file a new identity, and return the identity of any."""
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
    """The path of the small file, where the database is a file."""
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
    # Only a copy has another number and, which no tool can set, another time of its last change.
    return COPIED if int(number) != stat.st_ino and late > STAMP_SECONDS else name


def _write(path: Path) -> None:
    """Write the small file, unless another process is quicker."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    with aside.open("w") as file:
        file.write(f"{uuid4()} {datetime.now(UTC).isoformat()} {os.fstat(file.fileno()).st_ino}\n")
    with suppress(FileExistsError):
        os.link(aside, path)
    aside.unlink()
