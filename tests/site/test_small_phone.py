"""Every page, 320 px wide: nothing to scroll sideways, and everything big enough to hit."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.utils import timezone

from challenge.mail.links import Purpose, token, url
from challenge.models import Enrollment, Stretch
from tests.support.smtp_server import SmtpServer
from tests.support.visitor import whole_database

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Go = Callable[[datetime], None]
Open = Callable[..., Any]
DAY = timedelta(days=1)


def every_page(site: str, enroll: Any, go: Go) -> dict[str, str]:
    """Return the address of every page of a runner, by what it shows."""
    now = timezone.now()
    alice = enroll("alice", now=now)
    go(max(now, alice.next_due_at))
    pending, gone, paused = (
        enroll(f"now-{state}", state=state) for state in ("pending", "withdrawn", "paused")
    )
    Stretch.objects.filter(slug="leg-swings").update(
        recalled_at=now, replacement=Stretch.objects.get(slug="glute-bridge")
    )
    expired = token(Purpose.CHECK_IN, now - 12 * DAY, alice, 1)
    check_in = url(Purpose.CHECK_IN, now, alice, 1)
    return {
        "sign-up": site,
        "library": f"{site}/library/",
        "found": f"{site}/library/?words=hip&minutes=3#found",
        "nothing found": f"{site}/library/?words=zebra",
        "stretch": f"{site}/library/glute-bridge/",
        "recalled": f"{site}/library/leg-swings/",
        "questions": f"{site}/faq/",
        "about": f"{site}/about/",
        "sample": f"{site}/sample/",
        "sent": f"{site}/sent/",
        "links": f"{site}/links/",
        "privacy": f"{site}/privacy/",
        "not found": f"{site}/nowhere/",
        "confirm": url(Purpose.CONFIRM, now, pending),
        "confirmed": url(Purpose.CONFIRM, now, alice),
        "sign-up deleted": url(Purpose.CONFIRM, now - 7 * DAY, Enrollment()),
        "check-in": url(Purpose.CHECK_IN, now, alice, 1, choice="not_today"),
        "check-in with nothing proposed": check_in,
        "closed": url(Purpose.CHECK_IN, now, alice, 2),
        "day": url(Purpose.DAY, now, alice, 1),
        "day not sent": url(Purpose.DAY, now, alice, 2),
        "pause": url(Purpose.PAUSE, now, alice),
        "paused": url(Purpose.PAUSE, now, paused),
        "nothing to pause": url(Purpose.PAUSE, now, pending),
        "hour": url(Purpose.HOUR, now, alice),
        "hour in a pause": url(Purpose.HOUR, now, paused),
        "leave": url(Purpose.LEAVE, now, alice),
        "left": url(Purpose.LEAVE, now, gone),
        "nothing to keep": url(Purpose.KEEP, now, alice),
        "expired": f"{site}/check-in/{expired}/",
        "altered": f"{site}/hour/{expired}/",
        "gone": url(Purpose.HOUR, now, gone),
    }


WIDER = """() => [...document.querySelectorAll("body, body *")]
  .filter(e => e.getBoundingClientRect().right > innerWidth + 0.5 && e.getBoundingClientRect().width > 0)
  .map(e => e.outerHTML.slice(0, 80))"""
SMALL = """() => [...document.querySelectorAll("a, button, select, input:not([type=hidden]), textarea")]
  .filter(e => !e.closest(".unseen, .skip, p:not(.ways), li"))
  .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
  .filter(([_, box]) => box.width < 24 || box.height < 24).map(([html, _]) => html)"""
LEVELS = "() => [...document.querySelectorAll('h1, h2, h3, h4')].map(e => Number(e.tagName[1]))"


def test_every_page_on_a_small_phone(
    enroll: Any, site: str, sink: SmtpServer, go: Go, open_page: Open
) -> None:
    pages = every_page(site, enroll, go)
    page = open_page(width=320, height=640, timezone_id="America/Los_Angeles")
    before = whole_database()

    for name, address in pages.items():
        page.goto(address)
        assert (page.locator("[name=status]").count() == 3) is name.startswith("check-in"), name
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, name
        assert page.evaluate(WIDER) == [], name
        assert page.evaluate(SMALL) == [], name
        levels = page.evaluate(LEVELS)
        assert levels[0] == 1, name
        assert all(after <= level + 1 for level, after in pairwise(levels)), name
        assert [page.locator(mark).count() for mark in ("header", "main", "footer", "h1")] == [1, 1, 1, 1]
        assert page.title().endswith(" · Runner Reset")
        assert page.context.cookies() == []

    assert whole_database() == before
