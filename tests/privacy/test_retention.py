"""What a runner told goes when its term is over."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import Consent, User
from challenge.checkins.record import CheckInData, record
from challenge.conversation.messages import record_message
from challenge.enrollment.holding import clear, hold
from challenge.enrollment.leaving import leave, undo_leaving
from challenge.models import CheckIn, Enrollment, Escalation, Event, Hold, Message
from challenge.privacy.retention import months_before, purge
from tests.support.holds import PAIN

pytestmark = pytest.mark.django_db

TOLD = CheckInData("done", tightness=4, pain=2, pain_where="left groin", note="tight", distance=None)
SECOND = timedelta(seconds=1)
# Six months after the check-in.
OVER = datetime(2026, 9, 3, 8, tzinfo=UTC)


@pytest.fixture
def told(alice: Any, go: Callable[[datetime], None], now: datetime) -> CheckIn:
    go(now)
    record_message(alice.pk, 1, "Which shoes?", now)
    return record(alice.pk, 1, TOLD, now, keep_health=True)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("scores", {"tightness": None, "pain": None}),
        ("places", {"pain_where": ""}),
        ("comments", {"note": ""}),
    ],
)
def test_each_field_goes_at_its_own_term(
    told: CheckIn, now: datetime, settings: Any, kind: str, fields: dict[str, object]
) -> None:
    settings.RETENTION = {**dict.fromkeys(settings.RETENTION, 24), kind: 6}
    before = CheckIn.objects.values().get()

    assert purge(OVER) == 0
    assert purge(OVER + SECOND) == 1
    assert CheckIn.objects.values().get() == {**before, **fields}
    assert purge(OVER + SECOND) == 0


def test_a_question_goes_whole(told: CheckIn, now: datetime, settings: Any) -> None:
    settings.RETENTION = {**dict.fromkeys(settings.RETENTION, 24), "questions": 6}
    purge(OVER)
    assert Message.objects.exists()

    purge(OVER + SECOND)
    assert not Message.objects.exists()
    assert CheckIn.objects.get().note == "tight"


def test_why_a_course_was_stopped_goes(told: CheckIn, alice: Any, now: datetime, settings: Any) -> None:
    coach = User.objects.create_user("dana@example.com", is_staff=True)
    hold(alice.pk, PAIN, Event.Actor.SYSTEM, now)
    clear(alice.pk, coach, "No fracture.", now)
    settings.RETENTION = {**dict.fromkeys(settings.RETENTION, 24), "safety": 6}
    purge(OVER)
    assert Hold.objects.get().values == PAIN.values

    purge(OVER + SECOND)
    held = Hold.objects.get()
    assert (held.reason, held.level, held.values, held.cleared_because) == ("", "", {}, "")
    assert Escalation.objects.get().level == ""
    assert CheckIn.objects.get().pain == 2


@pytest.mark.parametrize(("state", "stays"), [("active", True), ("held", True), ("completed", False)])
def test_what_is_left_out_stays_as_long_as_a_lesson_may_come(
    alice: Any, settings: Any, state: str, stays: bool
) -> None:
    settings.RETENTION = {**dict.fromkeys(settings.RETENTION, 24), "safety": 6}
    Enrollment.objects.update(left_out=["couch-stretch"], state=state, next_due_at=None)
    purge(OVER + SECOND)
    assert bool(Enrollment.objects.get().left_out) is stays


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        ("2026-03-31", 1, "2026-02-28"),
        ("2028-02-29", 24, "2026-02-28"),
        ("2026-01-15", 1, "2025-12-15"),
        ("2026-12-31", 12, "2025-12-31"),
        ("2026-03-03", 99_999, "0001-12-03"),
    ],
)
def test_a_month_is_the_calendars(day: str, months: int, before: str) -> None:
    assert months_before(datetime.fromisoformat(day), months) == datetime.fromisoformat(before)


def test_more_than_a_batch_goes_in_one_go(
    told: CheckIn, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("challenge.privacy.retention.BATCH", 2)
    Message.objects.bulk_create(
        [Message(enrollment=told.enrollment, day=1, text=str(n), at=now) for n in range(6)]
    )

    purge(now + timedelta(days=800))
    assert not Message.objects.exists()


def test_who_left_is_forgotten_when_the_undo_is_over(told: CheckIn, alice: Any, now: datetime) -> None:
    leave(alice.pk, Event.Actor.RUNNER, now)
    Consent.objects.filter(purpose=Consent.Purpose.HEALTH).update(withdrawn_at=now)

    purge(now + timedelta(days=7) - SECOND)
    assert CheckIn.objects.get().pain == 2
    purge(now + timedelta(days=7))
    kept = CheckIn.objects.get()
    assert (kept.status, kept.pain, kept.tightness, kept.pain_where, kept.note) == (
        "done",
        None,
        None,
        "",
        "",
    )


def test_who_came_back_in_time_is_not(told: CheckIn, alice: Any, now: datetime) -> None:
    leave(alice.pk, Event.Actor.RUNNER, now)
    Consent.objects.filter(purpose=Consent.Purpose.HEALTH).update(withdrawn_at=now)
    undo_leaving(alice.pk, now + timedelta(days=6))

    purge(now + timedelta(days=30))
    assert CheckIn.objects.get().pain == 2
