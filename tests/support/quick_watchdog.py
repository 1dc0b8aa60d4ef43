"""The application as it ships, with a watchdog that looks every 1.5 s, not every 15:

celery --app tests.support.quick_watchdog worker"""

from pathlib import Path
from time import sleep
from typing import Any

from celery.worker.control import control_command

from challenge.celery import app
from challenge.worker import broker_watchdog

broker_watchdog.EVERY_SECONDS, broker_watchdog.GRACE_SECONDS = 1.5, 1.0

__all__ = ["app"]


@app.task(name="tests.hold")
def hold(until: str) -> None:
    """Block a process of the pool until a file of this name is there."""
    while not Path(until).exists():
        sleep(0.1)


@control_command()
def freeze(state: Any, seconds: float) -> None:
    """Block the loop in which a worker takes its tasks."""
    sleep(seconds)
