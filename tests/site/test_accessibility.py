"""M3: axe finds nothing on any page and in no mail's HTML, in light and in dark colours."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from challenge.curriculum.recall import recall
from challenge.models import Stretch
from tests.gallery.build import INSTEAD, RECALLED, WHY
from tests.gallery.mails import sent_mails
from tests.gallery.pages import cast, every_page
from tests.gallery.reporting import print_result
from tests.support.axe import Looks

pytestmark = pytest.mark.browser

# Wrong input for each form, which the next page marks.
WRONG = {
    "sign-up": ("[name=email]", "maya@"),
    "check-in": ("[name=distance]", "far"),
    "day": ("[name=text]", ""),
    "links": ("[name=email]", "maya@"),
    "own-page": ("[name=email]", "maya@"),
}

SEND_AS_IT_IS = "field => { field.form.noValidate = true; field.form.requestSubmit(); }"


@pytest.mark.django_db(transaction=True)
def test_every_page(
    program: Any,
    site: str,
    go: Callable[[datetime], None],
    open_page: Callable[..., Any],
    capsys: pytest.CaptureFixture[str],
) -> None:
    now = timezone.now()
    stretches = Stretch.objects.filter(program=program)
    recall(stretches.get(slug=RECALLED), stretches.get(slug=INSTEAD), WHY, now, None)
    pages = every_page(cast(program, go, now), now)
    looks = Looks(page := open_page())

    for name, (address, status) in pages.items():
        assert page.goto(address).status == status, name
        looks.at(name)
    for name, (field, value) in WRONG.items():
        page.goto(pages[name].address)
        page.fill(field, value)
        with page.expect_navigation() as sent:
            page.eval_on_selector(field, SEND_AS_IT_IS)
        assert sent.value.status == 422, name
        looks.at(f"{name} sent wrongly")
    page.goto(pages["check-in"].address)
    page.fill("[name=note]", "Light legs")
    page.locator("button").first.click()
    assert page.input_value("[name=note]") == "Light legs"
    looks.at("check-in saved from here")
    for name, words in (("day", "I feel numb between my legs."), ("own-page", "My foot drops when I walk.")):
        page.goto(pages[name].address)
        page.fill("[name=text]", words)
        with page.expect_navigation():
            page.eval_on_selector("[name=text]", SEND_AS_IT_IS)
        assert page.locator("[role=alert]").first.is_visible()
        looks.at(f"{name} with red words")
    signs_up_with_a_slip(page, pages["sign-up"].address)
    looks.at("sent with a slip")

    print_result(capsys, looks.told(f"{len(pages) + len(WRONG) + 3} pages"))
    assert not looks.found, "\n".join(looks.found)


def signs_up_with_a_slip(page: Any, address: str) -> None:
    page.goto(address)
    page.fill("[name=email]", "maya@gmial.com")
    page.fill("[name=first_name]", "Maya")
    page.select_option("[name=time_zone]", "Europe/London")
    page.check("[name=mail_consent]")
    with page.expect_navigation():
        page.click("form button")


def test_every_mail(browser: Any, capsys: pytest.CaptureFixture[str]) -> None:
    looks = Looks(page := browser.new_page(viewport={"width": 390, "height": 844}))
    page.route("**/*", lambda route: route.fulfill(body=""))  # their pictures are looked at by eye

    found = sent_mails("mid", "")
    for mail in found:
        page.set_content(mail.html)
        looks.at(mail.name)

    print_result(capsys, looks.told(f"{len(found)} mails"))
    assert not looks.found, "\n".join(looks.found)
