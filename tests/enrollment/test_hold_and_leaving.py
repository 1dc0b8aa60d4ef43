"""A hold outlasts leaving: its undo leads back into it, and signing up again lifts it no more."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from challenge.checkins.record import CheckInData, record
from challenge.conversation.messages import record_message
from challenge.enrollment.holding import clear, hold
from challenge.enrollment.leaving import leave, undo_leaving
from challenge.models import DeskItem, Enrollment, Escalation, Event, Hold
from tests.enrollment.conftest import Someone, states
from tests.support.holds import PAIN, RISING, WORDS, on_the_desk
from tests.support.threads import together

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
SYSTEM, RUNNER = Event.Actor.SYSTEM, Event.Actor.RUNNER


def test_an_undo_of_leaving_leads_back_into_the_hold(alice: Enrollment, dana: User, now: datetime) -> None:
    hold(alice.pk, PAIN, SYSTEM, now)
    leave(alice.pk, RUNNER, now)
    assert on_the_desk() == ["escalation", "hold"]
    undo_leaving(alice.pk, now + HOUR)
    assert states() == ["held"]
    assert clear(alice.pk, dana, "Seen.", now + HOUR)
    assert states() == ["active"]


def test_what_was_cleared_meanwhile_holds_no_undo(alice: Enrollment, dana: User, now: datetime) -> None:
    hold(alice.pk, PAIN, SYSTEM, now)
    leave(alice.pk, RUNNER, now)
    assert clear(alice.pk, dana, "Seen.", now + HOUR)
    assert states() == ["withdrawn"]
    undo_leaving(alice.pk, now + HOUR)
    alice.refresh_from_db()
    assert (alice.state, bool(alice.next_due_at)) == ("active", True)


@pytest.mark.parametrize("before", ["active", "paused"])
def test_what_was_told_after_leaving_holds_the_undo(
    enroll: Any, dana: User, now: datetime, before: str
) -> None:
    runner = enroll("hana", state=before)
    leave(runner.pk, RUNNER, now)
    hold(runner.pk, WORDS, SYSTEM, now)
    hold(runner.pk, RISING, SYSTEM, now)
    undo_leaving(runner.pk, now + HOUR)
    runner.refresh_from_db()
    assert (runner.state, runner.words_only, runner.next_due_at) == ("held", True, None)
    clear(runner.pk, dana, "Seen.", now + HOUR)
    assert states() == [before]


def test_leaving_and_signing_up_again_lifts_no_hold(someone: Someone, alice: Enrollment, dana: User) -> None:
    someone.live(2)
    hold(alice.pk, PAIN, SYSTEM, someone.now)
    leave(alice.pk, RUNNER, someone.now)
    again = someone.begin_again()
    again.refresh_from_db()
    assert (again.state, again.next_due_at) == ("held", None)
    before = len(someone.sink.lessons)
    someone.live(2)
    assert len(someone.sink.lessons) == before
    assert Hold.objects.get().enrollment == again
    assert set(DeskItem.objects.values_list("enrollment", flat=True)) == {again.pk}
    assert Escalation.objects.get().enrollment == again

    assert clear(again.pk, dana, "Seen.", someone.now)
    again.refresh_from_db()
    assert again.state != "held"
    assert not clear(alice.pk, dana, "Seen.", someone.now)


def test_a_new_run_inherits_nothing_that_was_cleared(someone: Someone, alice: Enrollment, dana: User) -> None:
    someone.live(2)
    hold(alice.pk, PAIN, SYSTEM, someone.now)
    hold(alice.pk, RISING, SYSTEM, someone.now)
    clear(alice.pk, dana, "Seen.", someone.now)
    leave(alice.pk, RUNNER, someone.now)
    again = someone.begin_again()
    assert (again.state == "held", again.words_only) == (False, False)


def test_words_behind_a_link_of_an_earlier_run_hold_the_one_that_goes_on(
    someone: Someone, old_and_new: tuple[Enrollment, Enrollment]
) -> None:
    record_message(old_and_new[0].pk, 1, "Numb between my legs since today.", someone.now)
    assert states() == ["withdrawn", "held"]
    assert Hold.objects.get().enrollment == Escalation.objects.get().enrollment == old_and_new[1]


def test_pain_on_a_day_of_a_finished_run_holds_the_one_that_goes_on(
    someone: Someone, alice: Enrollment
) -> None:
    someone.live(2)
    Enrollment.objects.update(state="completed", next_due_at=None)
    again = someone.begin_again()
    for _press in range(2):
        record(alice.pk, 2, CheckInData("done", pain=8), someone.now)
    assert states() == ["completed", "held"]
    assert Hold.objects.get().enrollment == again


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
def test_leaving_beside_a_hold_keeps_it_for_the_undo(alice: Enrollment, dana: User, now: datetime) -> None:
    for hours in range(4):
        at = now + timedelta(hours=hours)
        together(lambda: leave(alice.pk, RUNNER, at), lambda: hold(alice.pk, PAIN, SYSTEM, at))  # noqa: B023
        undo_leaving(alice.pk, at)
        assert states() == ["held"]
        assert clear(alice.pk, dana, "Seen.", at)
        assert states() == ["active"]
