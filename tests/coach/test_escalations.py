"""The coach's page of an escalation: the mail's link leads to it, through the login."""

from datetime import datetime
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from accounts.models import User
from challenge.enrollment.holding import Danger, hold
from challenge.models import DeskItem, Enrollment, Escalation, Event, Hold, SafetyLevel
from challenge.safety.escalations import acknowledge
from tests.support.desk import logged, said

pytestmark = pytest.mark.django_db
PAIN = Danger(Hold.Reason.HIGH_PAIN, SafetyLevel.TODAY, Hold.Source.CHECK_IN, {"score": "8", "day": "1"})


@pytest.fixture
def opened(alice: Enrollment, clock: Any, now: datetime) -> Escalation:
    hold(alice.pk, PAIN, Event.Actor.SYSTEM, now)
    return Escalation.objects.get()


def address(escalation: Escalation, view: str = "change") -> str:
    return f"/coach/challenge/escalation/{escalation.pk}/{view}/"


def test_the_page_asks_for_a_login(client: Client, opened: Escalation) -> None:
    for answer in (client.get(address(opened)), client.post(address(opened, "acknowledge"))):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/coach/login/")
    opened.refresh_from_db()
    assert opened.state == "open"


def test_a_coach_acknowledges_and_resolves(coach: Client, opened: Escalation) -> None:
    page = said(coach.get(address(opened)))
    assert "Alice" in page
    assert "pain 8 on day 1" in page
    assert coach.get(address(opened, "acknowledge")).status_code == 405

    page = said(coach.post(address(opened, "acknowledge"), follow=True))
    assert "Takes care of it." in page
    assert "by coach@example.com" in page

    coach.post(address(opened, "resolve"))
    opened.refresh_from_db()
    assert (opened.state, opened.resolved_by) == ("resolved", User.objects.get(email="coach@example.com"))
    assert not DeskItem.objects.filter(kind="escalation", done_at=None).exists()
    assert logged() == [("acknowledged", {}), ("resolved", {})]
    assert b"/acknowledge/" not in (content := coach.get(address(opened)).content)
    assert b"/resolve/" not in content


def test_whoever_is_second_is_told_who_was_first(coach: Client, opened: Escalation, now: datetime) -> None:
    ann = User.objects.create_user("ann@example.org", is_staff=True)
    acknowledge(opened.pk, ann, now)

    page = said(coach.post(address(opened, "acknowledge"), follow=True))

    assert "This was done already: Tue 3 Mar 2026, 08:00, by ann@example.org." in page
    assert not LogEntry.objects.exists()


def test_the_list_shows_them(coach: Client, opened: Escalation) -> None:
    assert "Alice" in said(coach.get("/coach/challenge/escalation/"))
