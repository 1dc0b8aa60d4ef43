"""Opening every link of every mail, and every link of their pages, changes nothing."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from challenge.enrollment import pending
from challenge.enrollment.erasing import request_erasing
from challenge.mail.links import Purpose
from challenge.models import Delivery
from tests.support.smtp_server import SmtpServer
from tests.support.visitor import answer_no, form, link, links_in, press_confirm, whole_database

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
LATER_LESSON = re.compile(r"Day ([4-9]|\d\d): ")
Go = Callable[[datetime], None]


class Scanner:
    """A mail provider's scanner: opens every link, those of the mails up to day 3 again and again, and those
    on their pages."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.opened: dict[str, int] = {}

    def open(self, paths: list[str], *, again: bool) -> None:
        asks = (self.client.get, self.client.head, self.client.get) if again else (self.client.get,)
        for path in paths:
            if path in self.opened or path.startswith("/static/"):
                continue
            answers = [ask(path) for ask in asks]
            [self.opened[path]] = {answer.status_code for answer in answers}
            page = answers[0].content.decode()
            found = [path for path in re.findall(r'(?:href|action)="([^"]*)"', page) if path[:1] == "/"]
            self.open(found, again=again)


def mails_of_a_runner(
    client: Client, sink: SmtpServer, go: Go, clock: Any, now: datetime
) -> Iterator[EmailMessage]:
    """Yield every mail of one runner, from sign-up to day 21, at the moment of its arrival."""
    client.post("/", form(starts_on="2026-03-07"))
    go(now)
    yield sink.mails[-1]
    pending.remind_unconfirmed(now + 2 * DAY)
    clock.move_to(now + 3 * DAY)
    go(now + 3 * DAY)
    yield sink.mails[-1]
    confirmed = press_confirm(client, link(sink.mails[-1], "confirm"), health_consent="on")
    go(now + 3 * DAY)
    yield sink.mails[-1]
    answer_no(client, confirmed["Location"])
    for day in range(4, 25):
        clock.move_to(now + day * DAY)
        go(now + day * DAY)
        yield sink.mails[-1]
    client.post("/links/", {"email": "maya@example.com"})
    go(now + 24 * DAY)
    yield sink.mails[-1]
    request_erasing(User.objects.get().pk, now + 24 * DAY)
    go(now + 24 * DAY)
    yield sink.mails[-1]


def test_looking_at_every_link_of_every_mail_changes_nothing(
    client: Client, program: Any, sink: SmtpServer, go: Go, clock: Any, now: datetime
) -> None:
    subjects = []
    scanner = Scanner(client)
    for mail in mails_of_a_runner(client, sink, go, clock, now):
        subjects.append(str(mail["Subject"]))
        before = whole_database()
        scanner.open(links_in(mail), again=not LATER_LESSON.match(subjects[-1]))
        assert whole_database() == before, mail["Subject"]

    assert len(subjects) == len(set(subjects)) == len(sink.mails) == 3 + 21 + 2
    kinds = set(Delivery.objects.filter(state="sent").values_list("kind", flat=True))
    assert kinds == {"confirmation", "reminder", "welcome", "lesson", "links", "erasing"}
    # A form without anything posted leads back to its page.
    assert set(scanner.opened.values()) == {200, 302}
    tokens = {tuple(path.split("/")[1:3]) for path in scanner.opened if path.count("/") > 2}
    count = Counter(purpose for purpose, _token in tokens)
    assert count["check-in"] == 21
    # These come to a runner who has asked for it, and to the second contact.
    asked_for = {Purpose.ADDRESS, Purpose.ADDRESS_UNDO, Purpose.TAKE_CARE}
    assert set(count) >= set(Purpose) - asked_for - {Purpose.OWN_PAGE} | {"me"}
