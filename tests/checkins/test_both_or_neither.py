"""What a runner tells and the hold that it asks for are kept together, or not at all, by every channel."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import Model

from challenge.checkins.record import CheckInData, record
from challenge.conversation.messages import record_message
from challenge.models import CheckIn, DeskItem, Enrollment, Escalation, Event, Hold, Message, Screening
from challenge.models.escalation import EscalationManager
from challenge.safety.answering import answer
from tests.support.held import state

HOUR = timedelta(hours=1)
PAIN = CheckInData("done", pain=8, place="front_of_hip", running_brings_it_on=True)
CHANNELS: dict[str, tuple[Callable[[int, datetime], object], type[Model]]] = {
    "check-in": (lambda pk, at: record(pk, 1, PAIN, at), CheckIn),
    "question": (lambda pk, at: record_message(pk, 1, "Numb between my legs", at), Message),
    "screening": (lambda pk, at: answer(pk, ["saddle"], at), Screening),
}


def nothing_is_kept() -> bool:
    told = (CheckIn, Message, Screening, Hold, Escalation, DeskItem)
    return not any(model.objects.exists() for model in told) and (
        state() == "active" and not Event.objects.filter(kind="held").exists()
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("fails_at", ["escalation", "desk"])
def test_what_fails_between_the_two_writes_keeps_neither(
    alice: Enrollment, go: Any, now: datetime, monkeypatch: pytest.MonkeyPatch, fails_at: str, channel: str
) -> None:
    go(now)
    Enrollment.objects.update(screening_day=1)
    tell, kept = CHANNELS[channel]

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the disk is gone")

    with monkeypatch.context() as broken:
        if fails_at == "escalation":
            broken.setattr(EscalationManager, "open", fail)
        else:
            broken.setattr(type(DeskItem.objects), "open", fail)
        with pytest.raises(RuntimeError):
            tell(alice.pk, now + HOUR)
    assert nothing_is_kept()

    tell(alice.pk, now + HOUR)
    assert (kept._default_manager.count(), Hold.objects.count(), Escalation.objects.count()) == (1, 1, 1)
    assert state() == "held"


def _dies(channel: str, enrollment_id: int, at: datetime) -> None:
    """Tell on a connection of its own, and be killed as the escalation is opened."""
    connection.close()

    def die(*args: object, **kwargs: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    EscalationManager.open = die  # type: ignore[method-assign, assignment]
    CHANNELS[channel][0](enrollment_id, at)


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
@pytest.mark.parametrize("channel", CHANNELS)
def test_a_process_that_is_killed_between_the_two_writes_keeps_neither(
    alice: Enrollment, go: Any, now: datetime, channel: str
) -> None:
    go(now)
    Enrollment.objects.update(screening_day=1)
    assert "test" in str(settings.DATABASES["default"]["NAME"])
    connection.close()
    process = multiprocessing.get_context("fork").Process(target=_dies, args=(channel, alice.pk, now + HOUR))
    process.start()
    process.join(60)

    assert process.exitcode == -signal.SIGKILL
    assert nothing_is_kept()
