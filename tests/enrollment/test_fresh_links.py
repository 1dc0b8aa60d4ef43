"""Fresh links replace lost mails: they are of the newest day that was sent."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from challenge.models import Delivery
from tests.support.smtp_script import accept, always
from tests.support.smtp_server import SmtpServer
from tests.support.visitor import link

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
