"""Celery's beat, with a sign of life that a health check can read."""

from pathlib import Path
from typing import Any

from celery import beat


class Scheduler(beat.Scheduler):
    """Keeps no state; touches the file of beat's `--schedule` option each time it looks at the clock.

    The schedule's shortest interval is 10 s, so a file older than that by some margin means that
    beat hangs. When beat starts again, every entry counts from that moment: a look too many or too
    late changes nothing, as the rows say what is due.
    """

    def __init__(self, *args: Any, schedule_filename: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self._trace = Path(schedule_filename)

    def tick(self, *args: Any, **options: Any) -> float:
        """One look at the clock; the seconds until the next."""
        wait: float = super().tick(*args, **options)
        self._trace.touch()
        return wait
