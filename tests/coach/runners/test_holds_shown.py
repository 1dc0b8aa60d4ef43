"""A coach reads why a runner is held, since when, and how it was cleared."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from challenge.coach.runners.day_strip import HELD, day_signs
from challenge.coach.runners.lesson_status import LessonStatus
from challenge.coach.runners.timeline import timeline
from challenge.coach.runners.timeline_entry import Entry
from challenge.delivery.plan import plan
from challenge.enrollment.holding import clear, hold
from challenge.enrollment.transitions import PauseCause, pause, undo_pause
from challenge.models import CheckIn, Delivery, Enrollment, Event
from tests.support.holds import OWN, PAIN, RISING

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SYSTEM = Event.Actor.SYSTEM


@pytest.fixture
def dana(db: None) -> User:
    return User.objects.create_user("dana@example.com", first_name="Dana", is_staff=True)


def status(enrollment: Enrollment, now: datetime) -> str:
    enrollment = Enrollment.objects.select_related("runner", "program").get(pk=enrollment.pk)
    return LessonStatus([enrollment], now).of(enrollment)


def entries(enrollment: Enrollment, kind: str = "hold") -> list[Entry]:
    return [entry for entry in timeline(enrollment) if entry.kind == kind]


def test_why_no_lesson_came(alice: Enrollment, dana: User, now: datetime) -> None:
    hold(alice.pk, PAIN, SYSTEM, now - 2 * DAY)
    hold(alice.pk, OWN, Event.Actor.COACH, now - DAY)
    text = "Held since 1 March: pain 8 on day 2; the coach. Nothing is sent until a coach clears it."
    assert status(alice, now) == text

    clear(alice.pk, dana, "Seen.", now + 10 * HOUR)
    assert status(alice, now + 10 * HOUR).startswith(
        "Held from 1 March to 3 March. It has been due since 07:00"
    )


def test_without_consent_it_names_no_reason(enroll: Any, now: datetime) -> None:
    shy = enroll("shay", health=False)
    hold(shy.pk, PAIN, SYSTEM, now)
    assert status(shy, now).startswith("Held since 3 March: for safety.")
    [entry] = entries(shy)
    assert entry.title == "Held by the system: for safety"
    assert entry.lines == ["Told by: check-in."]


def test_the_timeline_has_the_reason_and_the_coachs(alice: Enrollment, dana: User, now: datetime) -> None:
    hold(alice.pk, RISING, SYSTEM, now)
    hold(alice.pk, PAIN, SYSTEM, now + HOUR)
    clear(alice.pk, dana, "Her doctor has looked at it.", now + DAY)

    rising, pain, cleared = entries(alice)
    assert rising.title == "Held by the system: rising pain, 4 on day 2"
    assert rising.lines == [
        "Told by: check-in.",
        "urgent, within days",
        "The lessons go on without exercise.",
    ]
    assert (pain.title, pain.alert) == ("Held by the system: pain 8 on day 2", True)
    assert cleared.title == f"Hold cleared by {dana}"
    assert cleared.note == "Her doctor has looked at it."
    assert entries(alice, "event") == []


def test_an_undone_pause_stands_there(alice: Enrollment, now: datetime) -> None:
    pause(alice.pk, PauseCause.RUNNER, now)
    undo_pause(alice.pk, now + HOUR)
    assert [entry.title for entry in entries(alice, "event")] == [
        "Paused by the runner",
        "Undid a pause by the runner",
    ]


def test_a_lesson_that_a_hold_kept_back_has_its_own_sign(alice: Enrollment, now: datetime) -> None:
    plan(now)
    hold(alice.pk, PAIN, SYSTEM, now)
    signs = day_signs(21, Delivery.objects.filter(enrollment=alice), CheckIn.objects.none())
    assert signs[0] == (1, HELD)


@pytest.mark.parametrize("state", ["held", "screening"])
def test_the_list_finds_them_by_state(
    coach: Client, enroll: Callable[..., Enrollment], now: datetime, state: str
) -> None:
    enroll("alice")
    enroll("hana", state=state)
    page = coach.get(f"/coach/challenge/enrollment/?state__exact={state}").content.decode()
    assert "Hana" in page
    assert "Alice" not in page
