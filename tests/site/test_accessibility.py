"""M3: axe finds nothing on any page and in no mail's HTML; colours are those of each kind, light and dark."""

import re
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.utils import timezone

from challenge.curriculum.recall import recall
from challenge.models import Stretch
from tests.gallery.build import INSTEAD, RECALLED, WHY
from tests.gallery.mails import sent_mails
from tests.gallery.pages import cast, every_page
from tests.gallery.reporting import print_result

pytestmark = pytest.mark.browser

SCHEMES = ("light", "dark")
# Stretches and lessons have one template each, so one of them shows the colours of all.
ALIKE = re.compile(r"^(stretch|day-\d\d)-.*")
# Wrong input for each form, which the next page marks.
WRONG = {
    "sign-up": ("[name=email]", "maya@"),
    "check-in": ("[name=distance]", "far"),
    "day": ("[name=text]", ""),
    "links": ("[name=email]", "maya@"),
}

SEND_AS_IT_IS = "field => { field.form.noValidate = true; field.form.requestSubmit(); }"


class Looks:
    def __init__(self) -> None:
        self.begun, self.count, self.found = time.monotonic(), 0, list[str]()
        self._kinds = set[str]()

    def at(self, page: Any, name: str) -> None:
        page.evaluate(AXE_SCRIPT)
        kind = ALIKE.sub("one of many", name)
        is_new = kind not in self._kinds
        self._kinds.add(kind)
        options = {"resultTypes": ["violations"], "rules": {"color-contrast": {"enabled": is_new}}}
        for scheme in SCHEMES if is_new else SCHEMES[:1]:
            page.emulate_media(color_scheme=scheme)
            self.count += 1
            for violation in page.evaluate("options => axe.run(options)", options)["violations"]:
                for node in violation["nodes"]:
                    where = " ".join(map(str, node["target"]))
                    self.found.append(f"{name}, {scheme}: {violation['id']} at {where}: {node['html'][:90]}")

    def told(self, what: str) -> str:
        seconds = time.monotonic() - self.begun
        looks = f"{self.count} looks in {seconds:.0f} s"
        return f"M3 axe: {what}, each kind light and dark, {looks}: {len(self.found)} violations"


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
    page, looks = open_page(reduced_motion="reduce"), Looks()  # colours that move have no contrast yet

    for name, (address, status) in pages.items():
        assert page.goto(address).status == status, name
        looks.at(page, name)
    for name, (field, value) in WRONG.items():
        page.goto(pages[name].address)
        page.fill(field, value)
        with page.expect_navigation() as sent:
            page.eval_on_selector(field, SEND_AS_IT_IS)
        assert sent.value.status == 422, name
        looks.at(page, f"{name} sent wrongly")

    print_result(capsys, looks.told(f"{len(pages) + len(WRONG)} pages"))
    assert not looks.found, "\n".join(looks.found)


def test_every_mail(browser: Any, capsys: pytest.CaptureFixture[str]) -> None:
    page, looks = browser.new_page(viewport={"width": 390, "height": 844}), Looks()
    page.route("**/*", lambda route: route.fulfill(body=""))  # their pictures are looked at by eye

    found = sent_mails("mid", "")
    for mail in found:
        page.set_content(mail.html)
        looks.at(page, mail.name)

    print_result(capsys, looks.told(f"{len(found)} mails"))
    assert not looks.found, "\n".join(looks.found)
