"""A database for each fault: the course is loaded once, on PostgreSQL and on SQLite, and copied."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests.support import ROOT

TEMPLATE = "course"


class Databases:
    """Copies of a loaded database. `url` is of a PostgreSQL server whose user may create databases."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url, self._folder = url, folder

    def prepare(self, vendors: set[str]) -> None:
        """Load the course into the databases that are copied from then on."""
        if "postgresql" in vendors:
            self._create(TEMPLATE)
            load(self._named(TEMPLATE))
        if "sqlite" in vendors:
            load(f"sqlite:///{self._folder / TEMPLATE}.sqlite3")

    def copy(self, vendor: str, name: str, folder: Path) -> str:
        """Return the DATABASE_URL of a new copy; one of SQLite lies in the folder."""
        if vendor == "sqlite":
            path = folder / "database.sqlite3"
            shutil.copyfile(self._folder / f"{TEMPLATE}.sqlite3", path)
            return f"sqlite:///{path}"
        self._create(name.lower(), TEMPLATE)
        return self._named(name.lower())

    def _create(self, name: str, template: str = "template0") -> None:
        with psycopg.connect(self._url.replace("postgres:", "postgresql:", 1), autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def _named(self, name: str) -> str:
        return urlunsplit(urlsplit(self._url)._replace(path=f"/{name}"))


def load(url: str) -> None:
    environ = {**os.environ, "DATABASE_URL": url}
    for command in ("migrate", "load_course"):
        line = [sys.executable, "manage.py", command, "--verbosity", "0"]
        subprocess.run(line, cwd=ROOT, env=environ, check=True, stdout=subprocess.DEVNULL)
