"""The second contact takes care of an escalation with one button, and sees no name and nothing of health."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from challenge.enrollment.holding import Danger, hold
from challenge.mail.links import take_care_url
from challenge.models import Enrollment, Escalation, Event, Hold, SafetyLevel, SafetyRules
from challenge.safety.escalations import acknowledge, escalate, resolve
from tests.support.desk import said
from tests.support.smtp_server import SmtpServer
from tests.support.visitor import body, link, whole_database

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
GROIN = Danger(Hold.Reason.BONE_STRESS, SafetyLevel.EMERGENCY, Hold.Source.CHECK_IN)
# What neither a mail to a coach, nor a page without a login, says.
FOOTER = "In an emergency call your local emergency number."
TELLING = ("alice", "pain", "hip", "groin", "bone", "safety", "urgent", "emergency", "health", "hold", "held")


@pytest.fixture
def opened(alice: Enrollment, clock: Any, now: datetime, settings: Any) -> Escalation:
    settings.TIME_ZONE = "UTC"
    hold(alice.pk, GROIN, Event.Actor.SYSTEM, now)
    clock.move_to(now + MINUTE)
    return Escalation.objects.get()


@pytest.fixture
def page(opened: Escalation, now: datetime) -> str:
    return "/" + take_care_url(opened, now).split("/", 3)[3]


def assert_tells_nothing(text: str) -> None:
    assert [word for word in TELLING if word in text.casefold()] == []


def test_looking_changes_nothing_and_the_button_acknowledges(
    client: Client, opened: Escalation, page: str, now: datetime
) -> None:
    before = whole_database()
    for ask in (client.get, client.head):
        answer = ask(page)
        assert answer.status_code == 200
    assert whole_database() == before
    assert "Since Tuesday, 3 March, 08:00 UTC nobody has taken care of it." in said(client.get(page))

    answer = client.post(page, follow=True)

    opened.refresh_from_db()
    assert (opened.state, opened.acknowledged_by) == ("acknowledged", None)
    assert opened.acknowledged_at == now + MINUTE
    assert "Thank you You have taken care of it since Tuesday, 3 March, 08:01 UTC." in said(answer)
    assert not client.cookies


def test_whoever_is_second_is_told_who_was_first_and_when(
    client: Client, opened: Escalation, page: str, now: datetime
) -> None:
    ann = User.objects.create_user("ann@example.org", first_name="Ann", is_staff=True)
    acknowledge(opened.pk, ann, now)
    for answer in (client.post(page, follow=True), client.get(page)):
        assert "A coach said so on Tuesday, 3 March, 08:00 UTC." in said(answer)
        assert b"<form" not in answer.content
        assert_tells_nothing(answer.content.decode().partition("<main")[2].partition("</main")[0])
        assert "Ann" not in said(answer)
    opened.refresh_from_db()
    assert opened.acknowledged_by == ann


def test_a_second_press_is_told_that_the_first_one_counted(client: Client, page: str) -> None:
    client.post(page)
    answer = client.post(page, follow=True)
    assert "The second contact said so on Tuesday, 3 March, 08:01 UTC." in said(answer)


def test_what_is_resolved_stays_so(client: Client, opened: Escalation, page: str, now: datetime) -> None:
    resolve(opened.pk, None, now)
    assert "It was resolved on Tuesday, 3 March" in said(client.post(page, follow=True))
    opened.refresh_from_db()
    assert opened.acknowledged_at is None


def test_the_link_ends(client: Client, page: str, clock: Any, now: datetime) -> None:
    assert client.get(page[:-3] + "AB/").status_code == 404
    clock.move_to(now + 3 * DAY)
    answer = client.post(page)
    assert answer.status_code == 410
    assert "the next mail has a fresh one" in said(answer)
    assert Escalation.objects.get().state == "open"


def test_the_mails_say_nothing_and_lead_to_the_pages(
    client: Client, alice: Enrollment, sink: SmtpServer, go: Any, clock: Any, now: datetime, settings: Any
) -> None:
    User.objects.create_superuser("ann@example.org", "x")
    SafetyRules.objects.create(pk=1, second_contact="sam@example.net", second_after=5)
    settings.TIME_ZONE = "UTC"
    hold(alice.pk, GROIN, Event.Actor.SYSTEM, now)
    go(now)
    escalate(now + 5 * MINUTE)
    go(now + 5 * MINUTE)
    [to_coach], [to_second] = sink.to("ann@example.org"), sink.to("sam@example.net")
    for mail in (to_coach, to_second):
        assert mail["Subject"] == "A runner needs you"
        assert "Tuesday, 3 March, 08:00" in body(mail)
        parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
        assert len(parts) == 2
        for part in parts:
            assert_tells_nothing(" ".join(part.split()).replace(FOOTER, ""))
        for name in ("List-Unsubscribe", "List-ID", "Feedback-ID"):
            assert mail[name] is None
    assert f"/coach/challenge/escalation/{Escalation.objects.get().pk}/change/" in body(to_coach)
    clock.move_to(now + 6 * MINUTE)
    client.post(link(to_second, "take-care"))
    assert Escalation.objects.get().state == "acknowledged"

    escalate(now + 7 * HOUR)
    go(now + 7 * HOUR)
    again = [sink.to(address)[1] for address in ("ann@example.org", "sam@example.net")]
    for mail in again:
        assert "took care of it at Tuesday, 3 March, 08:06" in " ".join(body(mail).split())
