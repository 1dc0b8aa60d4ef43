"""The coach reads what was ticked, in words."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.models import Consent
from challenge.enrollment.consents import take_back
from challenge.models import Event
from challenge.safety.answering import answer
from tests.conftest import Enroll
from tests.support.desk import said

pytestmark = pytest.mark.django_db


def page(coach: Client, pk: int) -> str:
    return coach.get(f"/coach/challenge/enrollment/{pk}/change/").content.decode()


def test_the_runners_page_shows_the_answers_and_what_they_leave_out(
    coach: Client, enroll: Enroll, clock: Any, now: datetime
) -> None:
    alice = enroll("alice", state="screening")
    assert "not answered" in page(coach, alice.pk)

    answer(alice.pk, ["cannot_stand", "hernia"], now)

    story = page(coach, alice.pk)
    assert "Screening</span> Emergency" in story
    assert "after a fall or a pop I can&#x27;t stand on it" in story
    assert "Ball release at the front of the hip, Prone press-up" in story
    assert "Answered the questions before the course by the runner" in story
    assert "entry-screening entry-alert" in story


def test_without_consent_it_shows_only_that_there_was_something(
    coach: Client, enroll: Enroll, clock: Any, now: datetime
) -> None:
    shy = enroll("shay", state="screening", health=False)
    answer(shy.pk, ["cancer"], now)

    story = page(coach, shy.pk)
    assert "One of the list" in story
    assert "cancer" not in story


def test_after_the_consent_was_taken_back_no_answer_is_left(
    coach: Client, enroll: Enroll, clock: Any, now: datetime
) -> None:
    alice = enroll("alice", state="screening")
    answer(alice.pk, ["cancer"], now)
    take_back(alice.runner, Consent.Purpose.HEALTH, Event.Actor.RUNNER, now)

    story = page(coach, alice.pk)
    assert "The answers are not kept" in story
    assert "cancer" not in story


def test_the_desk_shows_the_answers_that_hold(
    coach: Client, enroll: Enroll, clock: Any, now: datetime
) -> None:
    alice = enroll("alice", state="screening")
    answer(alice.pk, ["saddle", "hernia"], now)

    for place in ("/coach/", f"/coach/desk/clear/{alice.pk}/"):
        shown = said(coach.get(place))
        assert "Answered to the ten questions" in shown
        assert "newly numb, tingling or odd? yes hernia" in shown


def test_the_desk_shows_no_answer_that_is_not_kept(
    coach: Client, enroll: Enroll, clock: Any, now: datetime
) -> None:
    answer(enroll("shay", state="screening", health=False).pk, ["saddle"], now)

    assert "Answered to the ten questions" not in said(coach.get("/coach/"))
