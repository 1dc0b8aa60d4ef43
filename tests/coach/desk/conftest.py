"""Runners who tell of trouble, and two coaches."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from accounts.models import User
from challenge.enrollment.holding import Danger, hold
from challenge.models import CheckIn, DeskItem, Enrollment, Event, Hold, Message, SafetyLevel

Asked = Callable[..., Message]
Stopped = Callable[..., Hold]


@pytest.fixture
def erin(db: None) -> User:
    return User.objects.create_user("erin@example.com", first_name="Erin", is_staff=True)


@pytest.fixture
def ask(now: datetime) -> Asked:
    def write(enrollment: Enrollment, text: str = "Which leg first?", at: datetime = now) -> Message:
        message = Message.objects.create(enrollment=enrollment, day=3, text=text, at=at)
        DeskItem.objects.open(DeskItem.Kind.MESSAGE, enrollment, message.pk, at)
        return message

    return write


@pytest.fixture
def stop(now: datetime) -> Stopped:
    """Hold a runner for high pain on day 2."""

    def tell(
        enrollment: Enrollment,
        level: SafetyLevel = SafetyLevel.WITHIN_DAYS,
        at: datetime = now,
        **fields: Any,
    ) -> Hold:
        facts = {"reason": Hold.Reason.HIGH_PAIN, "values": {"day": "2", "score": "8"}, **fields}
        danger = Danger(level=level, source=Hold.Source.CHECK_IN, **facts)
        return hold(enrollment.pk, danger, Event.Actor.SYSTEM, at)

    return tell


@pytest.fixture
def told(now: datetime) -> Callable[..., CheckIn]:
    def save(enrollment: Enrollment, **fields: Any) -> CheckIn:
        facts = {"day": 2, "status": "partly", "created_at": now, "updated_at": now, **fields}
        return CheckIn.objects.create(enrollment=enrollment, **facts)

    return save
