"""Celery's beat, with a liveness file for health checks."""

from pathlib import Path
from typing import Any

from celery import beat


class Scheduler(beat.Scheduler):
    """Touch the file of beat's `--schedule` option at each tick, and store no state.

    The shortest interval is 10 s, so beat hangs when the file is clearly older than that. After a restart
    every interval begins anew: an extra or late task changes nothing, as the rows hold what is due.
    """

    def __init__(self, *args: Any, schedule_filename: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self._file = Path(schedule_filename)

    def tick(self, *args: Any, **options: Any) -> float:
        wait: float = super().tick(*args, **options)
        self._file.touch()
        return wait
