"""Where a worker's time goes: one worker on a quiet sink, sampled."""

import json

from bench import queued_lessons, sinks
from bench.processes import race
from bench.stage import Stage, check_all_sent

FUNCTIONS = 12


def run(stage: Stage) -> None:
    """Sample one worker; the shares are of the time between the word and the last record."""
    mails, path = stage.scale.profiled_mails, stage.ground.folder / "profile.json"
    with sinks.swift() as port:
        runner = stage.runner("sampled", "bench.sampled", str(path), port=port)
        queued_lessons.queue(mails)
        seconds = race([runner])
    check_all_sent(mails)
    sampled = json.loads(path.read_text())
    for kind in ("parts", "functions"):
        counts: dict[str, int] = sampled[kind]
        total = sum(counts.values())
        largest = sorted(counts.items(), key=lambda item: -item[1])
        stage.found.profile[kind] = [
            {"name": name, "share": count / total, "microseconds": count / total * seconds / mails * 1e6}
            for name, count in largest[: FUNCTIONS if kind == "functions" else None]
        ]
    stage.found.facts["profile"] = f"{mails:,} mails, {mails / seconds:,.0f}/s while it was sampled"
