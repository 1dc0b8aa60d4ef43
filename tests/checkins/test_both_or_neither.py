"""A check-in and the hold that it asks for are kept together, or not at all."""

import multiprocessing
import os
import signal
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from challenge.checkins.record import CheckInData, record
from challenge.models import CheckIn, DeskItem, Enrollment, Escalation, Event, Hold
from challenge.models.escalation import EscalationManager
from tests.support.held import state

HOUR = timedelta(hours=1)
PAIN = CheckInData("done", pain=8, place="front_of_hip", running_brings_it_on=True)


def nothing_is_kept() -> bool:
    return not any(model.objects.exists() for model in (CheckIn, Hold, Escalation, DeskItem)) and (
        state() == "active" and not Event.objects.filter(kind="held").exists()
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
@pytest.mark.parametrize("fails_at", ["escalation", "desk"])
def test_what_fails_between_the_two_writes_keeps_neither(
    alice: Enrollment, go: Any, now: datetime, monkeypatch: pytest.MonkeyPatch, fails_at: str
) -> None:
    go(now)

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the disk is gone")

    with monkeypatch.context() as broken:
        if fails_at == "escalation":
            broken.setattr(EscalationManager, "open", fail)
        else:
            broken.setattr(type(DeskItem.objects), "open", fail)
        with pytest.raises(RuntimeError):
            record(alice.pk, 1, PAIN, now + HOUR)
    assert nothing_is_kept()

    record(alice.pk, 1, PAIN, now + HOUR)
    assert (CheckIn.objects.count(), Hold.objects.count(), Escalation.objects.count()) == (1, 1, 1)
    assert state() == "held"


def _dies(enrollment_id: int, at: datetime) -> None:
    """Save a check-in on a connection of its own, and be killed as the escalation is opened."""
    connection.close()

    def die(*args: object, **kwargs: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    EscalationManager.open = die  # type: ignore[method-assign, assignment]
    record(enrollment_id, 1, PAIN, at)


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_a_process_that_is_killed_between_the_two_writes_keeps_neither(
    alice: Enrollment, go: Any, now: datetime
) -> None:
    go(now)
    assert "test" in str(settings.DATABASES["default"]["NAME"])
    connection.close()
    process = multiprocessing.get_context("fork").Process(target=_dies, args=(alice.pk, now + HOUR))
    process.start()
    process.join(60)

    assert process.exitcode == -signal.SIGKILL
    assert nothing_is_kept()
