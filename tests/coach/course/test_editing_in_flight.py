"""The coach edits day 9 in a browser while twenty runners stand on different days: publishes it both ways,
recalls a stretch of it; each runner gets what the screen promised."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from challenge.delivery.corrections import correct
from challenge.enrollment.transitions import PauseCause, pause, resume
from challenge.models import Day, Delivery, Enrollment, Event, Program, Revision, Stretch
from tests.support.desk import enter, said
from tests.support.smtp_server import SmtpServer
from tests.support.visitor import body, link

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DAY = timedelta(days=1)
SLUG = "one-leg-long-psoas-stretch"


@dataclass
class Desk:
    page: Any
    site: str
    client: Client
    day: int

    def publishes(self, title: str, button: str) -> str:
        """Edit the title, publish it one way, and return what the screen promised for that way."""
        self._enter(f"day/{self.day}/change/")
        self.page.fill("[name=title]", title)
        self.page.get_by_role("button", name="Save and go to publish").click()
        card = self.page.locator(".choice-card").filter(
            has=self.page.get_by_role("button", name=button, exact=True)
        )
        promised = card.locator(".reach").inner_text().split("\n")[0]
        card.get_by_role("button").click()
        assert promised.lower() in self.page.locator(".messagelist").inner_text().lower()
        return str(promised)

    def recalls(self, slug: str, instead: str, message: str) -> str:
        """Recall a stretch, and return what the page says was done."""
        stretch = Stretch.objects.get(slug=slug)
        self._enter(f"stretch/{stretch.pk}/recall/")
        told = self.page.locator(".numbers").inner_text()
        self.page.select_option("[name=replacement]", label=instead)
        self.page.fill("[name=message]", message)
        self.page.check("[name=sure]")
        self.page.get_by_role("button", name="Recall this stretch").click()
        return f"{told} {self.page.locator('.messagelist').inner_text()}"

    def _enter(self, path: str) -> None:
        # Weeks pass between the visits, so the coach logs in for each.
        self.client.force_login(User.objects.get(email="coach@example.com"))
        enter(self.page, self.site, self.client)
        self.page.goto(f"{self.site}/coach/challenge/{path}")


@dataclass
class Course:
    """Twenty runners: who was sent day 9, who is before it, who has not begun; and the days that pass."""

    go: Callable[[datetime], None]
    clock: Any
    noon: datetime

    def pass_days(self, count: int) -> None:
        for _ in range(count):
            self.noon += DAY
            self.clock.move_to(self.noon)
            self.go(self.noon)


def versions(runners: list[Enrollment]) -> set[int]:
    """The versions of day 9 that the runners of these names were sent."""
    sent = Delivery.objects.filter(enrollment__in=runners, kind="lesson", day=9, sent_at__isnull=False)
    assert sent.count() == len(runners)
    return set(sent.values_list("revision__number", flat=True))


def day_9(sink: SmtpServer, runner: Enrollment) -> Any:
    [mail] = [mail for mail in sink.to(runner.runner.email) if mail["Subject"].startswith("Day 9: ")]
    return mail


def web_copy(sink: SmtpServer, runner: Enrollment) -> str:
    answer = Client().get(link(day_9(sink, runner), "day"))
    assert answer.status_code == 200
    return said(answer)


@pytest.fixture
def desk(program: Program, clock: Any, coach: Client, site: str, open_page: Callable[..., Any]) -> Desk:
    return Desk(open_page(width=1280), site, coach, Day.objects.get(number=9).pk)


def test_each_gets_the_promised_version_and_a_recall_reaches_exactly_those_who_got_it(
    desk: Desk,
    enroll: Callable[..., Enrollment],
    go: Callable[[datetime], None],
    sink: SmtpServer,
    clock: Any,
    now: datetime,
) -> None:
    old = Revision.objects.get(day=desk.day).title
    course = Course(go, clock, now.replace(hour=12))
    past = [enroll(f"past-{n}") for n in range(7)]
    course.pass_days(1)
    near = [enroll(f"near-{n}", now=course.noon) for n in range(4)]
    course.pass_days(5)
    far = [enroll(f"far-{n}", now=course.noon) for n in range(4)]
    course.pass_days(3)
    in_a_day = [enroll(f"new-{n}", now=course.noon, starts_on=course.noon.date() + DAY) for n in range(2)]
    later = [enroll(f"later-{n}", now=course.noon, starts_on=course.noon.date() + 4 * DAY) for n in range(3)]
    assert versions(past) == {1}
    assert Delivery.objects.filter(day=9).count() == 7

    # The ordinary way: nobody who has begun sees the course change.
    promised = desk.publishes("A clearer title", "Publish")
    assert promised == "15 keep version 1, 5 get version 2"
    for each in far[:2]:
        pause(each.pk, PauseCause.RUNNER, course.noon)
    course.pass_days(9)
    assert versions([*past, *near, *far[2:]]) == {1}
    assert versions(in_a_day) == {2}
    assert old.upper() in body(day_9(sink, near[0]))
    assert "A CLEARER TITLE" in body(day_9(sink, in_a_day[0]))

    # Fixed for all: everybody whom day 9 has not reached.
    promised = desk.publishes("The clearest title", "Publish for all")
    assert promised == (
        "5 get version 3; 13 were sent version 1 already and keep it in their web copy, "
        "2 were sent version 2 already and keep it in their web copy"
    )
    course.pass_days(3)
    assert versions(later) == {3}
    assert "THE CLEAREST TITLE" in body(day_9(sink, later[0]))
    assert old in web_copy(sink, past[0])
    assert "A clearer title" in web_copy(sink, in_a_day[0])
    assert "The clearest title" in web_copy(sink, later[0])

    # Taken back: those who got the stretch are told, once; the two who come back get the other one.
    told = desk.recalls(SLUG, "Couch stretch", "It asks more of the back than we thought.")
    assert re.search(r"sent it\s+18\b", told)
    assert "18 runners get a correction, once each." in told
    assert [correct(course.noon + timedelta(hours=hours)) for hours in (0, 1)] == [18, 0]
    for each in far[:2]:
        resume(each.pk, Event.Actor.RUNNER, course.noon)
    course.pass_days(6)
    assert correct(course.noon) == 0
    corrected = [mail["To"] for mail in sink.mails if "leave out" in mail["Subject"]]
    got_it = {each.runner.email for each in [*past, *near, *far[2:], *in_a_day, *later]}
    assert len(corrected) == 18
    assert set(corrected) == got_it
    assert versions(far[:2]) == {4}
    for each in far[:2]:
        text = body(day_9(sink, each))
        assert "/library/couch-stretch/" in text
        assert SLUG not in text
        assert "THE CLEAREST TITLE" in text


def test_a_lesson_that_was_on_the_wire_during_the_recall_is_corrected_once(
    desk: Desk, alice: Enrollment, go: Callable[[datetime], None], sink: SmtpServer, clock: Any, now: datetime
) -> None:
    shown = Day.objects.get(pk=desk.day).published
    assert "0 runners get a correction" in desk.recalls(SLUG, "Couch stretch", "It may hurt the back.")
    Delivery.objects.queue(
        enrollment=alice, kind="lesson", day=9, state="sent", due_at=now, try_at=now,
        sent_at=now + timedelta(seconds=5), revision=shown,
    )  # fmt: skip

    assert [correct(now + timedelta(minutes=minutes)) for minutes in (1, 2, 60)] == [1, 0, 0]
    go(now + timedelta(hours=2))
    go(now + timedelta(hours=3))
    assert [mail["To"] for mail in sink.mails if "leave out" in mail["Subject"]] == ["alice@example.com"]
