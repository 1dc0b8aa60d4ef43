"""The list of the erased, outside of the database: a backup from before brings people back, and this list
says who they are.

A line is a day and a keyed hash of the account's number and of the second at which it was made. So the list
tells nothing to whoever has no backup, still knows somebody whose address has changed since, and leaves
somebody alone who has signed up again.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from accounts.addresses import keyed_hash
from accounts.models import User


def append(user: User, now: datetime) -> None:
    """Add somebody who is about to be erased. Raises OSError when the list cannot be written."""
    path = Path(settings.ERASED_FILE)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    line = f"{now.astimezone(UTC):%Y-%m-%d} {_hash(user)}\n".encode()
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, line)
        os.fsync(file)
    finally:
        os.close(file)


def came_back() -> Iterator[User]:
    """Yield the people of this database who were erased once."""
    if erased := _hashes():
        for user in User.objects.order_by("pk").iterator():
            if _hash(user) in erased:
                yield user


def _hashes() -> set[str]:
    try:
        text = Path(settings.ERASED_FILE).read_text()
    except FileNotFoundError:
        return set()
    return {line.split()[-1] for line in text.splitlines() if line.strip()}


def _hash(user: User) -> str:
    return keyed_hash(f"account {user.pk} {user.date_joined.astimezone(UTC):%Y-%m-%dT%H:%M:%S}")
