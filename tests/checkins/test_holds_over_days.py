"""What was told before counts with what is told now, until it ages, or the coach lifts the hold."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from challenge.enrollment.holding import clear
from challenge.enrollment.leaving import leave
from challenge.mail.links import Purpose, url
from challenge.models import CheckIn, Enrollment, Escalation, Event
from challenge.safety.escalations import acknowledge
from challenge.site.doubt import served
from tests.support.held import holds, on_the_desk, state
from tests.support.visitor import Runner

pytestmark = pytest.mark.django_db
Go = Callable[[datetime], None]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NUMB = "Numb between my legs since this morning"


@pytest.fixture(autouse=True)
def an_hour_later(runner: Runner, clock: Any, now: datetime) -> None:
    clock.move_to(now + HOUR)


def tell_on_days(runner: Runner, go: Go, clock: Any, now: datetime, days: list[dict[str, str]]) -> str:
    """Get a lesson and check in on each day. Return the last page."""
    page = ""
    for number, said in enumerate(days):
        at = now + number * DAY
        go(at)
        clock.move_to(at + HOUR)
        path = url(Purpose.CHECK_IN, at, Enrollment.objects.get(), number + 1)
        client = Client()
        answer = client.post(path, {"status": "done", "unit": "km", "served": served(at), **said})
        page = client.get(answer["Location"]).content.decode()
    return page


@pytest.mark.parametrize(
    ("days", "expected", "desk", "words"),
    [
        ([{"pain": "1"}, {"pain": "3"}, {"pain": "4"}], ["hold_rising"], ["escalation", "hold"], "has risen"),
        ([{"pain": "1"}, {"pain": "2"}, {"pain": "3"}], [], ["pain"], "take level 1 of each stretch"),
        ([{"pain": "4"}, {"pain": "4"}, {"pain": "5"}], [], ["pain"], "see a physical therapist"),
        (
            [{"pain": "2"}, {"pain": "2", "worse_next_morning": "worse"}],
            [],
            [],
            "leave that movement out for 2 days",
        ),
        (
            [{"pain": "2"}, *[{"pain": "2", "worse_next_morning": "worse"}] * 2],
            [],
            ["pain"],
            "see a physical therapist",
        ),
        ([{"pain": "4"}, {"pain": "2"}, {"pain": "3"}], [], [], "Saved, thank you."),
    ],
)
def test_rules_of_several_days(
    runner: Runner, go: Go, clock: Any, now: datetime, days: Any, expected: Any, desk: Any, words: str
) -> None:
    page = tell_on_days(runner, go, clock, now, days)

    assert [reason for reason, _level, _values in holds()] == expected
    assert on_the_desk() == desk
    assert words in page


def test_the_same_report_opens_one_hold(runner: Runner, clock: Any) -> None:
    for _time in range(2):
        clock.shift(MINUTE)
        runner.tells(pain="8", note=NUMB)
    assert [reason for reason, _level, _values in holds()] == ["red_words", "hold_high"]

    clock.shift(MINUTE)
    runner.tells(pain="9")
    assert [values.get("score") for _reason, _level, values in holds()] == [None, "8", "9"]


def test_without_consent_an_emergency_is_told_again_after_an_hour(
    runner: Runner, alice: Any, clock: Any
) -> None:
    alice.runner.consents.filter(purpose="health").delete()
    for _time in range(2):
        clock.shift(MINUTE)
        runner.tells(pain="8")
    assert len(holds()) == 1

    clock.shift(HOUR)
    runner.tells(pain="9")
    assert len(holds()) == 1
    runner.tells(note=NUMB)
    assert holds() == [("safety", "", {})] * 2


def test_with_consent_the_reason_is_kept_beside_what_was_held_without_it(runner: Runner, alice: Any) -> None:
    alice.runner.consents.filter(purpose="health").delete()
    runner.tells(pain="8")
    runner.tells(pain="8", keep_health="on")

    assert [reason for reason, _level, _values in holds()] == ["safety", "hold_high"]


def test_what_the_coach_lifted_is_not_held_again_until_it_is_told_again(
    runner: Runner, clock: Any, coach: Client, now: datetime
) -> None:
    runner.tells(pain="8")
    clear(Enrollment.objects.get().pk, User.objects.get(is_staff=True), "A doctor agrees.", now + 2 * HOUR)
    clock.move_to(now + 3 * HOUR)

    Client().post(runner.path(), {"status": "partly", "unit": "km", "distance": "3"})
    stranger = Runner(Client(), runner.mail)
    stranger.tells("partly", distance="4")
    assert state() == "active"

    clock.shift(HOUR)
    runner.tells(pain="7")
    assert state() == "held"
    assert [values["score"] for _reason, _level, values in holds()] == ["8", "7"]


def test_an_answer_that_is_put_back_is_judged(runner: Runner, clock: Any, now: datetime) -> None:
    CheckIn.objects.create(
        enrollment=Enrollment.objects.get(), day=1, status="done", pain=8, created_at=now, updated_at=now
    )
    runner.client.post(runner.path(), {"action": "remove"})
    [offered] = Enrollment.objects.get().earlier_check_ins.all()
    clock.shift(MINUTE)
    press = {"action": "put-back", "answer": offered.saved_at, "served": served(now)}
    runner.client.post(runner.path(), press)

    assert holds() == [("hold_high", "today", {"day": "1", "score": "8"})]
    assert state() == "held"


def test_a_form_with_a_mistake_and_one_that_is_too_late_are_heeded(
    runner: Runner, clock: Any, now: datetime
) -> None:
    page = runner.tells(pain="8", distance="far").content.decode()
    assert "You told us of pain 8" in page
    assert not CheckIn.objects.exists()
    assert state() == "held"

    clock.move_to(now + 5 * DAY)
    page = runner.tells(pain="9").content.decode()
    assert "is closed" in page
    assert "You told us of pain 9" in page
    assert [values["score"] for _reason, _level, values in holds()] == ["8", "9"]


def test_without_consent_an_emergency_wakes_again_once_the_milder_report_is_taken_care_of(
    runner: Runner, alice: Any, clock: Any
) -> None:
    alice.runner.consents.filter(purpose="health").delete()
    runner.tells(pain="8")
    acknowledge(Escalation.objects.get().pk, None, timezone.now())
    clock.shift(MINUTE)
    runner.tells(note=NUMB)
    assert Escalation.objects.filter(state="open").count() == 1


def test_what_is_told_after_leaving_is_heard(runner: Runner, alice: Any) -> None:
    leave(alice.pk, Event.Actor.RUNNER, timezone.now())
    answer = runner.tells(pain="8")

    assert answer.status_code == 410
    assert "You told us of pain 8" in answer.content.decode()
    assert [reason for reason, _level, _values in holds()] == ["safety"]  # the consent has ended as well
    assert Escalation.objects.get().state == "open"
    assert not CheckIn.objects.exists()
