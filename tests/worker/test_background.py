"""Every worker sends mail by itself, without a beat, a task or a free process."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from challenge.monitoring import alarms
from challenge.worker import background
from challenge.worker.recurring import JOBS
from tests.support.crowd import crowd
from tests.support.web_hook import WebHook
from tests.support.workers import mailroom, wait_until

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def hook() -> Iterator[WebHook]:
    server = WebHook()
    yield server
    server.close()


def test_workers_without_a_beat_tell_once_that_nothing_is_planned(
    program: Any, redis_url: str, tmp_path: Path, hook: WebHook
) -> None:
    for enrollment in crowd(program, 3):
        enrollment.next_due_at = enrollment.created_at.replace(year=enrollment.created_at.year - 1)
        enrollment.save()
    with mailroom(tmp_path, redis_url, ALARM_WEBHOOK_URL=hook.url) as room:
        workers = [room.worker("tests.support.watchful_worker") for _ in range(2)]
        assert hook.wait_for(1, 60)
        wait_until(lambda: all(worker.said(" ready.") for worker in workers), 60, "both are ready")
        assert not hook.wait_for(2, 2)  # several looks of each
    assert b"3 mails have been due since" in hook.posted[0].body


def test_a_check_that_fails_is_not_the_last(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    checks = []

    def check(now: Any) -> None:
        checks.append(now)
        raise ZeroDivisionError

    monkeypatch.setattr("challenge.monitoring.checks.check", check)
    monkeypatch.setitem(JOBS, "check", replace(JOBS["check"], seconds=0.01))
    caplog.set_level(logging.CRITICAL)
    with background.beside_loop():
        wait_until(lambda: len(checks) >= 3, 20, "three checks")
    assert alarms.current() == {}
