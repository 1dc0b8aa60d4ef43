"""The runner's whole way in a real browser, with and without JavaScript.

`open_page` checks of every page that it logs no error, breaks no policy and asks no other host.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from challenge.models import CheckIn, Enrollment, Message
from tests.support.smtp_server import SmtpServer
from tests.support.visitor import READING, Watch, confirm_link, heading, lesson_link, link

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Go = Callable[[datetime], None]
Open = Callable[..., Any]
DAY = timedelta(days=1)


def test_with_javascript(program: Any, site: str, sink: SmtpServer, go: Go, open_page: Open) -> None:
    for zone in ("Pacific/Auckland", "America/Los_Angeles", "Asia/Calcutta"):
        page = open_page(timezone_id=zone)
        page.goto(site)
        assert page.input_value("[name=time_zone]") == zone
        tomorrow = datetime.now(ZoneInfo(zone)).date() + DAY
        assert page.input_value("[name=starts_on]") == f"{tomorrow:%Y-%m-%d}"
    page.fill("[name=email]", "maya@example.com")
    page.fill("[name=first_name]", "Maya")
    page.check("[name=mail_consent]")
    page.click("button")
    assert heading(page) == "Look into your mail"

    page.goto(site + confirm_link(sink, go))
    assert heading(page) == "Maya, is everything right?"
    page.check("[name=health_consent]")
    page.click("button")
    assert heading(page) == "Maya, ten questions first"
    page.wait_for_timeout(READING)
    page.get_by_role("group", name="Is feeling between your legs").get_by_text("no", exact=True).click()
    page.get_by_role("button", name="Save my answers").click()
    assert page.get_by_text("Answer this question with yes or no.").count() == 8
    assert page.is_checked("[name=saddle][value=no]")
    page.get_by_role("button", name="none fits").click()
    assert heading(page) == "You are in, Maya"
    enrollment = Enrollment.objects.get()
    assert (enrollment.starts_on, enrollment.time_zone) == (tomorrow, zone)

    page.goto(site + lesson_link(sink, go))
    assert page.get_by_text("Not saved yet.").is_visible()
    assert page.is_checked("[name=status][value=done]")
    page.get_by_role("group", name="Tightness").get_by_text("4", exact=True).click()
    page.fill("[name=distance]", "7,5")
    page.fill("[name=note]", "Light legs 🏃")
    page.get_by_role("button", name="Save").last.click()
    assert page.get_by_text("Saved, thank you.").is_visible()
    page.reload()
    assert page.input_value("[name=note]") == "Light legs 🏃"
    saved = CheckIn.objects.get()
    assert (saved.day, saved.status, saved.tightness, saved.note) == (1, "done", 4, "Light legs 🏃")


def test_a_form_that_was_refused_keeps_what_was_chosen(
    program: Any, site: str, settings: Any, open_page: Open
) -> None:
    settings.SIGN_UPS_PER_IP = 0
    page = open_page(timezone_id="Pacific/Auckland")
    page.goto(site)
    page.fill("[name=email]", "maya@example.com")
    page.fill("[name=first_name]", "Maya")
    in_a_week = f"{datetime.now(UTC).date() + 7 * DAY:%Y-%m-%d}"
    page.fill("[name=starts_on]", in_a_week)
    page.select_option("[name=time_zone]", "Asia/Tokyo")
    page.check("[name=mail_consent]")
    page.click("button")

    assert page.get_by_role("alert").inner_text().startswith("Too many requests came from this connection")
    assert page.input_value("[name=starts_on]") == in_a_week
    assert page.input_value("[name=time_zone]") == "Asia/Tokyo"
    assert page.input_value("[name=email]") == "maya@example.com"


def test_without_javascript(program: Any, site: str, sink: SmtpServer, go: Go, open_page: Open) -> None:
    page = open_page(timezone_id="Pacific/Auckland", java_script_enabled=False)
    page.goto(site)
    assert page.input_value("[name=time_zone]") == ""
    page.fill("[name=email]", "maya@example.com")
    page.fill("[name=first_name]", "Maya")
    page.check("[name=mail_consent]")
    page.click("button")
    assert page.get_by_text("Choose the time zone that you live in.").is_visible()
    assert page.input_value("[name=email]") == "maya@example.com"
    page.select_option("[name=time_zone]", "Pacific/Auckland")
    page.click("button")
    assert heading(page) == "Look into your mail"

    page.goto(site + confirm_link(sink, go))
    page.click("button")
    assert heading(page) == "Maya, ten questions first"
    page.wait_for_timeout(READING)
    page.get_by_role("button", name="None of these").click()
    assert heading(page) == "You are in, Maya"

    page.goto(site + lesson_link(sink, go))
    page.get_by_text("Partly", exact=True).click()
    page.fill("[name=distance]", "3")
    page.get_by_role("button", name="Save").first.click()
    assert page.get_by_text("Saved, thank you.").is_visible()
    assert CheckIn.objects.get().status == "partly"

    page.goto(site + link(sink.lessons[-1], "day"))
    page.click("button")
    assert page.get_by_text("Write your words first.").is_visible()
    page.fill("[name=text]", "May I do it twice?")
    page.click("button")
    assert page.get_by_text("your question is kept").is_visible()
    assert Message.objects.get().text == "May I do it twice?"
    page.goto(site + link(sink.lessons[-1], "pause"))
    page.click("button")
    assert heading(page) == "Your course is paused"
    page.click("button")
    assert heading(page) == "Your course goes on"

    page.goto(site + link(sink.mails[-1], "leave"))
    page.click("button")
    assert heading(page) == "You have left"


@pytest.mark.parametrize("with_script", [True, False])
def test_the_public_pages(program: Any, site: str, open_page: Open, with_script: bool) -> None:
    page = open_page(java_script_enabled=with_script)
    page.goto(site)
    page.click(".first a")
    assert page.locator(":target").is_visible()
    page.go_back()
    page.click("text=Read a sample day")
    assert "Day 9 of 21" in page.locator("main").inner_text()
    page.get_by_role("link", name="Library").click()
    page.fill("[name=words]", "Press-Up")
    page.select_option("[name=equipment]", "mat")
    page.click("button")
    assert page.locator("#found").inner_text().startswith("1 of ")
    assert page.input_value("[name=words]") == "Press-Up"
    page.click(".cards a")
    assert heading(page) == "Prone press-up"
    for picture in page.locator("picture img").all():
        assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
    page.get_by_role("link", name="Join").click()
    assert page.get_by_label("Email address").is_visible()


def test_the_watch_sees_a_broken_policy_and_a_foreign_host(site: str, browser: Any, db: None) -> None:
    page = browser.new_context().new_page()
    watch = Watch(page.context)
    page.goto(f"{site}/privacy/")
    assert watch.trouble() == []

    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: '1'}))")
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('img'), {src: 'http://x.test'}))"
    )
    page.wait_for_timeout(200)
    page.context.close()

    assert sum("Content Security Policy" in line for line in watch.trouble()) == 2
