"""Check-ins lead to a streak and counts, by the task or by the sweep."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from challenge import tasks
from challenge.checkins.progress import streak, sweep
from challenge.mail.links import Purpose, url
from challenge.models import CheckIn, Progress
from tests.support.visitor import Runner

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Go = Callable[[datetime], None]


@pytest.mark.parametrize(
    ("statuses", "length"),
    [
        ({}, 0),
        ({1: "done"}, 1),
        ({1: "not_today"}, 0),
        ({1: "done", 2: "partly", 3: "done"}, 3),
        ({1: "done", 2: "not_today", 3: "done", 4: "partly"}, 2),
        ({1: "done", 2: "done", 4: "done"}, 1),
        ({1: "done", 2: "done", 3: "not_today"}, 0),
        ({21: "done", 20: "partly", 19: "done"}, 3),
    ],
)
def test_streak(statuses: dict[int, str], length: int) -> None:
    assert streak(statuses) == length


def test_the_task_recalculates(runner: Runner, alice: Any, go: Go, clock: Any, now: datetime) -> None:
    runner.saves("done")
    go(now + DAY)
    clock.move_to(now + DAY)
    runner.client.post(url(Purpose.CHECK_IN, now + DAY, alice, 2), {"status": "partly", "unit": "km"})
    assert not Progress.objects.exists()

    tasks.recalculate_progress(alice.pk)

    progress = Progress.objects.get()
    counts = (progress.done, progress.partly, progress.not_today, progress.streak)
    assert counts == (1, 1, 0, 2)
    assert progress.last_check_in_at == now + DAY
    assert {c.processed_at for c in CheckIn.objects.all()} == {now + DAY}

    runner.saves("not_today")
    tasks.recalculate_progress(alice.pk)
    progress.refresh_from_db()
    assert (progress.done, progress.partly, progress.not_today, progress.streak) == (0, 1, 1, 1)


def test_saving_asks_for_the_task(
    runner: Runner, alice: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    asked: list[tuple[int, ...]] = []
    monkeypatch.setattr(tasks.recalculate_progress, "apply_async", lambda ids, **options: asked.append(ids))

    with django_capture_on_commit_callbacks(execute=True):
        runner.saves()

    assert asked == [(alice.pk,)]


def test_the_sweep_picks_up_what_no_task_came_for(runner: Runner, alice: Any, now: datetime) -> None:
    runner.saves()

    assert sweep(now + timedelta(seconds=59)) == 0
    assert sweep(now + timedelta(seconds=60)) == 1
    assert Progress.objects.get().done == 1
    assert sweep(now + HOUR) == 0
