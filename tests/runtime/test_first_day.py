"""A newcomer's first day: `bin/dev` is started, and all else happens in a browser. Then it is killed, and
started again."""

import json
import signal
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psutil
import pytest

from tests.runtime.conftest import Dev
from tests.support import free_port

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.pure]

ARRIVES_WITHIN = 120
ZONES = ("Pacific/Honolulu", "America/New_York", "Europe/London", "Asia/Dubai", "Pacific/Auckland")


class Inbox:
    def __init__(self, dev: Dev, page: Any) -> None:
        self.dev, self.page = dev, page

    def opens(self, subject: str) -> None:
        deadline = time.monotonic() + ARRIVES_WITHIN
        while not any(mail["subject"].startswith(subject) for mail in self._mails()):
            assert time.monotonic() < deadline, f"{subject!r} has not arrived: {self._mails()}"
            time.sleep(0.3)
        self.page.goto(f"{self.dev.url}/inbox/")
        self.page.get_by_role("link", name=subject).click()

    def _mails(self) -> list[dict[str, Any]]:
        with urllib.request.urlopen(f"{self.dev.url}/inbox/mails.json", timeout=10) as answer:
            found: list[dict[str, Any]] = json.load(answer)["mails"]
            return found

    def follows(self, name: str) -> Any:
        """Click a link of the opened mail. Return the tab in which it opens."""
        found = self.page.frame_locator("iframe").get_by_role("link", name=name, exact=True).first
        self.page.bring_to_front()
        with self.page.context.expect_page() as tab:
            found.click()
        tab.value.wait_for_load_state()
        return tab.value


def signs_up(page: Any, dev: Dev, zone: str) -> None:
    local = datetime.now(ZoneInfo(zone))
    page.goto(dev.url)
    page.fill("[name=email]", "maya@example.com")
    page.fill("[name=first_name]", "Maya")
    page.fill("[name=starts_on]", f"{local:%Y-%m-%d}")
    page.select_option("[name=send_at]", f"{local.hour:02}:{local.minute // 15 * 15:02}")
    assert page.input_value("[name=time_zone]") == zone
    page.check("[name=mail_consent]")
    page.click("button")
    assert page.locator("h1").inner_text() == "Look into your mail"


def test_it_starts_again_after_a_kill_with_all_that_was_there(
    start: type[Dev],
    tmp_path: Path,
    open_page: Callable[..., Any],
) -> None:
    var, port = tmp_path / "a folder", free_port()
    first = start(var, port)
    first.wait_until_ready()
    login = first.said_of("Coach")
    assert login.startswith("coach@example.com  password: ")
    assert first.said_of("Inbox") == f"{first.url}/inbox/"
    assert json.loads(first.get("/inbox/mails.json")) == {"mails": []}
    assert len(first.running("redis.sock")) == 1
    other = start(var, free_port())
    assert other.wait() == 1
    assert "runs already on the data" in other.said[0]
    assert first.get("/healthz") == b"ok"
    spend_the_day(first, open_page)
    redis = first.running("redis.sock")
    first.process.kill()
    with suppress(psutil.NoSuchProcess):  # it ends by itself when its parent is gone
        redis[0].kill()
    assert first.left_over() == [], "its processes do not outlive it"
    assert (var / "run" / "redis.sock").is_socket(), "the kill left a stale socket"

    second = start(var, port)
    second.wait_until_ready()
    assert second.said_of("Coach") == login
    assert second.end(signal.SIGINT) == 130
    assert second.left_over() == []


def spend_the_day(dev: Dev, open_page: Callable[..., Any]) -> None:
    """From the sign-up page to the coach's desk."""
    zone = next(name for name in ZONES if 8 <= datetime.now(ZoneInfo(name)).hour < 19)
    page = open_page(timezone_id=zone)
    inbox = Inbox(dev, page)
    signs_up(page, dev, zone)

    page.get_by_role("link", name="Open the local inbox").click()
    inbox.opens("Please confirm")
    tab = inbox.follows("Confirm my place")
    tab.check("[name=health_consent]")
    tab.get_by_role("button", name="Yes, start my course").click()
    tab.get_by_role("heading", name="Maya, ten questions first").wait_for()
    tab.wait_for_timeout(2100)  # a form that comes back faster was not read
    tab.get_by_role("button", name="none fits").click()
    tab.get_by_role("heading", name="You are in, Maya").wait_for()

    inbox.opens("Day 1: ")
    lesson = page.frame_locator("iframe")
    assert lesson.locator("h1").inner_text() == "Say hello to your psoas"
    page.get_by_role("link", name="Text", exact=True).click()
    text = page.locator("pre").inner_text()
    assert "Hello \u2068Maya\u2069," in text
    assert "SAY HELLO TO YOUR PSOAS" in text
    page.get_by_role("link", name="HTML", exact=True).click()

    tab = inbox.follows("Done")
    assert tab.get_by_text("Not saved yet.").is_visible()
    tab.get_by_role("group", name="Tightness").get_by_text("4", exact=True).click()
    tab.fill("[name=note]", "Light legs")
    tab.get_by_role("button", name="Save").last.click()
    tab.get_by_text("Saved, thank you.").wait_for()

    desk = open_page(width=1280, height=900)
    address, _, password = dev.said_of("Coach").partition("  password: ")
    desk.goto(f"{dev.url}/coach/")
    desk.fill("[name=username]", address)
    desk.fill("[name=password]", password)
    desk.get_by_role("button", name="Log in").click()
    desk.locator("#content-main").get_by_role("link", name="Enrollments", exact=True).click()
    desk.locator("#result_list").get_by_role("link", name="Maya").first.click()
    story = desk.locator("#content").inner_text()
    assert "Light legs" in story
    assert "Done" in story
