"""A worker's time by its parts: one worker on a quiet sink, sampled."""

import json

from bench import queued_lessons, sinks
from bench.processes import race
from bench.run import BenchmarkRun, check_all_sent

FUNCTIONS = 12


def measure(run: BenchmarkRun) -> None:
    """Sample one worker; the shares are of the time between the start and the last record."""
    mails, path = run.scale.profiled_mails, run.services.folder / "profile.json"
    with sinks.fastest() as port:
        racer = run.racer("bench.sampled", str(path), port=port)
        queued_lessons.queue(mails)
        seconds = race([racer])
    check_all_sent(mails)
    sampled = json.loads(path.read_text())
    for kind in ("parts", "functions"):
        counts: dict[str, int] = sampled[kind]
        total = sum(counts.values())
        largest = sorted(counts.items(), key=lambda item: -item[1])
        run.found.profile[kind] = [
            {"name": name, "share": count / total, "microseconds": count / total * seconds / mails * 1e6}
            for name, count in largest[: FUNCTIONS if kind == "functions" else None]
        ]
    run.found.facts["profile"] = f"{mails:,} mails, {mails / seconds:,.0f}/s while it was sampled"
