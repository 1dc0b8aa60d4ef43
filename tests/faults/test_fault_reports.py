"""bin/faults counts the consequences of a fault, prints a table, and leaves nothing running."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from challenge.models import Delivery
from tests.faults import report
from tests.faults.catalogue import FAULTS, ONLY_ON
from tests.faults.processes import COMPUTING, MARK, PARALLEL_QUEUES, end_all, mark, queues_of
from tests.faults.reconciliation import Reconciliation
from tests.faults.report import Result, Row

HELD = Row("F1", "Worker death", "0 lost", Result(10_000, 20, doubled=3, uncertain=4, stall=1.25), 60)
BROKEN = Row("F2", "On SQLite", "0 lost", Result(5000, 10, lost=1, breaches=["1 lost"]), 30)
STUCK = Row("F3", "Redis | death", "0 lost", None, 9, ["it ended with 1"])


@pytest.mark.pure
def test_a_table_says_what_was_broken(tmp_path: Path) -> None:
    text = report.markdown([HELD, BROKEN, STUCK], {"machine": "2 cores"})

    rows = [line for line in text.splitlines() if line.startswith("| F")]
    assert rows[0] == "| F1 | Worker death | 20 | 10,000 | 0 | 3 | 4 | 1.2 s | 0 lost | yes |"
    assert rows[1].endswith("| **no** |")
    assert rows[2] == "| F3 | Redis \\| death | - | - | - | - | - | - | 0 lost | **no** |"
    assert "- **F2 is broken**: 1 lost." in text
    assert "BROKEN F3: it ended with 1" in report.plain([HELD, BROKEN, STUCK], {})
    assert [fault["held"] for fault in report.as_json([HELD, BROKEN, STUCK], {})["faults"]] == [
        True,
        False,
        False,
    ]

    page = tmp_path / "page.md"
    page.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
    report.write_into(page, text)
    report.write_into(page, text)
    assert page.read_text() == f"before\n{report.BEGIN}\n\n{text}\n\n{report.END}\nafter\n"


@pytest.mark.pure
def test_what_could_not_be_injected_is_not_said_to_hold() -> None:
    row = Row("F18", "Disk full", "0 lost", Result(0, 0, left_out="no disk can be mounted"), 1)

    assert row.breaches == []
    assert row.cells[-1] == "**left out**"
    assert "- F18 is left out: no disk can be mounted." in report.markdown([row], {})
    assert "LEFT OUT F18: no disk can be mounted" in report.plain([row], {})
    assert not report.as_json([row], {})["faults"][0]["held"]


@pytest.mark.pure
def test_every_fault_is_in_one_queue_and_every_name_is_one_of_the_catalogue() -> None:
    queues = queues_of(list(FAULTS))

    assert sorted(chain(*queues)) == sorted(FAULTS)
    assert set(ONLY_ON) <= set(FAULTS)
    assert {*chain(*PARALLEL_QUEUES), *COMPUTING} <= set(FAULTS)


@pytest.mark.pure
@pytest.mark.processes
def test_what_a_fault_leaves_running_is_ended() -> None:
    sleeper = [sys.executable, "-c", "print('up', flush=True); import time; time.sleep(600)"]
    environ = {**os.environ, MARK: mark("F1")}
    with subprocess.Popen(sleeper, env=environ, stdout=subprocess.PIPE, start_new_session=True) as left:
        assert left.stdout is not None
        assert left.stdout.readline() == b"up\n"
        assert end_all("F2") == 0
        assert end_all("F1", within=0.2) == 1
        assert left.wait(10) == -9
    assert end_all("F1") == 0


@pytest.mark.django_db
def test_what_is_lost_doubled_or_unmarked_is_counted(
    trio: list[Any], go: Callable[[datetime], None], now: datetime
) -> None:
    go(now)
    first, second, third = Delivery.objects.all()
    Delivery.objects.filter(pk=second.pk).update(uncertain=True)
    ids = [delivery.message_id for delivery in (first, second, third)]

    def breaches(arrived: list[str], most_doubled: int, most_uncertain: int | None = None) -> list[str]:
        return Reconciliation(Counter(arrived)).breaches(most_doubled, most_uncertain)

    assert breaches(ids, 0) == []
    assert breaches(ids[1:], 0) == ["1 lost"]
    assert breaches([*ids, ids[1]], 1) == []
    assert breaches([*ids, ids[1]], 0) == ["1 doubled, 0 allowed"]
    assert breaches([*ids, ids[0]], 1) == ["1 doubled and not marked uncertain"]
    assert breaches([*ids, "<x@y>"], 0) == ["1 messages are in no ledger"]
    assert breaches(ids, 0, 0) == ["1 marked uncertain, 0 can be"]
    Delivery.objects.filter(pk=third.pk).update(state="failed")
    assert breaches(ids, 0) == ["1 lost"]
