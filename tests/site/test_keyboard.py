"""The runner's whole way by keyboard alone, with the focus always visible."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from challenge.mail.links import Purpose, url
from challenge.models import CheckIn, Enrollment
from tests.support.smtp_server import SmtpServer
from tests.support.visitor import READING, confirm_link, heading, lesson_link, link

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Go = Callable[[datetime], None]
Open = Callable[..., Any]


class Keyboard:
    def __init__(self, page: Any) -> None:
        self.page = page

    def tab_to(self, selector: str) -> None:
        """Press Tab until the element has the focus; check that the focus is always visible."""
        for _ in range(60):
            self.page.keyboard.press("Tab")
            assert self.page.evaluate(SHOWS_FOCUS), self.page.evaluate("document.activeElement.outerHTML")
            if self.page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
                return
        pytest.fail(f"Tab never came to {selector}")

    def types(self, selector: str, text: str) -> None:
        self.tab_to(selector)
        self.page.keyboard.type(text)

    def presses(self, selector: str, key: str) -> None:
        self.tab_to(selector)
        self.page.keyboard.press(key)

    def follows(self, selector: str) -> None:
        self.tab_to(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def submits(self) -> None:
        self.tab_to("button")
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")


# The cell around a radio button shows its focus.
SHOWS_FOCUS = """() => {
  const focused = document.activeElement;
  if (focused === document.body) return true;
  const drawn = focused.type === "radio" ? focused.closest("label") : focused;
  const box = drawn.getBoundingClientRect();
  const style = getComputedStyle(drawn);
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return outlined && box.right > 0 && box.width > 0;
}"""


IN_SIGHT = """field => {
  const box = (field.closest("label") ?? field).getBoundingClientRect();
  return box.top >= 0 && box.bottom <= innerHeight;
}"""


def test_by_keyboard_alone(program: Any, site: str, sink: SmtpServer, go: Go, open_page: Open) -> None:
    page = open_page(width=1024, timezone_id="Europe/London")
    keys = Keyboard(page)
    page.goto(site)
    keys.presses(".skip", "Enter")
    keys.types("[name=email]", "maya@example.com")
    keys.types("[name=first_name]", "Maya")
    keys.types("[name=send_at]", "07:15")
    keys.types("[name=time_zone]", "Lisbon")
    keys.presses("[name=mail_consent]", "Space")
    keys.submits()
    assert heading(page) == "Look into your mail"
    enrollment = Enrollment.objects.get()
    assert (f"{enrollment.send_at:%H:%M}", enrollment.time_zone) == ("07:15", "Europe/Lisbon")

    page.goto(site + confirm_link(sink, go))
    keys.submits()
    assert heading(page) == "Maya, ten questions first"
    page.wait_for_timeout(READING)
    keys.submits()
    assert heading(page) == "You are in, Maya"

    page.goto(site + lesson_link(sink, go))
    keys.presses("[name=status]", "ArrowRight")
    keys.submits()
    assert page.get_by_text("Saved, thank you.").is_visible()
    assert CheckIn.objects.get().status == "partly"
    keys.presses("[name=keep_health]", "Space")
    keys.presses("[name=tightness]", "ArrowLeft")
    keys.types("[name=note]", "Fine")
    keys.submits()
    saved = CheckIn.objects.get()
    assert (saved.tightness, saved.note) == (10, "Fine")

    page.goto(site + link(sink.lessons[0], "day"))
    keys.types("[name=text]", "May I do it twice?")
    keys.submits()
    assert page.get_by_text("your question is kept").is_visible()
    page.goto(site + link(sink.lessons[0], "pause"))
    keys.submits()
    assert heading(page) == "Your course is paused"
    keys.submits()
    assert heading(page) == "Your course goes on"


def test_a_refused_form_begins_at_what_is_to_be_mended(
    program: Any, site: str, sink: SmtpServer, go: Go, open_page: Open, enroll: Any
) -> None:
    now = timezone.now()
    alice = enroll("alice", now=now)
    go(max(now, alice.next_due_at))
    page = open_page(java_script_enabled=False)

    def has_focus() -> str:
        shown = page.locator(":focus")
        assert shown.count() == 1
        assert shown.evaluate(IN_SIGHT)
        return str(shown.get_attribute("name"))

    page.goto(f"{site}/#join")
    page.fill("[name=email]", "maya@example.com")
    page.click("main form button")
    page.wait_for_load_state()
    assert has_focus() == "first_name"
    page.goto(f"{site}/links/")
    page.click("button")
    page.wait_for_load_state()
    assert has_focus() == "email"
    page.goto(f"{url(Purpose.DAY, now, alice, 1)}?asked#ask")
    page.click("button")
    page.wait_for_load_state()
    assert has_focus() == "text"
    page.goto(url(Purpose.CHECK_IN, now, alice, 1))
    page.click("button")
    page.wait_for_load_state()
    assert has_focus() == "status"


def test_the_public_pages_by_keyboard_alone(program: Any, site: str, open_page: Open) -> None:
    page = open_page(width=1024)
    keys = Keyboard(page)
    page.goto(site)
    keys.follows(".first a")
    assert page.locator(":target").count() == 1
    page.goto(site)
    keys.follows("nav a[href='/library/']")
    keys.types("[name=words]", "bridge")
    keys.types("[name=area]", "Back of hip")
    keys.submits()
    assert page.locator("#found").inner_text().startswith("2 of ")
    keys.follows(".cards a")
    assert heading(page) == "Glute bridge"
    keys.follows("nav a[href='/faq/']")
    keys.presses(".contents a", "Enter")
    assert page.locator(":target").count() == 1
