"""Check whether each process is up, in the way that it is used. `python -m challenge.runtime.readiness PORT`
is the health check of the web's container."""

import os
import smtplib
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from threading import Event
from time import monotonic
from urllib.error import URLError
from urllib.parse import urlsplit

from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

Check = Callable[[], bool]


def web_answers(port: int, site_url: str) -> bool:
    """Return whether the web process and its database answer, under the site's own host name."""
    host = urlsplit(site_url).hostname or "localhost"
    request = urllib.request.Request(f"http://127.0.0.1:{port}/healthz", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def worker_answers(node: str) -> bool:
    from challenge.celery import app

    try:
        return bool(app.control.ping(destination=[node], timeout=1))
    except (OSError, OperationalError, RedisError):
        return False


def smtp_answers(port: int) -> bool:
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as server:
            return server.noop()[0] == 250
    except (OSError, smtplib.SMTPException):
        return False


def beat_ticked(file: Path) -> bool:
    """Return whether beat has ticked lately (see beat.Scheduler)."""
    return file.exists()


def wait_for(checks: dict[str, Check], stopping: Event, seconds: float) -> list[str] | None:
    """Repeat the checks until all pass; return the names of those that did not in time, None when stopped."""
    deadline = monotonic() + seconds
    missing = dict(checks)
    while missing and monotonic() < deadline:
        missing = {name: check for name, check in missing.items() if not check()}
        if stopping.wait(0.1 if missing else 0):
            return None
    return list(missing)


if __name__ == "__main__":
    sys.exit(0 if web_answers(int(sys.argv[1]), os.environ.get("SITE_URL", "")) else 1)
