"""A runner tells of strong pain; the coach is told, answers and lifts the hold; the course goes on."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from challenge.mail.links import Purpose, url
from challenge.models import Delivery, DeskItem, Enrollment, Escalation
from tests.support.desk import enter
from tests.support.smtp_server import SmtpServer
from tests.support.visitor import body, link, links_in

pytestmark = [pytest.mark.browser, pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ALICE, COACH = "alice@example.com", "coach@example.com"
WHERE, NOTE = "groin, when I lift the knee", "It began on the hill."
ANSWER = "Please let a doctor see you this week, and tell me what is said."
# Of what she told, and of what follows from it.
OF_HEALTH = ("pain", "groin", "knee", "hill", "hurt", "sharp", "doctor", "symptom", "alice")


def test_from_pain_to_the_next_lesson(
    alice: Enrollment,
    coach: Client,
    site: str,
    sink: SmtpServer,
    go: Callable[[datetime], None],
    open_page: Callable[..., Any],
    clock: Any,
    now: datetime,
) -> None:
    go(now)
    clock.move_to(now + HOUR)
    page = open_page()
    tells(page, site + link(sink.lessons[0], "check-in", "partly"), clock)
    assert Enrollment.objects.get().state == "held"

    clock.shift(MINUTE)
    go(timezone.now())
    [told] = sink.to(COACH)
    words = " ".join([str(told["Subject"]), body(told), body(told, "html")]).lower()
    assert [word for word in OF_HEALTH if word in words] == []
    [held] = [mail for mail in sink.to(ALICE) if mail not in sink.lessons]
    assert "because of what you told in a check-in" in " ".join(body(held).split())

    desk = open_page()
    enter(desk, site, coach)
    answers(desk, site, next(path for path in links_in(told) if path.startswith("/coach/")))
    go(timezone.now())
    assert ANSWER in " ".join(body(sink.to(ALICE)[-1]).split())
    page.goto(url(Purpose.OWN_PAGE, timezone.now(), Enrollment.objects.get()))
    page.get_by_text(ANSWER).wait_for()
    page.get_by_text("pain 8 on day 1").wait_for()

    clock.move_to(now + DAY + HOUR)
    go(timezone.now())
    assert len(sink.lessons) == 1
    clears(desk, site)
    go(timezone.now())
    [cleared] = [mail for mail in sink.to(ALICE) if "lifted" in mail["Subject"]]
    assert "Your coach has lifted the hold" in body(cleared)
    assert [lesson["Subject"][:6] for lesson in sink.lessons] == ["Day 1:", "Day 2:"]
    first_words = " ".join(body(sink.lessons[-1]).partition("Hello \u2068Alice\u2069,")[2].split())
    assert first_words.startswith("Your coach has lifted the hold. Begin gently,")
    assert len(sink.to(COACH)) == 1


def tells(page: Any, address: str, clock: Any) -> None:
    """Fill in the check-in as somebody does who has it before her for a minute."""
    page.goto(address)
    clock.shift(MINUTE)
    page.get_by_role("group", name="Worst pain").get_by_text("8", exact=True).click()
    page.get_by_role("group", name="Where does it hurt most?").get_by_text("groin").click()
    page.fill("[name=pain_where]", WHERE)
    page.fill("[name=note]", NOTE)
    page.get_by_role("button", name="Save").last.click()
    page.get_by_text("You told us of pain 8").wait_for()
    page.get_by_text("Your lessons wait until somebody who has examined you").wait_for()


def answers(page: Any, site: str, path: str) -> None:
    """Follow the link of the mail, take care of it, read the row on the desk, and answer."""
    page.goto(site + path)
    page.get_by_role("button", name="I take care of it").click()
    assert Escalation.objects.get().state == "acknowledged"
    page.goto(f"{site}/coach/")
    row = page.locator(".needy").inner_text()
    assert [words for words in ("Alice", "Pain 8 on day 1", WHERE, NOTE) if words not in row] == []
    page.get_by_role("link", name="Write to the runner").click()
    page.fill("[name=text]", ANSWER)
    page.get_by_role("button", name="Send it").click()
    page.get_by_text("Your words are saved, and go out by mail at once.").wait_for()
    assert page.locator(".needy").count() == 1


def clears(page: Any, site: str) -> None:
    page.goto(f"{site}/coach/")
    page.get_by_role("link", name="Clear the hold").click()
    page.fill("[name=because]", "Her doctor has seen her and agrees.")
    page.get_by_role("button", name="Clear the hold").click()
    page.get_by_text("The hold is cleared, and the runner is told.").wait_for()
    page.get_by_text("Nobody needs you just now.").wait_for()
    assert not DeskItem.objects.filter(done_at=None).exists()
    assert not Delivery.objects.filter(state="sending").exists()
