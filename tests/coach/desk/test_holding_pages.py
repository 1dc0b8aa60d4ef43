"""The coach holds a runner's exercise, and clears the hold with a reason."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from challenge.enrollment.holding import clear
from challenge.models import CheckIn, DeskItem, Enrollment, Event, Hold, SafetyLevel
from challenge.privacy.retention import purge
from tests.coach.desk.conftest import Stopped
from tests.coach.desk.test_needs_me import HOME
from tests.support.desk import logged, said

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
BECAUSE = "Her physical therapist examined her and agrees."


def page(enrollment: Enrollment, name: str) -> str:
    return f"{HOME}desk/{name}/{enrollment.pk}/"


def send(client: Client, address: str, **values: Any) -> str:
    return said(client.post(address, values, follow=True))


def seen(client: Client, enrollment: Enrollment) -> str:
    return str(client.get(page(enrollment, "clear")).context["seen"])


def test_the_coach_holds_and_the_runners_page_says_why_since_when_and_by_whom(
    coach: Client, clock: Any, alice: Enrollment
) -> None:
    text = send(coach, page(alice, "hold"), level="within_days", said="Told me of groin pain by phone.")

    alice.refresh_from_db()
    assert alice.state == "held"
    assert "The exercise is on hold until a coach clears it." in text
    assert "On hold The coach (urgent, within days) Since Tue 3 Mar 2026, 08:00, by the coach" in text
    assert "The coach Told me of groin pain by phone." in text
    assert "Clear the hold" in text
    assert logged() == [("held", {})]
    assert Event.objects.filter(enrollment=alice, kind="held", actor="coach").exists()


def test_without_consent_the_page_says_that_no_reason_is_kept(
    coach: Client, clock: Any, alice: Enrollment
) -> None:
    alice.runner.consents.filter(purpose="health").delete()
    assert "so the page keeps no reason" in said(coach.get(page(alice, "hold")))

    send(coach, page(alice, "hold"), level="today", said="Told me of groin pain by phone.")

    held = Hold.objects.get()
    assert (held.reason, held.level, held.values) == ("coach", "", {})
    assert purge(timezone.now() + 8 * DAY) == 0


def test_two_coaches_who_hold_at_once_make_one_hold(coach: Client, clock: Any, alice: Enrollment) -> None:
    send(coach, page(alice, "hold"), level="today")

    text = send(coach, page(alice, "hold"), level="today")

    assert "A coach holds it already, since Tue 3 Mar, 08:00. Nothing was changed." in text
    assert Hold.objects.count() == 1


def test_a_course_that_is_over_is_not_held(coach: Client, enroll: Any) -> None:
    dora = enroll("dora", state="completed")

    assert "This course has no lessons to hold." in said(coach.get(page(dora, "hold")))
    assert "Not held" in send(coach, page(dora, "hold"), level="today")
    assert not Hold.objects.exists()


def test_the_hold_is_cleared_with_a_reason(
    coach: Client, clock: Any, alice: Enrollment, stop: Stopped, told: Callable[..., CheckIn]
) -> None:
    told(alice, note="It woke me.")
    stop(alice)
    address = page(alice, "clear") + "?from=desk"
    form = coach.get(address)
    assert "Pain 8 on day 2 (urgent, within days)" in said(form)
    assert "It woke me." in said(form)
    assert "Never say that anything is harmless" in said(form)

    refused = send(coach, address, because=" ", seen=form.context["seen"])
    assert "Write who examined the runner, and what was agreed." in refused
    assert Hold.objects.get().cleared_at is None

    text = send(coach, address, because=BECAUSE, seen=form.context["seen"])
    held = Hold.objects.get()
    assert (held.cleared_because, held.cleared_by) == (BECAUSE, User.objects.get(email="coach@example.com"))
    alice.refresh_from_db()
    assert alice.state == "active"
    assert "The hold is cleared, and the runner is told." in text
    assert "Nobody needs you just now." in text
    assert not DeskItem.objects.filter(done_at=None).exists()
    assert logged() == [("cleared", {})]


def test_what_was_told_meanwhile_is_read_before_it_is_cleared(
    coach: Client, alice: Enrollment, stop: Stopped
) -> None:
    stop(alice)
    known = seen(coach, alice)
    stop(alice, SafetyLevel.EMERGENCY, reason=Hold.Reason.SHARP_PAIN, values={"day": "3"})

    text = send(coach, page(alice, "clear"), because=BECAUSE, seen=known)

    assert "Something was told since you opened this page: read it first. Nothing was cleared." in text
    assert "Sharp pain on day 3" in text
    assert BECAUSE in text
    assert Hold.objects.filter(cleared_at=None).count() == 2
    send(coach, page(alice, "clear"), because=BECAUSE, seen=seen(coach, alice))
    assert not Hold.objects.filter(cleared_at=None).exists()


def test_two_coaches_who_clear_at_once_are_told_who_was_first(
    coach: Client, clock: Any, alice: Enrollment, stop: Stopped, erin: User, now: datetime
) -> None:
    stop(alice)
    known = seen(coach, alice)
    clear(alice.pk, erin, "Seen by a doctor.", now)

    assert "Erin cleared it at Tue 3 Mar, 08:00." in send(
        coach, page(alice, "clear"), because=BECAUSE, seen=known
    )
    assert Hold.objects.get().cleared_because == "Seen by a doctor."
    assert "There is no hold to clear. Erin cleared it" in said(coach.get(page(alice, "clear")))
