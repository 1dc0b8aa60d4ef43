"""One list of recurring work: beat knows only its names; Celery and `send_due` run all of it."""

import subprocess
import sys
from inspect import signature

import pytest

from challenge import tasks
from challenge.celery import app
from challenge.worker.recurring import JOBS, Job, run
from tests.support import ROOT

pytestmark = pytest.mark.pure
BY_BEAT = {name for name, job in JOBS.items() if not job.in_workers}


@pytest.mark.parametrize("job", JOBS.values(), ids=lambda job: job.name)
def test_each_path_leads_to_a_function_of_now(job: Job) -> None:
    assert next(iter(signature(job.function).parameters)) == "now"


def test_beat_and_celery_do_the_whole_list() -> None:
    assert set(app.conf.beat_schedule) == BY_BEAT == {*tasks.RECURRING, "send"}
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)
    assert set(JOBS) - BY_BEAT == {"check"}


def test_beat_imports_nothing_that_its_messages_are_for() -> None:
    code = "import sys, challenge.celery; print(*[name for name in sys.modules if name[:10] == 'challenge.'])"
    imported = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    allowed = ("broker", "celery", "settings", "worker", "monitoring", "monitoring.logs")
    found = {name.removeprefix("challenge.") for name in imported.stdout.split()}
    assert {name for name in found if not name.startswith("worker.")} <= set(allowed)


@pytest.mark.parametrize(
    ("repeats", "found", "calls"), [(True, [1, 1, 0], 3), (False, [1], 1), (False, [0], 0)]
)
def test_a_job_that_repeats_goes_on_while_it_finds_something(
    repeats: bool, found: list[int], calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    left, called = list(found), list[int]()
    monkeypatch.setattr("challenge.checkins.progress.sweep", lambda now: left.pop(0))
    run(Job("any", 10, "challenge.checkins.progress.sweep", repeats), lambda: called.append(1))
    assert (left, len(called)) == ([], calls)
