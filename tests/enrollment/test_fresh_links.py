"""Fresh links replace lost mails: they are of the newest day that was sent."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from challenge.enrollment.transitions import PauseCause, pause
from challenge.mail import links
from challenge.mail.links import Purpose
from challenge.models import Delivery
from tests.support.smtp_script import accept, always
from tests.support.smtp_server import SmtpServer
from tests.support.visitor import body, link

pytestmark = pytest.mark.django_db


def test_fresh_links_are_of_the_newest_day_that_was_sent(
    client: Client, alice: Any, sink: SmtpServer, go: Callable[[datetime], None], clock: Any, now: datetime
) -> None:
    """Day 2 is queued, and was not sent yet."""
    tomorrow = now + timedelta(days=1)
    go(now)
    sink.script = always("recipient", "451 later")
    clock.move_to(tomorrow)
    go(tomorrow)
    assert Delivery.objects.get(day=2).state == "retry"
    sink.script = accept

    assert client.post("/links/", {"email": "alice@example.com"}).status_code == 302
    go(tomorrow)

    assert Delivery.objects.get(kind="links").day == 1
    page = client.get(link(sink.mails[-1], "check-in", "done")).content.decode()
    assert "Day 1" in page
    assert "Day 2" not in page


def test_a_paused_runner_is_told_so_and_offered_to_go_on(
    client: Client, alice: Any, sink: SmtpServer, go: Callable[[datetime], None], clock: Any, now: datetime
) -> None:
    go(now)
    pause(alice.pk, PauseCause.RUNNER, now)
    later = now + timedelta(days=20)
    clock.move_to(later)
    client.post("/links/", {"email": "alice@example.com"})
    go(later)

    mail = sink.mails[-1]
    for kind in ("plain", "html"):
        text = body(mail, kind)
        assert "Your course is paused" in text
        assert "how did it go?" not in text
        assert "/check-in/" not in text
        assert text.index("Your course is paused") < text.index("Go on with my course")
    path = link(mail, "pause")
    clock.move_to(later + timedelta(days=399))
    assert b"Your course is paused" in client.get(path).content
    client.post(path, {"action": "resume"})
    alice.refresh_from_db()
    assert alice.state == "active"


def test_a_pause_just_begun_leaves_the_check_in_open(
    client: Client, alice: Any, sink: SmtpServer, go: Callable[[datetime], None], now: datetime, clock: Any
) -> None:
    go(now)
    pause(alice.pk, PauseCause.RUNNER, now)
    client.post("/links/", {"email": "alice@example.com"})
    go(now)

    [mail] = [mail for mail in sink.mails if mail["Subject"] == "Your fresh links"]
    text = body(mail)
    assert text.index("Go on with my course") < text.index("Day 1: how did it go?")
    assert client.get(link(mail, "check-in", "done")).status_code == 200


def test_a_link_to_pause_lasts_no_longer_than_it_has_to(alice: Any, clock: Any, now: datetime) -> None:
    path = links.token(Purpose.PAUSE, now, alice)

    with pytest.raises(links.LinkExpired):
        links.open(Purpose.PAUSE, path, now + timedelta(days=60))


def test_the_mail_about_a_pause_has_a_link_that_lasts_as_long(
    client: Client, alice: Any, sink: SmtpServer, go: Callable[[datetime], None], clock: Any, now: datetime
) -> None:
    pause(alice.pk, PauseCause.COACH, now)
    go(now)
    clock.move_to(now + timedelta(days=399))

    assert b"Go on with my course" in client.get(link(sink.mails[-1], "pause")).content
