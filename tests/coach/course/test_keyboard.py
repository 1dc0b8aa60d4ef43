"""The editor by keyboard."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from challenge.models import Day, Program
from tests.support.desk import DeskItem, enter

Open = Callable[..., Any]
# The element with the focus lies at least in part behind the bar that saves.
HIDDEN = """() => {
  const element = document.activeElement, bar = document.querySelector(".keep");
  const at = element.getBoundingClientRect(), over = bar.getBoundingClientRect();
  const beside = at.right <= over.left || at.left >= over.right;
  return !bar.contains(element) && !beside && at.top >= over.top && at.top < over.bottom && element.outerHTML;
}"""


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_bar_that_saves_never_hides_what_has_the_focus(
    program: Program, site: str, open_page: Open, coach: Client
) -> None:
    page = open_page(width=1280)
    enter(page, site, coach)
    page.goto(site + DeskItem(coach, Day.objects.get(number=9)).item.address("change"))

    hidden = []
    for _ in range(60):
        page.keyboard.press("Tab")
        hidden.append(page.evaluate(HIDDEN))

    assert [each for each in hidden if each] == []
