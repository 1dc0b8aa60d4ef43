"""A PostgreSQL and a Redis for one run of a benchmark, and facts about the machine."""

import os
import platform
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from challenge.runtime import redis
from tests.support import ROOT
from tests.support.with_postgres import database_url_of, postgres

SETTINGS = ("fsync", "synchronous_commit", "full_page_writes", "wal_level", "shared_buffers")


@dataclass(frozen=True)
class Services:
    folder: Path
    database_url: str
    server_log: Path
    redis_socket: Path


@contextmanager
def run_services() -> Iterator[Services]:
    """Run PostgreSQL and Redis, named in the environment for this process and those that it starts."""
    with postgres("speed") as (folder, server):
        broker = redis.Server(folder / "redis")
        broker.start()
        try:
            database_url = database_url_of(server)
            os.environ.update(environment(folder, database_url, broker.url))
            yield Services(folder, database_url, Path(server.log), broker.path)
        finally:
            broker.close()


def environment(folder: Path, database_url: str, redis_url: str) -> dict[str, str]:
    """Return the settings of a site that sends in earnest: everything else is as it ships."""
    return {
        "DJANGO_SETTINGS_MODULE": "challenge.settings",
        "SECRET_KEY": "only-for-measuring-0123456789abcdefghijklmnopqrstuvwxyz",
        "SITE_URL": "https://reset.example.org",
        "MAIL_FROM": "Coach <coach@example.org>",
        "POSTAL_ADDRESS": "1 Example Street, Exampletown",
        "VAR_DIR": str(folder / "var"),
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "INBOX_DIR": "",
        "DEBUG": "0",
        "LOG_LEVEL": "INFO",
    }


def facts() -> dict[str, str]:
    """Name the machine, the commit and the settings under which the figures were found."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT name, current_setting(name) FROM unnest(%s::text[]) AS name", [list(SETTINGS)])
        settings = ", ".join(f"{name} {value}" for name, value in cursor.fetchall())
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
    system = f"{platform.system()} {platform.release()}"
    return {
        "machine": f"{_processor()}, {os.cpu_count()} cores, {_memory()}, {system}",
        "commit": _commit(),
        "measured": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "python": platform.python_version(),
        "postgresql": f"{version}, over a Unix socket; {settings}",
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next(
        (line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine()
    )


def _memory() -> str:
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB"


def _commit() -> str:
    def git(*arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    commit = git("rev-parse", "--short", "HEAD") or "unknown"
    return f"{commit}, with changes" if git("status", "--porcelain", "--untracked-files=no") else commit
