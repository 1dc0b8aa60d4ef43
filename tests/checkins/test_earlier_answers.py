"""What is replaced stays for the coach, what is removed is erased; for a week either can be put back."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Consent, withdraw_consent
from challenge.checkins.earlier import erase_removed
from challenge.checkins.progress import recalculate
from challenge.checkins.record import MOST_CHANGES, CheckInData, record
from challenge.models import CheckIn, EarlierCheckIn, Event, Progress
from challenge.worker.recurring import JOBS
from tests.support.visitor import Runner

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

Go = Callable[[datetime], None]
MINUTE, HOUR, WEEK = timedelta(minutes=1), timedelta(hours=1), timedelta(days=7)


def press(client: Client, path: str, action: str, number: int = 0) -> Any:
    """Press a button of the page: "put-back" for one of the offered answers, the newest first."""
    offered = re.findall(r'name="answer" value="(.*?)"', client.get(path).content.decode())
    answer = client.post(path, {"action": action, "answer": offered[number] if offered else ""})
    assert answer.status_code == 302
    return client.get(answer["Location"])


def said() -> list[tuple[str, int | None, str]]:
    return [(c.status, c.pain, c.note) for c in CheckIn.objects.all()]


def test_an_empty_field_leaves_what_is_there(runner: Runner, clock: Any, now: datetime) -> None:
    runner.saves("done", pain="4", note="Fine", distance="5", unit="mi")
    clock.shift(HOUR)
    Client().post(runner.path(), {"status": "partly", "unit": "km", "tightness": "3"})

    saved = CheckIn.objects.get()
    assert (saved.status, saved.tightness, saved.pain, saved.note) == ("partly", 3, 4, "Fine")
    assert (saved.distance, saved.unit) == (5, "mi")
    assert (saved.created_at, saved.updated_at) == (now, now + HOUR)


def test_a_replaced_answer_is_kept(runner: Runner, clock: Any, now: datetime) -> None:
    runner.saves("done", pain="4", note="Fine")
    clock.shift(HOUR)
    runner.saves("partly", pain="6")

    earlier = EarlierCheckIn.objects.get()
    assert (earlier.status, earlier.pain, earlier.note) == ("done", 4, "Fine")
    assert (earlier.updated_at, earlier.replaced_at, earlier.removed_at) == (now, now + HOUR, None)


def test_an_equal_answer_looks_like_any_other(runner: Runner, clock: Any) -> None:
    """Otherwise a stranger could try the scores one by one, and see which of them changes nothing."""
    runner.saves("done", pain="4")
    pages = []
    for pain in ("4", "5"):
        clock.shift(MINUTE)
        stranger = Client()
        stranger.post(runner.path(), {"status": "done", "unit": "km", "pain": pain})
        pages.append(stranger.get(runner.path()).content.decode().count("Put back the answer of"))

    assert pages == [1, 2]


def test_every_earlier_answer_can_be_put_back(runner: Runner, alice: Any, clock: Any) -> None:
    for status, note in (("done", "One"), ("partly", "Two"), ("not_today", "Three")):
        clock.shift(HOUR)
        runner.saves(status, note=note)
    stranger = Client()

    page = press(stranger, runner.path(), "put-back", 1).content.decode()
    assert said() == [("done", None, "One")]
    assert "Put back." in page
    assert "One" not in page.partition("</head>")[2]
    press(stranger, runner.path(), "put-back", 0)
    assert said() == [("not_today", None, "Three")]
    assert EarlierCheckIn.objects.count() == 2
    assert [(e.kind, e.says) for e in Event.objects.filter(enrollment=alice)] == [("put_back", "Day 1.")] * 2


def test_who_wrote_it_erases_it_at_once(runner: Runner, clock: Any) -> None:
    runner.saves("done", pain="4", note="Fine")
    clock.shift(MINUTE)
    runner.saves("partly", note="Not so fine")

    answer = runner.client.post(runner.path(), {"action": "remove"})

    assert (answer.status_code, answer.cookies["check-in"].value) == (302, "")
    assert not CheckIn.objects.exists()
    assert not EarlierCheckIn.objects.exists()
    page = runner.client.get(answer["Location"]).content.decode()
    assert "Removed." in page
    assert "Put back" not in page


def test_anybody_else_hides_it_and_it_is_erased_after_a_week(
    runner: Runner, alice: Any, clock: Any, now: datetime
) -> None:
    runner.saves("done", pain="4", note="Fine")
    clock.shift(HOUR)
    runner.saves("partly", pain="5", note="Not so fine")
    page = press(Client(), runner.path(), "remove")

    assert b"Removed." in page.content
    assert not CheckIn.objects.exists()
    assert set(EarlierCheckIn.objects.values_list("removed_at", flat=True)) == {now + HOUR}
    assert Event.objects.filter(enrollment=alice, kind="removed", actor="runner").count() == 1
    assert erase_removed(now + HOUR + WEEK - MINUTE) == 0
    assert erase_removed(now + HOUR + WEEK) == 2
    assert not EarlierCheckIn.objects.exists()
    assert JOBS["erase_removed"].function is erase_removed


def test_put_back_in_time_everything_is_there_again(runner: Runner, clock: Any, now: datetime) -> None:
    runner.saves("done", pain="4", note="Fine")
    clock.shift(HOUR)
    runner.saves("partly", pain="5", note="Not so fine")
    press(Client(), runner.path(), "remove")
    clock.move_to(now + WEEK)

    closed = Client().get(runner.path())
    assert closed.status_code == 410
    [newest, first] = re.findall(r'name="answer" value="(.*?)"', closed.content.decode())
    assert Client().post(runner.path(), {"action": "put-back", "answer": newest}).status_code == 302

    assert said() == [("partly", 5, "Not so fine")]
    assert [(e.status, e.removed_at, e.saved_at) for e in EarlierCheckIn.objects.all()] == [
        ("done", None, first)
    ]
    assert erase_removed(now + 3 * WEEK) == 0


def test_after_a_week_nothing_is_offered(runner: Runner, clock: Any, now: datetime) -> None:
    runner.saves("done", pain="4")
    clock.shift(HOUR)
    runner.saves("partly")
    first = EarlierCheckIn.objects.get().saved_at
    clock.move_to(now + HOUR + WEEK)

    page = Client().get(runner.path())
    assert page.status_code == 410
    assert b"Put back" not in page.content
    Client().post(runner.path(), {"action": "put-back", "answer": first})
    assert said() == [("partly", 4, "")]


def test_of_another_day_or_runner_nothing_can_be_put_back(
    runner: Runner, alice: Any, bob: Any, clock: Any, now: datetime
) -> None:
    runner.saves("done")
    EarlierCheckIn.objects.create(
        enrollment=bob, day=1, status="partly", note="Bob's", created_at=now, updated_at=now, replaced_at=now
    )
    for text in (EarlierCheckIn.objects.get().saved_at, "", "1", "x"):
        answer = Client().post(runner.path(), {"action": "put-back", "answer": text})
        assert b"Put back." not in Client().get(answer["Location"]).content
    assert said() == [("done", None, "")]


def test_without_the_consent_health_data_is_not_put_back(runner: Runner, alice: Any, clock: Any) -> None:
    runner.saves("partly", pain="4", note="Fine", distance="3")
    press(Client(), runner.path(), "remove")
    withdraw_consent(alice.runner, Consent.Purpose.HEALTH, alice.created_at)
    press(Client(), runner.path(), "put-back")

    assert said() == [("partly", None, "")]
    assert CheckIn.objects.get().distance == 3


def test_progress_follows(runner: Runner, alice: Any, clock: Any, now: datetime) -> None:
    runner.saves("done")
    recalculate(alice.pk, now)
    assert Progress.objects.get().done == 1

    press(Client(), runner.path(), "remove")
    recalculate(alice.pk, now)
    assert not Progress.objects.exists()
    press(Client(), runner.path(), "put-back")
    recalculate(alice.pk, now)
    assert Progress.objects.get().done == 1


def test_a_day_takes_no_end_of_changes(runner: Runner, alice: Any, clock: Any, now: datetime) -> None:
    for minute in range(MOST_CHANGES + 1):
        record(alice.pk, 1, CheckInData("done"), now + minute * MINUTE)
    clock.move_to(now + HOUR)

    refused = runner.saves("partly")

    assert refused.status_code == 429
    assert b"This day was changed too often" in refused.content
    assert said() == [("done", None, "")]
    press(Client(), runner.path(), "put-back")
    assert EarlierCheckIn.objects.count() == MOST_CHANGES


def test_it_goes_with_the_enrollment(runner: Runner, alice: Any, clock: Any) -> None:
    runner.saves("done")
    clock.shift(MINUTE)
    runner.saves("partly")
    alice.runner.delete()

    assert not EarlierCheckIn.objects.exists()
