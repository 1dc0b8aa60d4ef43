"""`bench/speed --small` measures everything with a few mails: it runs, and says what it found."""

import json
import os
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import psutil
import pytest

from bench import document
from bench.rates import OURS, SOURCE
from bench.results import Findings, Point, Rate, Row
from tests.support import ROOT

pytestmark = [pytest.mark.pure, pytest.mark.processes]

MEASURES = {"P1", "P2", "P3", "P5", "P5b", "P6", "P6b", "P7", "P8", "P9"}
MARK = "STARTED_BY_BENCH_SPEED"
SIDES = {"ours, 1 worker", "ours, 2 workers", "raw smtplib, 2 processes", "ours, 2 Celery workers"}


def test_it_measures_everything_and_leaves_nothing_running(tmp_path: Path) -> None:
    found_file = tmp_path / "found.json"
    environ = {name: text for name, text in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    speed = subprocess.Popen(
        [ROOT / "bench" / "speed", *MEASURES, "P4", "--small", "--profile", "--json", found_file],
        env={**environ, MARK: str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    said, progress = speed.communicate(timeout=600)
    assert speed.returncode == 0, progress

    found = json.loads(found_file.read_text())
    measured = {row["key"] for row in found["rows"]}
    left_out = {line.partition(" ")[0].strip(",") for line in found["left_out"]}
    assert measured | left_out >= MEASURES | {"P4"}
    assert set(found["rates"]) >= SIDES
    assert all(rate["median"] > 0 and len(rate["runs"]) == 1 for rate in found["rates"].values())
    assert {"machine", "commit", "postgresql", "sink", "mail"} <= set(found["facts"])
    assert "fsync on, synchronous_commit on" in found["facts"]["postgresql"]
    assert sum(part["share"] for part in found["profile"]["parts"]) == pytest.approx(1)
    assert all(row["what"] in said for row in found["rows"])
    assert "round 1 of 1" in progress
    assert not [process for process in psutil.process_iter() if _mark(process) == str(tmp_path)]


def _mark(process: psutil.Process) -> str | None:
    """What everything that the benchmark started has in its environment."""
    try:
        return process.environ().get(MARK)
    except psutil.Error:
        return None


def test_a_whole_run_is_written_into_the_page_and_its_plots() -> None:
    found = Findings(facts={"machine": "a fast one"}, left_out=["P3, as an example"])
    found.rates = {name: Rate(name, [100.0, 300.0], 50) for name in [*OURS.values(), SOURCE]}
    found.rows = [
        Row("P1", "Two workers", "300/s", "raw: 200/s", 1.5, ">=", 1.0),
        Row("P8", "Memory", "150 MB", "100 MB", 1.5, "<=", 1.1),
    ]
    found.curves = {"finding": [Point(1000, 0.9), Point(10_000_000, 1.1)]}
    found.profile = {"parts": [{"name": "compose", "share": 0.25, "microseconds": 100.0}]}

    page = document.filled(document.PAGE.read_text(), found)
    assert "- machine: a fast one" in page
    assert "| P1 | Two workers | 300/s | raw: 200/s | **1.5** | at least 1 |" in page
    assert "| P8 | Memory | 150 MB | 100 MB | **1.5, not kept** | at most 1.1 |" in page
    assert "Left out: P3, as an example." in page
    assert "| ours, 1 worker | 200 | 100 to 300 | 2 of 50 |" in page
    assert "| compose | 25.0% | 100 |" in page
    assert document.filled(page, found) == page
    for plot in (document.workers(found), document.due(found)):
        assert ElementTree.fromstring(plot).tag == "{http://www.w3.org/2000/svg}svg"
    assert [row.key for row in found.breaches] == ["P8"]


def test_an_unknown_measure_is_refused() -> None:
    asked = subprocess.run(
        [ROOT / "bench" / "speed", "P99"], capture_output=True, text=True, timeout=60, check=False
    )
    assert asked.returncode == 2
    assert "no such measure: P99" in asked.stderr
