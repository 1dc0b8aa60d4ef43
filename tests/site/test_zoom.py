"""M5: from sign-up to leaving without a script, on a screen of 320 px, with the page or the text at 200%, by
touch and by keyboard alone; nothing is cut off or covered on any page."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from challenge.models import CheckIn, Enrollment, Message
from tests.gallery.pages import cast, every_page
from tests.site.test_keyboard import Keyboard
from tests.support.smtp_server import SmtpServer
from tests.support.visitor import READING, confirm_link, heading, lesson_link, link

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Go = Callable[[datetime], None]
Open = Callable[..., Any]

PHONE = {"width": 320, "height": 640}
# A window of 1280 by 720 at 200%: half as many CSS pixels, each twice as large.
ZOOMED = {"width": 640, "height": 360, "device_scale_factor": 2}

CUT_OFF = """() => [...document.querySelectorAll("body *")]
  .filter(e => !e.closest(".unseen, .skip") && getComputedStyle(e).display !== "inline")
  .filter(e => e.clientWidth > 0 && !["SELECT", "INPUT", "TEXTAREA"].includes(e.tagName))
  .filter(e => e.scrollWidth > e.clientWidth + 1
    || (getComputedStyle(e).overflowY !== "visible" && e.scrollHeight > e.clientHeight + 1))
  .filter((e, _, all) => !all.some(other => other !== e && e.contains(other)))
  .map(e => e.outerHTML.slice(0, 120))"""
COVERED = """() => [...document.querySelectorAll("a, button, select, input, textarea, summary")]
  .filter(e => !e.closest(".unseen, .skip") && e.getClientRects().length)
  .filter(e => {
    e.scrollIntoView({block: "center", behavior: "instant"});
    const box = e.getClientRects()[0];
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return !(e.closest("label") ?? e).contains(top);
  })
  .map(e => e.outerHTML.slice(0, 120))"""


class ByHand:
    """A runner who taps: what is covered or out of reach can't be tapped."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def fills(self, field: str, text: str) -> None:
        self.page.click(field)
        self.page.fill(field, text)

    def chooses(self, field: str, option: str) -> None:
        self.page.select_option(field, label=option)

    def ticks(self, box: str) -> None:
        self.page.locator(f"label:has({box}), {box}").first.click()

    def sends(self, button: str = "button") -> None:
        self.page.locator(button).first.click()


class ByKeyboard(Keyboard):
    fills = chooses = Keyboard.types

    def ticks(self, box: str) -> None:
        self.presses(box, "Space")

    def sends(self, button: str = "button") -> None:
        self.follows(button)


def enlarge(page: Any) -> None:
    """Enlarge the text as a reader's own style sheet does; it needs no script."""

    def doubled(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text() + "\nhtml { font-size: 200% }")

    page.route("**/site.css", doubled)


@pytest.mark.parametrize(
    ("screen", "letters", "hand"),
    [(PHONE, 1, ByHand), (ZOOMED, 1, ByHand), (PHONE, 2, ByKeyboard)],
    ids=["320 px", "zoom 200%", "320 px and letters at 200% by keyboard"],
)
def test_the_whole_way_without_a_script(
    program: Any, site: str, sink: SmtpServer, go: Go, open_page: Open, screen: Any, letters: int, hand: Any
) -> None:
    page = open_page(java_script_enabled=False, **screen)
    if letters == 2:
        enlarge(page)
    somebody = hand(page)

    def opens(path: str) -> None:
        page.goto(site + path)

    def arrives(title: str) -> None:
        page.wait_for_load_state()  # text is measured under the page's own style sheet
        assert heading(page) == title
        assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"]
        size = page.evaluate("parseFloat(getComputedStyle(document.querySelector('button, p')).fontSize)")
        assert size >= 14 * letters

    opens("/")
    somebody.fills("[name=email]", "maya@example.com")
    somebody.fills("[name=first_name]", "Maya")
    somebody.chooses("[name=time_zone]", "Auckland")
    somebody.ticks("[name=mail_consent]")
    somebody.sends()
    arrives("Look into your mail")
    opens(confirm_link(sink, go))
    somebody.sends()
    arrives("Maya, ten questions first")
    page.wait_for_timeout(READING)
    somebody.sends()
    arrives("You are in, Maya")

    check_in = lesson_link(sink, go)
    opens(link(sink.lessons[0], "day"))
    somebody.fills("[name=text]", "May I do it twice?")
    somebody.sends()
    assert page.get_by_text("your question is kept").is_visible()
    opens(check_in)
    somebody.ticks("[name=status]")
    somebody.fills("[name=distance]", "3")
    somebody.sends()
    arrives("How was day 1, Maya?")
    assert page.get_by_text("Saved, thank you.").is_visible()

    opens(link(sink.lessons[0], "hour"))
    somebody.chooses("[name=send_at]", "06:15")
    somebody.sends()
    arrives("When should lessons come?")
    assert f"{Enrollment.objects.get().send_at:%H:%M}" == "06:15"
    opens(link(sink.lessons[0], "pause"))
    somebody.sends()
    arrives("Your course is paused")
    somebody.sends()
    arrives("Your course goes on")
    opens(link(sink.lessons[0], "leave"))
    somebody.sends()
    arrives("You have left")
    assert (CheckIn.objects.get().status, Message.objects.count()) == ("done", 1)


def test_nothing_is_cut_off_or_covered(program: Any, site: str, go: Go, open_page: Open) -> None:
    """On each page the text grows first, as by a reader's own style sheet, then the whole page."""
    now = timezone.now()
    page = open_page(reduced_motion="reduce", **ZOOMED)
    found = []

    for name, (address, _status) in every_page(cast(program, go, now), now).items():
        page.goto(address)
        page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
        for size, screen in (("200%", PHONE), ("", ZOOMED)):
            page.set_viewport_size({"width": screen["width"], "height": screen["height"]})
            page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
            for what, look in (("cut off", CUT_OFF), ("covered", COVERED)):
                found += [f"{name}, {screen}, {what}: {where}" for where in page.evaluate(look)]

    assert not found, "\n".join(found)
