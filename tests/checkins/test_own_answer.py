"""What was saved is shown only to the browser that saved it, for an hour: by a cookie that names nobody."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client

from challenge.mail.links import Purpose, url
from challenge.models import CheckIn
from tests.support.visitor import Runner

pytestmark = pytest.mark.django_db

Go = Callable[[datetime], None]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WORDS = ("Left calf", "Stiff since Sunday")
SAID = {"tightness": "7", "pain": "2", "pain_where": WORDS[0], "note": WORDS[1]}


def reads(client: Client, path: str) -> bool:
    """Return whether a browser is shown all that was saved; part of it would be a mistake."""
    page = client.get(path).content.decode()
    shown = {word in page for word in WORDS}
    shown.add(bool(re.search('name="tightness" value="7"[^>]* checked', page)))
    assert len(shown) == 1
    return shown.pop()


def test_the_browser_that_saved_reads_it_for_an_hour(runner: Runner, clock: Any, now: datetime) -> None:
    runner.saves(**SAID)
    assert reads(runner.client, runner.path())
    assert "This is what you saved." in runner.opens()

    clock.move_to(now + HOUR - MINUTE)
    assert reads(runner.client, runner.path())
    clock.move_to(now + HOUR + MINUTE)
    assert not reads(runner.client, runner.path())
    assert "An answer is saved for this day." in runner.opens()


def test_another_browser_reads_that_something_is_saved(runner: Runner) -> None:
    runner.saves(**SAID)
    stranger = Client()

    assert not reads(stranger, runner.path())
    assert "An answer is saved for this day." in stranger.get(runner.path()).content.decode()


def test_what_was_saved_since_is_not_shown(runner: Runner, clock: Any) -> None:
    stranger = Client()
    stranger.post(runner.path(), {"status": "done", "unit": "km"})
    clock.shift(MINUTE)
    runner.saves(**SAID)

    assert not reads(stranger, runner.path())
    assert reads(runner.client, runner.path())


def test_what_an_answer_left_as_it_was_is_not_shown(runner: Runner, clock: Any) -> None:
    runner.saves(**SAID)
    clock.shift(MINUTE)
    stranger = Client()
    stranger.post(runner.path("partly"), {"status": "partly", "unit": "km"})

    saved = CheckIn.objects.get()
    assert (saved.status, saved.tightness, saved.note) == ("partly", 7, WORDS[1])
    page = stranger.get(runner.path("partly")).content.decode()
    assert "This is what you saved." in page
    assert not reads(stranger, runner.path())


def test_several_saves_of_one_browser_are_one(runner: Runner, clock: Any) -> None:
    runner.saves(tightness="7", pain="2", pain_where=WORDS[0])
    clock.shift(MINUTE)
    runner.saves(note=WORDS[1])

    assert reads(runner.client, runner.path())


def test_the_cookie_fits_this_day_of_this_runner_alone(
    runner: Runner, alice: Any, bob: Any, go: Go, clock: Any, now: datetime
) -> None:
    go(now + DAY)
    clock.move_to(now + DAY)
    runner.saves(**SAID)
    CheckIn.objects.filter(enrollment=alice).update(updated_at=now)
    others = [url(Purpose.CHECK_IN, now, alice, 2), url(Purpose.CHECK_IN, now, bob, 1)]
    saved = CheckIn.objects.get()
    for enrollment, day in ((alice, 2), (bob, 1)):
        saved.pk, saved.enrollment, saved.day = None, enrollment, day
        saved.save()

    assert [reads(runner.client, path) for path in others] == [False, False]


@pytest.mark.parametrize("site", ["http://localhost:8000", "https://reset.example.org"])
def test_the_cookie_itself(runner: Runner, alice: Any, settings: Any, site: str) -> None:
    settings.SESSION_COOKIE_SECURE = site.startswith("https:")
    answer = runner.saves(**SAID)
    [cookie] = answer.cookies.values()

    assert cookie["path"] == "/check-in/"
    assert (cookie["max-age"], cookie["samesite"], cookie["httponly"]) == (3600, "Lax", True)
    assert bool(cookie["secure"]) is settings.SESSION_COOKIE_SECURE
    payload = signing.b64_decode(cookie.value.split(":")[0].encode()).decode()
    for word in (*WORDS, "alice", alice.link_key.hex, f'"{alice.pk}"'):
        assert word not in cookie.value + payload


@pytest.mark.parametrize("text", ["", "x", "e30:1abc:xyz", "\xe9"])
def test_a_made_up_cookie_opens_nothing(runner: Runner, text: str) -> None:
    runner.saves(**SAID)
    stranger = Client()
    stranger.cookies["check-in"] = text

    assert not reads(stranger, runner.path())


def test_a_look_sets_no_cookie(runner: Runner) -> None:
    assert runner.client.get(runner.path()).cookies.output() == ""
