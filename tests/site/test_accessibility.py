"""M3: axe finds nothing on any page and in no mail's HTML, in light and in dark colours."""

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

# Stretches and lessons have one template each: one that holds nothing new to axe is not looked at.
ALIKE = re.compile(r"(stretch|day-\d\d)-")
# The elements of a page as axe's rules see them: their places, their attributes, whether they say something.
# And the steps from heading to heading.
SHAPES = """() => {
  const shapes = new Set();
  let heading = "";
  for (const e of document.querySelectorAll("*")) {
    const attributes = e.getAttributeNames().map(name => {
      const named = ["class", "role", "type", "lang", "dir", "scope", "tabindex"].includes(name);
      return named ? `${name}=${e.getAttribute(name)}` : `${name}:${e.getAttribute(name) !== ""}`;
    });
    const says = e.textContent.trim() !== "";
    shapes.add([e.parentNode.nodeName, e.tagName, says, ...attributes.sort()].join(" "));
    if (/^H[1-6]$/.test(e.tagName)) {
      shapes.add(`${heading} to ${e.tagName}`);
      heading = e.tagName;
    }
  }
  return [...shapes];
}"""
VIOLATIONS = """async options => (await axe.run(options)).violations.map(
  ({id, nodes}) => [id, nodes.map(({target, html}) => [target, html])])"""
# Of all rules only this one depends on the colours.
RULES = {"light": {}, "dark": {"runOnly": ["color-contrast"]}}
# Wrong input for each form, which the next page marks.
WRONG = {
    "sign-up": ("[name=email]", "maya@"),
    "check-in": ("[name=distance]", "far"),
    "day": ("[name=text]", ""),
    "links": ("[name=email]", "maya@"),
}

SEND_AS_IT_IS = "field => { field.form.noValidate = true; field.form.requestSubmit(); }"


class Looks:
    def __init__(self, page: Any) -> None:
        page.add_init_script(AXE_SCRIPT)
        page.goto("about:blank")
        self._page = page
        self.begun, self.count, self.found = time.monotonic(), 0, list[str]()
        self._shapes = set[str]()

    def at(self, name: str) -> None:
        shapes = set(self._page.evaluate(SHAPES))
        if ALIKE.match(name) and shapes <= self._shapes:
            return
        self._shapes |= shapes
        self.count += 1
        for scheme, rules in RULES.items():
            self._page.emulate_media(color_scheme=scheme)
            options = {"resultTypes": ["violations"], **rules}
            for rule, nodes in self._page.evaluate(VIOLATIONS, options):
                for target, html in nodes:
                    where = " ".join(map(str, target))
                    self.found.append(f"{name}, {scheme}: {rule} at {where}: {html[:90]}")

    def told(self, what: str) -> str:
        seconds = time.monotonic() - self.begun
        looks = f"{self.count} with something new, light and dark, in {seconds:.0f} s"
        return f"M3 axe: {what}, {looks}: {len(self.found)} violations"


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
    page = open_page(reduced_motion="reduce")  # colours that move have no contrast yet
    looks = Looks(page)

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

    print_result(capsys, looks.told(f"{len(pages) + len(WRONG)} pages"))
    assert not looks.found, "\n".join(looks.found)


def test_every_mail(browser: Any, capsys: pytest.CaptureFixture[str]) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    looks = Looks(page)
    page.route("**/*", lambda route: route.fulfill(body=""))  # their pictures are looked at by eye

    found = sent_mails("mid", "")
    for mail in found:
        page.set_content(mail.html)
        looks.at(mail.name)

    print_result(capsys, looks.told(f"{len(found)} mails"))
    assert not looks.found, "\n".join(looks.found)
