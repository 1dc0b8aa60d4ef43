"""A hold stops the exercise in every state, and only a coach's clearing leads back to where it was."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from accounts.models import User
from challenge.coach.runners import actions
from challenge.delivery.plan import plan
from challenge.enrollment.holding import clear, hold
from challenge.enrollment.leaving import undo_leaving
from challenge.enrollment.transitions import PauseCause, pause, reschedule, resume
from challenge.inbound.bounce_mail import receive
from challenge.models import Delivery, Enrollment, Escalation, Event, Hold, Suppression
from tests.enrollment.conftest import states
from tests.support.holds import OWN, PAIN, RISING, WORDS, on_the_desk
from tests.support.returned_mails import FULL, dsn
from tests.support.smtp_server import SmtpServer
from tests.support.threads import together

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SYSTEM, RUNNER = Event.Actor.SYSTEM, Event.Actor.RUNNER
Go = Callable[[datetime], None]


@pytest.mark.parametrize(
    ("state", "meanwhile"),
    [
        ("screening", "held"),
        ("active", "held"),
        ("paused", "held"),
        ("completed", "completed"),
        ("withdrawn", "withdrawn"),
    ],
)
def test_a_hold_and_its_clearing_lead_back(
    enroll: Any, dana: User, now: datetime, state: str, meanwhile: str
) -> None:
    runner = enroll("hana", state=state)
    hold(runner.pk, PAIN, SYSTEM, now)
    assert states() == [meanwhile]
    assert on_the_desk() == ["escalation", "hold"]
    assert not resume(runner.pk, RUNNER, now)
    assert not pause(runner.pk, PauseCause.RUNNER, now)

    assert clear(runner.pk, dana, "Seen by a doctor.", now + HOUR)

    runner.refresh_from_db()
    assert runner.state == state
    assert bool(runner.next_due_at) == (state == "active")
    assert on_the_desk() == []
    assert Escalation.objects.get().state == "resolved"
    cleared = Hold.objects.get()
    assert (cleared.cleared_by, cleared.cleared_because) == (dana, "Seen by a doctor.")
    assert not clear(runner.pk, dana, "Once more.", now + HOUR)


def test_nothing_leaves_until_it_is_cleared(
    alice: Enrollment, dana: User, sink: SmtpServer, go: Go, now: datetime
) -> None:
    go(now)
    plan(now + DAY)
    hold(alice.pk, PAIN, SYSTEM, now + DAY)
    for days in range(1, 4):
        go(now + days * DAY)
    told = [mail["Subject"] for mail in sink.to(alice.runner.email)]
    assert told[1:] == ["Please read this before you go on"]
    assert Delivery.objects.get(kind="lesson", day=2).reason == "held"

    clear(alice.pk, dana, "Seen.", now + 4 * DAY)
    go(now + 4 * DAY)
    assert [mail["Subject"].partition(":")[0] for mail in sink.to(alice.runner.email)[2:]] == [
        "Your coach has lifted the hold",
        "Day 2",
    ]


def test_of_several_holds_the_state_before_the_first_counts(
    alice: Enrollment, dana: User, now: datetime
) -> None:
    hold(alice.pk, RISING, SYSTEM, now)
    pause(alice.pk, PauseCause.RUNNER, now)
    hold(alice.pk, PAIN, SYSTEM, now)
    hold(alice.pk, WORDS, SYSTEM, now)
    alice.refresh_from_db()
    assert (alice.state, alice.words_only) == ("held", True)
    assert Hold.objects.count() == Escalation.objects.count() == 3

    clear(alice.pk, dana, "Seen.", now)

    alice.refresh_from_db()
    assert (alice.state, alice.words_only, alice.next_due_at) == ("paused", False, None)
    assert not Hold.objects.filter(cleared_at=None).exists()


def test_lessons_without_exercise_go_on_and_a_worse_report_stops_them(
    alice: Enrollment, dana: User, now: datetime
) -> None:
    hold(alice.pk, RISING, SYSTEM, now)
    alice.refresh_from_db()
    assert (alice.state, alice.words_only, bool(alice.next_due_at)) == ("active", True, True)
    hold(alice.pk, PAIN, SYSTEM, now)
    hold(alice.pk, RISING, SYSTEM, now)
    assert states() == ["held"]

    clear(alice.pk, dana, "Seen.", now)
    alice.refresh_from_db()
    assert (alice.state, alice.words_only, bool(alice.next_due_at)) == ("active", False, True)


def test_the_same_danger_is_one_hold_until_a_coach_has_acknowledged_it(
    alice: Enrollment, now: datetime
) -> None:
    for seconds in range(3):
        hold(alice.pk, PAIN, SYSTEM, now + timedelta(seconds=seconds))
    assert Escalation.objects.count() == 1

    Escalation.objects.update(state="acknowledged")
    hold(alice.pk, PAIN, SYSTEM, now + HOUR)
    assert Escalation.objects.count() == Hold.objects.count() == 2


def test_of_a_coachs_own_hold_nobody_needs_to_be_told(enroll: Any, dana: User, now: datetime) -> None:
    shy = enroll("shay", health=False)
    held = hold(shy.pk, OWN, Event.Actor.COACH, now)
    assert (held.reason, held.source) == ("coach", "coach")
    assert on_the_desk() == ["hold"]
    assert clear(shy.pk, dana, "We talked.", now)
    assert states() == ["active"]


def test_an_answered_screening_is_not_asked_again(enroll: Any, dana: User, now: datetime) -> None:
    sarah = enroll("sarah", state="screening")
    sarah.screenings.create(version="1", answered_at=now, result="emergency")
    hold(sarah.pk, PAIN, SYSTEM, now)
    clear(sarah.pk, dana, "Seen.", now)
    assert states() == ["active"]


def test_another_hour_counts_from_the_clearing_on(alice: Enrollment, dana: User, now: datetime) -> None:
    hold(alice.pk, PAIN, SYSTEM, now)
    assert reschedule(alice.pk, time(18), "Europe/London", RUNNER, now)
    alice.refresh_from_db()
    assert (alice.state, alice.next_due_at) == ("held", None)
    clear(alice.pk, dana, "Seen.", now)
    alice.refresh_from_db()
    assert alice.next_due_at == now.replace(hour=18)


@pytest.mark.parametrize(("days", "report"), [(1, ()), (3, ("5.2.2", FULL))], ids=["bad address", "full"])
def test_bounces_end_no_hold_and_its_clearing_leads_to_the_pause(
    alice: Enrollment, dana: User, go: Go, now: datetime, settings: Any, days: int, report: tuple[str, ...]
) -> None:
    settings.BOUNCE_ADDRESS = "bounces@example.org"
    for day in range(3):
        go(now + day * DAY)
    at = now + 3 * DAY
    hold(alice.pk, PAIN, SYSTEM, at)
    for lesson in Delivery.objects.filter(kind="lesson", state="sent").order_by("-day")[:days]:
        receive(dsn(lesson, *report), [], at)
    assert states() == ["held"]
    assert Suppression.objects.exists() == (days == 1)

    clear(alice.pk, dana, "Seen.", at)

    alice.refresh_from_db()
    assert (alice.state, alice.next_due_at) == ("paused", None)


def test_the_coach_withdraws_whoever_is_held(alice: Enrollment, dana: User, now: datetime) -> None:
    hold(alice.pk, PAIN, SYSTEM, now)
    actions.run(actions.WITHDRAW, [alice], now)
    assert not undo_leaving(alice.pk, now)
    assert clear(alice.pk, dana, "Seen.", now)
    assert (states(), on_the_desk()) == (["withdrawn"], [])


def test_a_state_without_a_hold_can_be_cleared(enroll: Any, dana: User, now: datetime) -> None:
    """Of a row that was written before holds were kept."""
    runner = enroll("hana", state="held")
    assert clear(runner.pk, dana, "Seen.", now)
    assert states() == ["active"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
def test_two_coaches_who_clear_at_once_and_a_hold_beside_them(
    alice: Enrollment, dana: User, now: datetime
) -> None:
    """A hold that comes first is cleared with the others; one that comes later holds."""
    for hours in range(4):
        at = now + timedelta(hours=hours)
        hold(alice.pk, PAIN, SYSTEM, at)
        done: list[bool] = []
        together(
            lambda: done.append(clear(alice.pk, dana, "Seen.", at)),  # noqa: B023
            lambda: done.append(clear(alice.pk, dana, "Seen.", at)),  # noqa: B023
            lambda: hold(alice.pk, WORDS, SYSTEM, at),  # noqa: B023
        )
        is_open = Hold.objects.filter(cleared_at=None).exists()
        assert states() == ["held" if is_open else "active"]
        assert done.count(True) in (1, 2)
        clear(alice.pk, dana, "Seen.", at)
