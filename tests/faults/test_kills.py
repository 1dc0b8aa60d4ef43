"""kill -9 of `send_due --loop` loses no mail, and doubles one at most; test_faults.py does it to Celery."""

from pathlib import Path
from typing import Any

import pytest

from tests.faults.reconciliation import all_sent, reconcile
from tests.faults.worker_faults import SEED, moments
from tests.support.crowd import crowd
from tests.support.workers import mailroom, wait_until

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

MAILS, KILLS = 120, 2


def test_killed_loops_without_a_broker_lose_nothing(program: Any, tmp_path: Path) -> None:
    crowd(program, MAILS)
    with mailroom(tmp_path) as room:
        loops = [room.send_due("--loop") for _ in range(2)]
        for number, moment in enumerate(moments(MAILS, KILLS)):
            room.wait_for_mail(moment)
            loops[number % 2].kill()
            loops[number % 2].start()
        wait_until(lambda: all_sent(MAILS), 60, f"all are sent, seed {SEED}", 0.2)

        assert reconcile(room, MAILS, KILLS, None, kills=KILLS).breaches == []
