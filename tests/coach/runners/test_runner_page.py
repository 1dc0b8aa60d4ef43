"""One runner's page: the facts, and the timeline in the order in which things happened."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Consent, withdraw_consent
from challenge.models import CheckIn, Delivery, Enrollment, Event, Program, Progress, Suppression
from challenge.models.enrollment import log_event

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
ACCEPTED = {"phase": "answer", "outcome": "accepted", "code": 250, "answer": "2.0.0 queued as A1"}


@pytest.fixture(autouse=True)
def _today(now: datetime) -> Iterator[None]:
    with time_machine.travel(now + timedelta(days=2), tick=False):
        yield


def page(client: Client, enrollment: Enrollment) -> str:
    answer = client.get(f"/coach/challenge/enrollment/{enrollment.pk}/change/")
    assert answer.status_code == 200
    return answer.content.decode()


def titles(text: str) -> list[str]:
    found = re.findall(r'<h3><span class="kind">([^<]*)</span> ([^<]*)</h3>', text)
    return [f"{kind}: {title}" for kind, title in found]


def entry(text: str, title: str) -> str:
    return next(part for part in text.split("<li ") if title in part)


def mail(enrollment: Enrollment, day: int, at: datetime, **fields: Any) -> Delivery:
    values = {"kind": "lesson", "state": "sent", "sent_at": at, "due_at": at, "try_at": at, **fields}
    return Delivery.objects.queue(enrollment=enrollment, day=day, **values)


def test_the_timeline_is_in_the_order_of_time(coach: Client, bob: Enrollment, now: datetime) -> None:
    CheckIn.objects.create(
        enrollment=bob, day=1, status="partly", created_at=now + 5 * HOUR, updated_at=now + 5 * HOUR
    )
    mail(bob, 2, now + 24 * HOUR)
    log_event(bob, Event.Kind.PAUSED, Event.Actor.RUNNER, now + 26 * HOUR)
    mail(bob, 1, now + HOUR, sent_at=now + 4 * HOUR)
    mail(bob, 0, now + HOUR, kind="welcome")
    log_event(bob, Event.Kind.SIGNED_UP, Event.Actor.RUNNER, now - HOUR)
    log_event(bob, Event.Kind.RESUMED, Event.Actor.COACH, now + 27 * HOUR)
    mail(bob, 1, now + 28 * HOUR, copy=1, state="queued", sent_at=None)
    withdraw_consent(bob.runner, Consent.Purpose.HEALTH, now + 30 * HOUR)

    assert titles(page(coach, bob)) == [
        "Event: Signed up by the runner",
        "Consent: Consent given: email of the program (wording 2026-11)",
        "Consent: Consent given: keeping health data (wording 2026-11)",
        "Mail: Welcome: sent",
        "Mail: Lesson 1: sent",
        "Check-in: Day 1: Partly",
        "Mail: Lesson 2: sent",
        "Event: Paused by the runner",
        "Event: Resumed by the coach",
        "Mail: Lesson 1, sent again (copy 1): queued",
        "Consent: Consent withdrawn: keeping health data",
    ]


def test_a_mail_shows_its_attempts(coach: Client, bob: Enrollment, now: datetime) -> None:
    attempts = [
        {
            "at": now.isoformat(),
            "phase": "recipient",
            "outcome": "deferred",
            "code": 451,
            "answer": "<b>wait",
        },
        {
            "at": (now + HOUR).isoformat(),
            "phase": "unknown",
            "outcome": "uncertain",
            "code": None,
            "answer": "?",
        },
        {"at": (now + 2 * HOUR).isoformat(), **ACCEPTED},
    ]
    lesson = mail(bob, 1, now, attempts=attempts, uncertain=True, reason="unconfirmed")

    told = entry(page(coach, bob), "Lesson 1")

    assert "Sent at Tue 3 Mar 2026, 08:00. The server never confirmed it. It may have arrived twice." in told
    assert "3 attempts" in told
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", told)
    assert cells == [
        "Tue 3 Mar 2026, 08:00", "naming the recipient", "put off", "451", "&lt;b&gt;wait",
        "Tue 3 Mar 2026, 09:00", "not known", "uncertain", "—", "?",
        "Tue 3 Mar 2026, 10:00", "waiting for the answer", "accepted", "250", "2.0.0 queued as A1",
    ]  # fmt: skip
    assert f"&lt;{lesson.id}@" in told
    assert "entry-alert" in told
    assert "Tue 3 Mar, 03:00 America/New York" in told


TRIED = {**ACCEPTED, "at": "2026-03-03T08:00:00+00:00"}


@pytest.mark.parametrize(
    ("state", "fields", "said"),
    [
        ("queued", {}, "Waits to be sent at Tue 3 Mar 2026, 08:00."),
        ("withheld", {"reason": "left"}, "Held back. The runner has left."),
        ("failed", {"attempts": [TRIED]}, "Failed: tried once."),
        ("retry", {"attempts": [TRIED] * 2}, "tried 2 times, the next try is at Tue 3 Mar 2026, 08:00."),
    ],
)
def test_a_mail_says_in_a_sentence_what_became_of_it(
    coach: Client, alice: Enrollment, now: datetime, state: str, fields: dict[str, Any], said: str
) -> None:
    mail(alice, 1, now, state=state, sent_at=None, **fields)

    assert said in entry(page(coach, alice), "Lesson 1")


def test_a_check_in_shows_everything(coach: Client, alice: Enrollment, now: datetime) -> None:
    CheckIn.objects.create(
        enrollment=alice, day=3, status="done", tightness=4, pain=7, pain_where="left hip", distance="10.00",
        unit="mi", note="Stiff.\nBetter later.", created_at=now, updated_at=now + HOUR,
    )  # fmt: skip

    told = entry(page(coach, alice), "Day 3: Done")

    for line in ("Tightness 4 of 10.", "Pain 7 of 10.", "It hurts here: left hip.", "Ran 10 miles.",
                 "Changed Tue 3 Mar 2026, 09:00.", "Stiff.<br>Better later."):  # fmt: skip
        assert line in told
    assert "entry-alert" in told


def test_the_facts_stand_on_top(coach: Client, charlie: Enrollment, now: datetime) -> None:
    mail(charlie, 4, now)
    Progress.objects.create(enrollment=charlie, done=3, partly=1, not_today=2, streak=9)
    withdraw_consent(charlie.runner, Consent.Purpose.HEALTH, now)
    Suppression.objects.create(address_hash=charlie.runner.address_hash, reason="bounced", created_at=now)

    text = page(coach, charlie)

    facts = dict(re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", text))
    assert facts["State"] == "Active, day 4 of 21"
    assert facts["Hour"] == "20:15 Pacific/Auckland"
    assert facts["Next lesson"] == "Tue 3 Mar 2026, 07:15; for the runner Tue 3 Mar, 20:15 Pacific/Auckland"
    assert facts["Local time now"] == "Thu 5 Mar, 21:00 Pacific/Auckland"
    assert facts["Consent to email of the program"] == "since Tue 3 Mar 2026, 08:00"
    assert facts["Consent to keeping health data"] == "no"
    assert facts["Address"] == "never written to: bounced"
    assert [facts[name] for name in ("Done", "Partly", "Not today", "Streak")] == ["3", "1", "2", "9"]
    assert text.index("Facts") < text.index("The whole story")


def test_other_enrollments_of_the_runner_are_linked(
    coach: Client, alice: Enrollment, program: Program, now: datetime
) -> None:
    Enrollment.objects.filter(pk=alice.pk).update(state="completed", next_due_at=None)
    second = Enrollment.objects.create(
        runner=alice.runner, program=program, starts_on=now.date(), send_at=alice.send_at,
        time_zone="UTC", created_at=now,
    )  # fmt: skip

    assert f'href="/coach/challenge/enrollment/{alice.pk}/change/"' in page(coach, second)


def test_a_long_timeline_costs_as_much_as_a_short_one(
    coach: Client, alice: Enrollment, now: datetime
) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(coach, alice)
        return len(captured)

    mail(alice, 1, now)
    short = statements()
    for day in range(2, 22):
        mail(alice, day, now)
        CheckIn.objects.create(enrollment=alice, day=day, status="done", created_at=now, updated_at=now)
        log_event(alice, Event.Kind.PAUSED, Event.Actor.RUNNER, now)

    assert statements() == short


@pytest.mark.parametrize("pk", ["999", "999999999999999999", "9" * 60, "x", "1_2F"])
def test_a_runner_who_is_not_there_is_not_found(coach: Client, pk: str) -> None:
    assert coach.get(f"/coach/challenge/enrollment/{pk}/change/").status_code == 404
