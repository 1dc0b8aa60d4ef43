"""Admin's home opens with what needs the coach, the most urgent first, with the runner's words in full."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from challenge.models import CheckIn, Delivery, DeliveryEvent, DeskItem, Enrollment, Escalation, SafetyLevel
from challenge.safety.desk_sweep import sweep
from challenge.safety.escalations import acknowledge
from tests.coach.desk.conftest import Asked, Stopped
from tests.support.crowd import crowd
from tests.support.desk import enter, said

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
HOME = "/coach/"


def needed(client: Client, query: str = "") -> str:
    text = said(client.get(HOME + query))
    return text[text.index("Needs me") : text.index("Done lately")]


def test_an_empty_desk_says_so_kindly(coach: Client, program: object) -> None:
    assert "Nobody needs you just now." in needed(coach)


def test_a_row_has_the_reason_the_words_and_the_age(
    coach: Client, clock: Any, alice: Enrollment, stop: Stopped, told: Callable[..., CheckIn], now: datetime
) -> None:
    told(alice, pain=8, place="front_of_hip", pain_where="when I <lift> the knee", note="It woke me.")
    stop(alice, at=now - 3 * HOUR)

    text = needed(coach)

    assert "Alice held" in text
    assert "Pain 8 on day 2 (urgent, within days) 3 hours ago · Nobody takes care of it yet." in text
    assert "Where it hurts, on day 2 groin or front of hip, when I <lift> the knee" in text
    assert "Note of day 2 It woke me." in text
    assert "I take care of it Resolved" in text
    assert "Clear the hold" in text
    assert text.count("It woke me.") == 1
    assert f'href="/coach/challenge/enrollment/{alice.pk}/change/"' in coach.get(HOME).content.decode()


def test_without_consent_the_row_says_for_safety_and_no_more(
    coach: Client, clock: Any, enroll: Any, stop: Stopped
) -> None:
    stop(enroll("dora", health=False))

    assert "For safety 0 minutes ago · Nobody takes care of it yet." in needed(coach)


def test_the_most_urgent_runner_comes_first_with_all_that_the_runner_has(
    coach: Client, clock: Any, trio: list[Enrollment], enroll: Any, ask: Asked, stop: Stopped, erin: User,
    told: Callable[..., CheckIn], now: datetime,
) -> None:  # fmt: skip
    alice, bob, charlie = trio
    dora, emil, finn = (enroll(name) for name in ("dora", "emil", "finn"))
    doubtful = told(dora, doubt="too_fast")
    DeskItem.objects.open(DeskItem.Kind.DOUBTFUL, dora, doubtful.pk, now)
    ask(alice, "May I swim?", now - HOUR)
    ask(charlie, "Which mat?")
    stop(charlie, SafetyLevel.EMERGENCY)
    stop(bob, SafetyLevel.TODAY, now - HOUR)
    stop(emil, SafetyLevel.TODAY)
    acknowledge(Escalation.objects.get(enrollment=emil).pk, erin, now)
    painful = told(finn, pain=3, note="Rising a little")
    DeskItem.objects.open(DeskItem.Kind.PAIN, finn, painful.pk, now)

    text = needed(coach)

    order = "Charlie/Which mat?/Bob/Emil/Alice/May I swim?/Dora/Finn/Rising a little"
    places = [text.index(name) for name in order.split("/")]
    assert places == sorted(places)
    assert "Erin acknowledged it at Tue 3 Mar, 08:00." in text
    assert "a report that may not be the runner's own: the form came back within two seconds" in text.lower()


def test_mail_that_failed_or_came_back_is_quoted(
    coach: Client, clock: Any, trio: list[Enrollment], now: datetime
) -> None:
    alice, bob, _charlie = trio
    values = {"kind": "lesson", "day": 4, "due_at": now, "try_at": now}
    why = {"reason": "refused", "reason_values": {"code": 554, "text": "no <b>, thanks"}}
    Delivery.objects.queue(enrollment=alice, state="failed", **why, **values)
    sent = Delivery.objects.queue(enrollment=bob, state="sent", sent_at=now, **values)
    DeliveryEvent.objects.create(
        delivery=sent, kind="bounced", source="dsn", at=now, event_id="1", detail="550 mailbox full"
    )
    sweep(now)

    text = needed(coach)

    assert "Lesson 4 failed: The mail server refused it: 554 no <b>, thanks" in text
    assert "Lesson 4 came back: 550 mailbox full" in text
    assert "Send the latest lesson again…" in text


def test_it_costs_as_many_statements_for_sixty_rows_as_for_three(
    coach: Client, program: Any, ask: Asked, stop: Stopped, told: Callable[..., CheckIn], now: datetime
) -> None:
    counts = []
    for first, count in ((0, 3), (3, 57)):
        for number, runner in enumerate(crowd(program, count, first)):
            if number % 3 == 0:
                told(runner, pain=8, note="Ouch")
                stop(runner)
            elif number % 3 == 1:
                ask(runner)
            else:
                Delivery.objects.queue(
                    enrollment=runner, kind="lesson", day=1, state="failed", due_at=now, try_at=now
                )
        sweep(now)
        with CaptureQueriesContext(connection) as captured:
            assert coach.get(HOME).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 25


def test_fifty_runners_are_on_a_page(coach: Client, program: Any, ask: Asked) -> None:
    for number, runner in enumerate(crowd(program, 51)):
        ask(runner, f"Question {number}")

    assert needed(coach).count("Asked about day 3") == 50
    assert needed(coach, "?page=2").count("Asked about day 3") == 1
    assert "Page 1 of 2 Next" in needed(coach)
    assert needed(coach, "?page=x") == needed(coach)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_desk_fits_the_narrowest_phone_and_is_accessible(
    coach: Client, program: Any, enroll: Any, site: str, open_page: Callable[..., Any], ask: Asked,
    stop: Stopped, told: Callable[..., CheckIn],
) -> None:  # fmt: skip
    from tests.support.axe import Looks

    alice = enroll("alice")
    told(alice, pain=8, note="ouch " * 40 + "o" * 90)
    stop(alice)
    ask(alice, "x" * 300)
    coach.post(f"/coach/desk/done/{DeskItem.objects.get(kind='message').pk}/")
    ask(enroll("bob"))
    page = open_page(width=320)
    enter(page, site, coach)
    looks = Looks(page, iframes=False, preload=False)
    forms = [f"{HOME}desk/{name}/{alice.pk}/" for name in ("hold", "clear")]
    for address in (HOME, *forms, f"{HOME}desk/done/"):
        page.goto(site + address)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
        looks.at(address)
    assert not looks.found, "\n".join(looks.found)
