"""A mail tells a runner of a hold and of its clearing: at once, once, and without a word of health."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from challenge.enrollment.holding import Danger, clear, hold
from challenge.enrollment.transitions import PauseCause, pause
from challenge.models import Delivery, Enrollment, Event
from tests.support.holds import ANSWERS, OWN, PAIN, RISING, WORDS
from tests.support.smtp_server import SmtpServer
from tests.support.visitor import body, link

pytestmark = pytest.mark.django_db
HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
SYSTEM = Event.Actor.SYSTEM
Go = Callable[[datetime], None]
HEALTH = re.compile(r"\bpain|\b8\b|\b4\b|sharp|leg\b|groin|numb\b|rising|\bred\b|tight", re.I)
NEVER = re.compile(r"harmless|safe to|nothing (is )?wrong|all clear|healthy|recovered", re.I)


def said(mail: Any) -> str:
    return " ".join(body(mail).split())


def kinds() -> list[tuple[str, str]]:
    told = Delivery.objects.filter(kind__in=["held", "cleared"])
    return list(told.order_by("due_at", "kind").values_list("kind", "state"))


@pytest.mark.parametrize(
    ("danger", "why", "to_do"),
    [
        (
            PAIN,
            "on Tuesday, 3 March, because of what you told in a check-in.",
            "Please speak to a doctor or an urgent-care line",
        ),
        (WORDS, "because of what you wrote to your coach.", "Call your local emergency number or have"),
        (RISING, "because of what you told in a check-in.", "within the next few days"),
        (ANSWERS, "because of your answers to our questions.", "Ask a clinician who knows you first."),
        (OWN, "Your coach stopped your course on Tuesday, 3 March.", "until you have talked it over."),
    ],
)
@pytest.mark.parametrize("health", [True, False])
def test_it_says_what_stopped_the_course_and_what_to_do(
    enroll: Any, sink: SmtpServer, go: Go, now: datetime, danger: Danger, why: str, to_do: str, health: bool
) -> None:
    runner = enroll("hana", health=health)
    go(now)
    hold(runner.pk, danger, SYSTEM, now + HOUR)
    go(now + HOUR)

    mail = sink.mails[-1]
    text = said(mail)
    assert mail["Subject"] == "Please read this before you go on"
    assert why in text
    assert (to_do in text) == (health or danger == OWN)
    assert ("Does anything on the emergency list fit" in text) == (not health and danger != OWN)
    if danger.words_only:
        assert "Your lessons come without their exercises until somebody who has examined you" in text
    elif danger != OWN:
        assert "Your lessons wait until somebody who has examined you says that you may go on." in text
    assert "Tell us when they have" in text.replace("TELL US WHEN THEY HAVE", "Tell us when they have")
    assert "/faq/#when-is-it-an-emergency" in text
    assert "/day/" in link(mail, "day")
    assert not HEALTH.search(re.sub(r"https?://\S+|4 March", "", text))


def test_before_the_first_lesson_it_leads_to_the_own_page(
    alice: Enrollment, sink: SmtpServer, go: Go, now: datetime
) -> None:
    hold(alice.pk, ANSWERS, SYSTEM, now)
    go(now)
    assert "/links/" in said(sink.mails[-1])
    assert "/day/" not in said(sink.mails[-1])


def test_it_leaves_at_once_by_night_too_and_by_daylight_when_it_is_late(
    alice: Enrollment, enroll: Any, sink: SmtpServer, go: Go, now: datetime
) -> None:
    night = now.replace(hour=23)
    go(now)
    hold(alice.pk, PAIN, SYSTEM, night)
    go(night)
    assert len(sink.mails) == 2
    bea = enroll("bea", now=night)
    hold(bea.pk, PAIN, SYSTEM, night)
    go(night + 2 * HOUR)
    assert len(sink.mails) == 2
    go(night + 8 * HOUR)
    assert sink.mails[-1]["To"] == "bea@example.com"


def test_the_clearing_says_when_the_next_lesson_comes_and_promises_nothing(
    alice: Enrollment, dana: User, sink: SmtpServer, go: Go, now: datetime
) -> None:
    go(now)
    hold(alice.pk, PAIN, SYSTEM, now + HOUR)
    go(now + HOUR)
    clear(alice.pk, dana, "The doctor says that running is fine.", now + 4 * HOUR)
    go(now + 4 * HOUR)
    text = said(sink.mails[-1])
    assert sink.mails[-1]["Subject"] == "Your coach has lifted the hold"
    assert "Day 2 comes on Wednesday 4 March at 07:00" in text
    assert "doctor says" not in text
    assert not NEVER.search(text)
    assert kinds() == [("held", "sent"), ("cleared", "sent")]

    go(now + DAY)
    first = said(sink.mails[-1])
    assert "Your coach has lifted the hold. Begin gently, and stop if what made you stop comes back." in first
    go(now + 2 * DAY)
    assert "lifted the hold" not in said(sink.mails[-1])


def test_who_was_paused_is_paused_again(
    enroll: Any, dana: User, sink: SmtpServer, go: Go, now: datetime
) -> None:
    paula = enroll("paula", state="paused")
    hold(paula.pk, PAIN, SYSTEM, now)
    clear(paula.pk, dana, "Seen.", now)
    go(now)
    assert "Your course is paused. If you resume it now: Day 1 comes on" in said(sink.mails[-1])


def test_the_first_lesson_after_a_clearing_says_so_too(
    alice: Enrollment, dana: User, sink: SmtpServer, go: Go, now: datetime
) -> None:
    hold(alice.pk, ANSWERS, SYSTEM, now)
    clear(alice.pk, dana, "Seen.", now)
    go(now)
    assert "Your coach has lifted the hold. Begin gently" in said(sink.lessons[0])


def test_what_is_no_longer_so_does_not_leave(
    alice: Enrollment, dana: User, sink: SmtpServer, go: Go, now: datetime
) -> None:
    for minutes in range(0, 12, 2):
        hold(alice.pk, PAIN, SYSTEM, now + minutes * MINUTE)
        clear(alice.pk, dana, "By mistake.", now + (minutes + 1) * MINUTE)
    hold(alice.pk, PAIN, SYSTEM, now + 20 * MINUTE)
    go(now + 20 * MINUTE)
    told = sink.to(alice.runner.email)
    assert [mail["Subject"] for mail in told] == ["Please read this before you go on"]


def test_it_is_not_said_twice_within_an_hour_but_worse_is(
    alice: Enrollment, dana: User, sink: SmtpServer, go: Go, now: datetime
) -> None:
    go(now)
    for minutes, danger in enumerate((RISING, RISING, PAIN, WORDS, PAIN), start=1):
        hold(alice.pk, danger, SYSTEM, now + minutes * MINUTE)
        go(now + minutes * MINUTE)
    without, stopped = (said(mail) for mail in sink.to(alice.runner.email)[1:])
    assert "without their exercises" in without
    assert "Your lessons wait" in stopped


@pytest.mark.parametrize(("cause", "by_coach"), [(PauseCause.RUNNER, False), (PauseCause.COACH, True)])
def test_a_pause_by_the_coach_says_so(
    alice: Enrollment,
    sink: SmtpServer,
    go: Go,
    now: datetime,
    settings: Any,
    cause: PauseCause,
    by_coach: bool,
) -> None:
    go(now)
    pause(alice.pk, cause, now + HOUR)
    go(now + HOUR)
    text = said(sink.mails[-1])
    assert (f"Your coach, {settings.COACH_NAME}, has paused you." in text) == by_coach
    assert ("To ask why" in text) == by_coach
    assert "/pause/" in text
