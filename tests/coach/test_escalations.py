"""The coach's page of an escalation: the mail's link leads to it, through the login."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from challenge.enrollment.holding import Danger, hold
from challenge.models import CheckIn, DeskItem, Enrollment, Escalation, Event, Hold, SafetyLevel
from tests.support.desk import logged, said

pytestmark = pytest.mark.django_db
PAIN = Danger(Hold.Reason.HIGH_PAIN, SafetyLevel.TODAY, Hold.Source.CHECK_IN, {"score": "8", "day": "1"})


@pytest.fixture
def opened(alice: Enrollment, clock: Any, now: datetime) -> Escalation:
    hold(alice.pk, PAIN, Event.Actor.SYSTEM, now)
    return Escalation.objects.get()


def address(escalation: Escalation) -> str:
    return f"/coach/challenge/escalation/{escalation.pk}/change/"


def button(escalation: Escalation, name: str) -> str:
    return f"/coach/desk/{name}/{escalation.pk}/"


def test_the_page_asks_for_a_login(client: Client, opened: Escalation) -> None:
    answer = client.get(address(opened))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/coach/login/")
    kept = client.post(button(opened, "acknowledge"))
    assert kept.status_code == 403
    assert "You have been logged out." in said(kept)
    assert "Send again" in said(kept)
    opened.refresh_from_db()
    assert opened.state == "open"


def test_it_has_the_reason_the_words_and_the_buttons_of_the_desk(
    coach: Client, opened: Escalation, now: datetime
) -> None:
    CheckIn.objects.create(
        enrollment=opened.enrollment, day=1, pain=8, note="It <b>woke</b> me.", created_at=now, updated_at=now
    )
    answer = coach.get(address(opened))
    page = said(answer)
    assert "Alice" in page
    assert "Pain 8 on day 1 (urgent, today)" in page
    assert "It <b>woke</b> me." in page
    assert "the coaches once, Tue 3 Mar 2026, 08:00" in page
    for name in ("acknowledge", "resolve"):
        assert f'action="{button(opened, name)}"' in answer.content.decode()

    page = said(coach.post(button(opened, "acknowledge"), follow=True))
    assert "You take care of it." in page
    assert "by coach@example.com" in said(coach.get(address(opened)))

    coach.post(button(opened, "resolve"))
    opened.refresh_from_db()
    assert (opened.state, opened.resolved_by) == ("resolved", User.objects.get(email="coach@example.com"))
    assert not DeskItem.objects.filter(kind="escalation", done_at=None).exists()
    assert logged() == [("acknowledged", {}), ("resolved", {})]
    assert b"/acknowledge/" not in (content := coach.get(address(opened)).content)
    assert b"/resolve/" not in content


def test_one_that_no_hold_opened_is_shown_too(coach: Client, alice: Enrollment, now: datetime) -> None:
    opened = Escalation.objects.open(alice, now)

    assert "For safety" in said(coach.get(address(opened)))


def test_the_list_shows_them(coach: Client, opened: Escalation) -> None:
    assert "Alice" in said(coach.get("/coach/challenge/escalation/"))
