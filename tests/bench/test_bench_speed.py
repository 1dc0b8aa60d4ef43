"""`bench/speed --small` runs every measure with a few mails, and reports each."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.support import ROOT

pytestmark = [pytest.mark.pure, pytest.mark.processes]

MEASURES = {"A5", "P1", "P2", "P3", "P4", "P5", "P5b", "P6", "P6b", "P7", "P8", "P9", "P13"}
MARK = "STARTED_BY_BENCH_SPEED"
SIDES = {"ours, 1 worker", "ours, 2 workers", "raw smtplib, 2 processes", "ours, 2 Celery workers"}


def test_it_measures_everything_and_leaves_nothing_running(tmp_path: Path) -> None:
    found_file, page_file = tmp_path / "found.json", tmp_path / "page.md"
    environ = {name: text for name, text in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    command = [ROOT / "bench" / "speed", *MEASURES, "--small"]
    speed = subprocess.Popen(
        [*command, "--json", found_file, "--markdown", page_file],
        env={**environ, MARK: str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    said, progress = speed.communicate(timeout=600)
    assert speed.returncode == 0, progress

    found = json.loads(found_file.read_text())
    left_out = {line.partition(" ")[0].strip(",") for line in found["left_out"]}
    assert {row["key"] for row in found["rows"]} | left_out >= MEASURES
    assert set(found["rates"]) >= SIDES
    assert all(rate["median"] > 0 and len(rate["runs"]) == 1 for rate in found["rates"].values())
    assert {"machine", "commit", "postgresql", "sink", "mail"} <= set(found["facts"])
    assert "fsync on, synchronous_commit on" in found["facts"]["postgresql"]
    assert all(row["what"] in said for row in found["rows"])
    assert "round 1 of 1" in progress
    check_page(page_file.read_text(), found)
    assert not [process for process in psutil.process_iter() if _mark(process) == str(tmp_path)]


def check_page(page: str, found: dict[str, Any]) -> None:
    """Check docs/performance.md with the tables of this run in it."""
    lines = set(page.splitlines())
    assert {f"- {name}: {fact}" for name, fact in found["facts"].items()} <= lines
    for row in found["rows"]:
        sign = "at least" if row["sign"] == ">=" else "at most"
        ratio = f"**{row['ratio']:.3g}{'' if row['kept'] else ', not kept'}**"
        cells = (row["key"], row["what"], row["we"], row["beside"], ratio, f"{sign} {row['bound']:g}")
        assert f"| {' | '.join(cells)} |" in lines
    for name, rate in found["rates"].items():
        assert any(line.startswith(f"| {name} | {rate['median']:,.0f} | ") for line in lines)
    assert "| Enrollments in the table | 1,000 | 2,000 |" in lines
    original = (ROOT / "docs" / "performance.md").read_text()
    assert [line for line in page.splitlines() if line.startswith("#")] == [
        line for line in original.splitlines() if line.startswith("#")
    ]


def _mark(process: psutil.Process) -> str | None:
    """Return the variable that everything started by the benchmark has in its environment."""
    try:
        return process.environ().get(MARK)
    except psutil.Error:
        return None


def test_an_unknown_measure_is_refused() -> None:
    asked = subprocess.run(
        [ROOT / "bench" / "speed", "P99"], capture_output=True, text=True, timeout=60, check=False
    )
    assert asked.returncode == 2
    assert "no such measure: P99" in asked.stderr
