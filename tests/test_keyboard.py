"""The runner's whole way by keyboard alone; wherever the focus is, one can see it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from challenge.models import CheckIn, Enrollment
from tests.smtp_sink import Sink
from tests.visitor import confirm_link, heading, lesson_link

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Go = Callable[[datetime], None]
Open = Callable[..., Any]


class Keyboard:
    """Somebody without a mouse."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def tab_to(self, selector: str) -> None:
        """Press Tab until the element has the focus; wherever it is on the way, one can see it."""
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

    def submits(self) -> None:
        self.tab_to("button")
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")


# Of a radio button the cell around it is drawn.
SHOWS_FOCUS = """() => {
  const focused = document.activeElement;
  if (focused === document.body) return true;
  const drawn = focused.type === "radio" ? focused.closest("label") : focused;
  const box = drawn.getBoundingClientRect();
  const style = getComputedStyle(drawn);
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return outlined && box.right > 0 && box.width > 0;
}"""


def test_by_keyboard_alone(program: Any, site: str, sink: Sink, go: Go, open_page: Open) -> None:
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
