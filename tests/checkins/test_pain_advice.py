"""Pain that asks for a stop is answered with the advice to stop, on the same page."""

from typing import Any

import pytest

from challenge.models import CheckIn
from tests.support.visitor import Runner

pytestmark = pytest.mark.django_db
ADVICE, TOLD = "stop running and stretching,</strong>", "leave the stretches until somebody has"


@pytest.mark.parametrize(("pain", "advised"), [("5", False), ("6", True), ("10", True)])
def test_saved_pain(runner: Runner, pain: str, advised: bool) -> None:
    page = runner.client.get(runner.saves(pain=pain)["Location"]).content.decode()

    assert CheckIn.objects.get().pain == int(pain)
    assert (TOLD in page) is advised


@pytest.mark.parametrize("pain", ["0", "8"])
def test_a_browser_without_cookies_is_always_told(runner: Runner, pain: str) -> None:
    address = runner.saves(pain=pain)["Location"]
    runner.client.cookies.clear()

    assert ADVICE in runner.client.get(address).content.decode()


def test_pain_that_is_not_saved_yet_for_want_of_consent(runner: Runner, alice: Any) -> None:
    alice.runner.consents.filter(purpose="health").delete()
    answer = runner.saves(pain="8")

    assert answer.status_code == 422
    assert TOLD in answer.content.decode()
    assert TOLD not in runner.opens()


RULE = ["0 to 3", "4 or 5", "next morning", "6 or more", "front-of-hip pain that running brings on"]


@pytest.mark.parametrize("words", [*RULE, "bone stress injury"])
def test_the_pain_rule_stands_beside_the_scale(runner: Runner, words: str) -> None:
    page = runner.opens()

    assert words in page[page.index('name="pain"') : page.index('name="pain_where"')]
