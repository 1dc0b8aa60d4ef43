"""The coach shows movements again that the ten questions left out, with a reason."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from challenge.models import Enrollment, Memo
from challenge.safety.answering import answer
from tests.support.desk import logged, said
from tests.support.smtp_server import SmtpServer
from tests.support.visitor import body

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
BECAUSE = "Her knee surgeon agrees."
CODE = "hip_front"


@pytest.fixture
def page(alice: Enrollment, clock: Any, now: datetime) -> str:
    answer(alice.pk, [CODE], now)
    return reverse("admin:give-back", args=[alice.pk])


def test_what_a_clinician_agrees_to_is_shown_again(
    coach: Client,
    alice: Enrollment,
    page: str,
    sink: SmtpServer,
    go: Callable[[datetime], None],
    now: datetime,
) -> None:
    alice.refresh_from_db()
    out = sorted(alice.left_out)
    assert len(out) > 1
    assert "Show again what was left out" in said(
        coach.get(reverse("admin:challenge_enrollment_change", args=[alice.pk]))
    )

    text = said(coach.post(page, {"movements": out[:1], "because": BECAUSE}, follow=True))

    assert "They are shown again, from the next lesson on." in text
    alice.refresh_from_db()
    assert sorted(alice.left_out) == out[1:]
    assert Memo.objects.get().text == BECAUSE
    assert logged() == [("given_back", {})]

    coach.post(page, {"movements": out[1:], "because": BECAUSE})
    go(now)
    assert "Left out for you" not in body(sink.lessons[0])
    assert "Nothing is left out for this runner." in said(coach.get(page))


def test_it_takes_a_movement_and_a_reason(coach: Client, alice: Enrollment, page: str) -> None:
    alice.refresh_from_db()
    text = said(coach.post(page, {"because": ""}))
    assert "Choose at least one." in text
    assert "Write who examined the runner, and what was agreed." in text
    assert "Select a valid choice" in said(coach.post(page, {"movements": ["another"], "because": BECAUSE}))
    before = alice.left_out
    alice.refresh_from_db()
    assert alice.left_out == before


def test_an_answer_that_says_it_anew_leaves_it_out_again(
    coach: Client, alice: Enrollment, page: str, now: datetime
) -> None:
    alice.refresh_from_db()
    out = alice.left_out
    coach.post(page, {"movements": out, "because": BECAUSE})

    answer(alice.pk, [CODE], now + DAY)

    alice.refresh_from_db()
    assert sorted(alice.left_out) == sorted(out)
