"""The buttons of the desk: acknowledge, resolve, put off, done."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from challenge.coach.desk.moves import next_monday
from challenge.models import DeskItem, Enrollment, Escalation, Hold, Message, SafetyLevel
from challenge.safety.escalations import acknowledge, resolve
from tests.coach.desk.conftest import Asked, Stopped
from tests.coach.desk.test_needs_me import HOME, needed
from tests.support.desk import logged, said

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
Kind = DeskItem.Kind


def press(client: Client, name: str, pk: int, **values: str) -> str:
    return said(client.post(f"{HOME}desk/{name}/{pk}/", values, follow=True))


def test_the_first_to_acknowledge_takes_care_and_the_second_is_told(
    coach: Client, clock: Any, alice: Enrollment, stop: Stopped, erin: User, now: datetime
) -> None:
    stop(alice)
    escalation = Escalation.objects.get()
    acknowledge(escalation.pk, erin, now)

    assert "Erin acknowledged it at Tue 3 Mar, 08:00." in press(coach, "acknowledge", escalation.pk)

    stop(alice, SafetyLevel.EMERGENCY)
    second = Escalation.objects.latest("pk")
    assert "You take care of it." in press(coach, "acknowledge", second.pk)
    second.refresh_from_db()
    assert second.acknowledged_by == User.objects.get(email="coach@example.com")
    assert logged() == [("acknowledged", {})]


def test_what_is_resolved_leaves_the_desk_and_its_hold_stays(
    coach: Client, clock: Any, alice: Enrollment, stop: Stopped
) -> None:
    stop(alice)
    escalation = Escalation.objects.get()

    text = press(coach, "resolve", escalation.pk)

    assert "It is resolved. The exercise stays on hold until you clear it." in text
    assert "I take care of it" not in text
    assert "Pain 8 on day 2" in text
    alice.refresh_from_db()
    assert alice.state == "held"
    assert "Coach@example.com resolved it at Tue 3 Mar, 08:00." in press(coach, "resolve", escalation.pk)
    assert logged() == [("resolved", {})]
    assert "coach@example.com Alice Pain 8 on day 2" in said(coach.get(f"{HOME}desk/done/"))


def test_a_get_changes_nothing(coach: Client, alice: Enrollment, stop: Stopped, ask: Asked) -> None:
    stop(alice)
    ask(alice)
    before = list(DeskItem.objects.values()), list(Escalation.objects.values()), list(Hold.objects.values())

    for name, pk in (
        ("acknowledge", Escalation.objects.get().pk),
        ("resolve", Escalation.objects.get().pk),
        ("snooze", DeskItem.objects.get(kind="message").pk),
        ("done", DeskItem.objects.get(kind="message").pk),
    ):
        # As after a login, which leads back to the address of the button.
        assert coach.get(f"{HOME}desk/{name}/{pk}/")["Location"] == HOME
        assert coach.post(f"{HOME}desk/{name}/999999/", {"until": "day"}).status_code == 404
    for name in ("hold", "clear"):
        assert coach.get(f"{HOME}desk/{name}/{alice.pk}/").status_code == 200

    after = list(DeskItem.objects.values()), list(Escalation.objects.values()), list(Hold.objects.values())
    assert after == before


def test_done_closes_a_message_and_stays_on_record(
    coach: Client, clock: Any, alice: Enrollment, ask: Asked, stop: Stopped
) -> None:
    ask(alice, "Thank you for the mat!")
    item = DeskItem.objects.get()

    assert "Nobody needs you just now." in press(coach, "done", item.pk)
    assert Message.objects.get().state == "closed"
    assert "Coach@example.com saw to it at Tue 3 Mar, 08:00." in press(coach, "done", item.pk)
    assert "Tue 3 Mar 2026, 08:00 coach@example.com Alice Asked a question" in said(
        coach.get(f"{HOME}desk/done/")
    )
    stop(alice)
    for each in DeskItem.objects.filter(done_at=None):
        assert "has to be resolved" in press(coach, "done", each.pk)
    assert logged() == [("desk_done", {})]


def test_what_is_put_off_comes_back_when_its_time_is_over(
    coach: Client, clock: Any, alice: Enrollment, ask: Asked, now: datetime
) -> None:
    ask(alice)
    item = DeskItem.objects.get()

    assert "Put off until Wed 4 Mar, 08:00." in press(coach, "snooze", item.pk, until="day")
    assert "Nobody needs you" in needed(coach)
    clock.move_to(now + DAY)
    assert "Which leg first?" in needed(coach)
    assert "Put off until Mon 9 Mar, 00:00." in press(coach, "snooze", item.pk, until="monday")
    assert coach.post(f"{HOME}desk/snooze/{item.pk}/", {"until": "2099"}).status_code == 404


def test_monday_is_the_next_one_on_the_coachs_clock() -> None:
    for day, monday in ((1, 2), (2, 9), (8, 9)):
        assert next_monday(datetime(2026, 3, day, 9, tzinfo=UTC)).date().day == monday


def test_what_is_new_and_worse_brings_back_what_was_put_off(
    coach: Client, clock: Any, alice: Enrollment, bob: Enrollment, ask: Asked, stop: Stopped, now: datetime
) -> None:
    ask(alice)
    press(coach, "snooze", DeskItem.objects.get().pk, until="monday")
    ask(alice, "As bad as before?")
    stop(bob, SafetyLevel.EMERGENCY)
    assert "Which leg first?" not in needed(coach)

    stop(alice, SafetyLevel.ASK_FIRST)

    assert "Which leg first?" in needed(coach)


def test_an_escalation_is_put_off_with_its_hold_once_somebody_takes_care(
    coach: Client, clock: Any, alice: Enrollment, stop: Stopped, erin: User, now: datetime
) -> None:
    stop(alice)
    item, escalation = DeskItem.objects.get(kind="escalation"), Escalation.objects.get()
    assert "somebody has to take care of it first" in press(coach, "snooze", item.pk, until="day")
    acknowledge(escalation.pk, erin, now)

    assert "Nobody needs you" in press(coach, "snooze", item.pk, until="day")
    resolve(escalation.pk, erin, now)
    assert "Nobody needs you" in needed(coach)

    stop(alice, SafetyLevel.TODAY)
    assert needed(coach).count("Pain 8 on day 2") == 2
