"""The bench of the faults: what it counts, what it says, and that it leaves nothing running."""

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
from tests.faults import table
from tests.faults.catalogue import FAULTS, ONLY_ON
from tests.faults.lanes import BESIDE, MARK, RECKONING, end_all, lanes_of, mark
from tests.faults.outcome import Outcome
from tests.faults.table import Row
from tests.faults.tally import Tally

HELD = Row("F1", "Worker death", "0 lost", Outcome(10_000, 20, doubled=3, uncertain=4, stall=1.25), 60)
BROKEN = Row("F2", "On SQLite", "0 lost", Outcome(5000, 10, lost=1, breaches=["1 lost"]), 30)
STUCK = Row("F3", "Redis | death", "0 lost", None, 9, ["it ended with 1"])


@pytest.mark.pure
def test_a_table_says_what_was_broken(tmp_path: Path) -> None:
    text = table.markdown([HELD, BROKEN, STUCK], {"machine": "2 cores"})

    rows = [line for line in text.splitlines() if line.startswith("| F")]
    assert rows[0] == "| F1 | Worker death | 20 | 10,000 | 0 | 3 | 4 | 1.2 s | 0 lost | yes |"
    assert rows[1].endswith("| **no** |")
    assert rows[2] == "| F3 | Redis \\| death | - | - | - | - | - | - | 0 lost | **no** |"
    assert "- **F2 is broken**: 1 lost." in text
    assert "BROKEN F3: it ended with 1" in table.plain([HELD, BROKEN, STUCK], {})
    assert [fault["held"] for fault in table.as_json([HELD, BROKEN, STUCK], {})["faults"]] == [
        True,
        False,
        False,
    ]

    page = tmp_path / "page.md"
    page.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n")
    table.write_into(page, text)
    table.write_into(page, text)
    assert page.read_text() == f"before\n{table.BEGIN}\n\n{text}\n\n{table.END}\nafter\n"


@pytest.mark.pure
def test_what_could_not_be_injected_is_not_said_to_hold() -> None:
    row = Row("F18", "Disk full", "0 lost", Outcome(0, 0, left_out="no disk can be mounted"), 1)

    assert row.breaches == []
    assert row.cells[-1] == "**left out**"
    assert "- F18 is left out: no disk can be mounted." in table.markdown([row], {})
    assert "LEFT OUT F18: no disk can be mounted" in table.plain([row], {})
    assert not table.as_json([row], {})["faults"][0]["held"]


@pytest.mark.pure
def test_every_fault_is_in_one_lane_and_every_name_is_one_of_the_catalogue() -> None:
    lanes = lanes_of(list(FAULTS))

    assert sorted(name for lane in lanes for name in lane) == sorted(FAULTS)
    assert set(ONLY_ON) <= set(FAULTS)
    assert {*chain(*BESIDE), *RECKONING} <= set(FAULTS)


@pytest.mark.pure
@pytest.mark.processes
def test_what_a_fault_leaves_running_is_ended() -> None:
    sleeper = [sys.executable, "-c", "print('up', flush=True); import time; time.sleep(600)"]
    environ = {**os.environ, MARK: mark("F1")}
    with subprocess.Popen(sleeper, env=environ, stdout=subprocess.PIPE, start_new_session=True) as left:
        assert left.stdout is not None
        assert left.stdout.readline() == b"up\n"
        assert end_all("F2") == 0
        assert end_all("F1") == 1
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

    assert Tally(Counter(ids)).breaches(most_doubled=0) == []
    assert Tally(Counter(ids[1:])).breaches(most_doubled=0) == ["1 lost"]
    assert Tally(Counter([*ids, ids[1]])).breaches(most_doubled=1) == []
    assert Tally(Counter([*ids, ids[1]])).breaches(most_doubled=0) == ["1 doubled, 0 allowed"]
    assert Tally(Counter([*ids, ids[0]])).breaches(most_doubled=1) == ["1 doubled and not marked uncertain"]
    assert Tally(Counter([*ids, "<x@y>"])).breaches(most_doubled=0) == ["1 messages are in no ledger"]
    assert Tally(Counter(ids)).breaches(most_doubled=0, most_uncertain=0) == ["1 marked uncertain, 0 can be"]
    Delivery.objects.filter(pk=third.pk).update(state="failed")
    assert Tally(Counter(ids)).breaches(most_doubled=0) == ["1 lost"]
