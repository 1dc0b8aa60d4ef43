"""What a program that tries every link may have sent is marked, kept and shown, and holds nobody."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from challenge.models import CheckIn, Delivery, EarlierCheckIn, Message
from challenge.site.doubt import served
from tests.support.held import holds, on_the_desk, state
from tests.support.visitor import Runner, filled_in, link

pytestmark = pytest.mark.django_db
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
AGAIN = "press Save once more"


@pytest.fixture(autouse=True)
def an_hour_later(runner: Runner, clock: Any, now: datetime) -> None:
    clock.move_to(now + HOUR)


def ago(seconds: float) -> str:
    return served(timezone.now() - timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("time", "why"),
    [
        (lambda: ago(0), "too_fast"),
        (lambda: ago(1.9), "too_fast"),
        (lambda: ago(2), ""),
        (lambda: ago(3 * 24 * 3600), ""),
        (lambda: "", "no_time"),
        (lambda: "2026-03-03T08:00:00+00:00:forged", "no_time"),
        (lambda: "\x00", "no_time"),
    ],
)
def test_a_form_says_when_it_was_served(runner: Runner, time: Any, why: str) -> None:
    answer = runner.saves(pain="8", note="Numb between my legs", served=time())

    saved = CheckIn.objects.get()
    assert (saved.doubt, saved.pain, saved.note) == (why, 8, "Numb between my legs")
    assert state() == ("active" if why else "held")
    assert bool(holds()) is not bool(why)
    assert on_the_desk() == (["doubtful"] if why else ["escalation", "escalation", "hold", "hold"])
    page = runner.reads(answer)
    assert "You told us of pain 8" in page  # advice is never doubtful
    assert (AGAIN in page) is bool(why)


@pytest.mark.parametrize(("seconds", "why"), [(9, "at_arrival"), (11, "")])
def test_seconds_after_the_mail_left(runner: Runner, seconds: int, why: str) -> None:
    Delivery.objects.filter(day=1).update(sent_at=timezone.now() - seconds * SECOND)
    runner.tells(pain="8")

    assert CheckIn.objects.get().doubt == why
    assert bool(holds()) is not bool(why)


def test_several_answers_of_one_mail(runner: Runner, clock: Any) -> None:
    for choice in ("done", "partly", "not_today"):
        client = Client()
        form = filled_in(client.get(runner.path(choice)).content.decode())
        clock.shift(3 * SECOND)
        Runner(client, runner.mail).saves(choice, served=form["served"], pain="8" if choice != "done" else "")

    assert CheckIn.objects.get().doubt == "several_answers"
    assert {earlier.doubt for earlier in EarlierCheckIn.objects.all()} == {"several_answers"}
    assert (state(), holds(), on_the_desk()) == ("active", [], ["doubtful"])


def test_a_second_sign_holds(runner: Runner, clock: Any) -> None:
    first = runner.saves(pain="8")
    assert (state(), on_the_desk()) == ("active", ["doubtful"])

    form = filled_in(runner.reads(first))
    clock.shift(MINUTE)
    runner.client.post(
        first["Location"], {"status": "done", "unit": "km", "pain": "8", "served": form["served"]}
    )

    assert CheckIn.objects.get().doubt == ""
    assert (state(), on_the_desk()) == ("held", ["escalation", "hold"])


@pytest.mark.parametrize("at_arrival", [True, False])
def test_a_question_that_comes_too_fast_waits_for_a_second_sign(
    runner: Runner, clock: Any, at_arrival: bool
) -> None:
    if at_arrival:
        Delivery.objects.filter(day=1).update(sent_at=timezone.now() - SECOND)
    path, form = link(runner.mail, "day"), {"text": "Numb between my legs, what now?"}
    fast = ago(60) if at_arrival else ago(1)
    page = runner.reads(runner.client.post(path, form | {"served": fast}))

    asked = Message.objects.get()
    assert asked.doubt == ("at_arrival" if at_arrival else "too_fast")
    assert (state(), holds(), on_the_desk()) == ("active", [], ["message"])
    assert "send it once more" in page
    assert "Numb between my legs, what now?</textarea>" in page
    assert "emergency department now" in page

    clock.shift(MINUTE)
    page = runner.reads(runner.client.post(path, form | {"served": ago(30)}))
    asked.refresh_from_db()
    assert (asked.doubt, Message.objects.count(), state()) == ("", 1, "held")
    assert on_the_desk() == ["escalation", "hold", "message"]
    assert "send it once more" not in page


def test_a_doubtful_answer_does_not_count_on_other_days(runner: Runner, alice: Any, now: datetime) -> None:
    times = {"created_at": now, "updated_at": now}
    CheckIn.objects.create(enrollment=alice, day=2, status="done", pain=9, doubt="too_fast", **times)
    runner.tells(pain="2")

    assert (state(), holds()) == ("active", [])


def test_removing_an_answer_takes_it_off_the_desk(runner: Runner) -> None:
    runner.saves(pain="8")
    runner.client.post(runner.path(), {"action": "remove"})

    assert on_the_desk() == []
