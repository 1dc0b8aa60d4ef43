"""Alice over days and runs: what comes to her, and what the links of her mails do."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from challenge.models import Enrollment
from tests.support.moving import Mover
from tests.support.smtp_server import SmtpServer
from tests.support.visitor import confirm, form, link

DAY = timedelta(days=1)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
BY_PAGE = {"action": "leave"}
UNDO = {"action": "undo"}
Go = Callable[[datetime], None]


class Someone:
    """Alice, the mails that came to her, and a way to let days pass."""

    def __init__(self, client: Client, sink: SmtpServer, go: Go, clock: Any, now: datetime) -> None:
        self.client, self.sink, self.go, self.clock, self.now = client, sink, go, clock, now

    def live(self, days: int) -> None:
        """Let mail be sent once a day, beginning now; stop at the hour of the next."""
        for _day in range(days):
            self.go(self.now)
            self.move(DAY)

    def move(self, by: timedelta) -> None:
        self.now += by
        self.clock.move_to(self.now)

    def subjects(self, since: int = 0) -> list[str]:
        return [str(mail["Subject"]).partition(":")[0] for mail in self.sink.mails[since:]]

    def link(self, purpose: str, number: int = 0) -> str:
        return link(self.sink.lessons[number], purpose)

    def post(self, path: str, fields: dict[str, str]) -> Any:
        """Post, and follow a redirect to the page."""
        answer = self.client.post(path, fields)
        return self.client.get(answer["Location"]) if answer.status_code == 302 else answer

    def begin_again(self) -> Enrollment:
        fields = form(email="alice@example.com", starts_on=f"{self.now:%Y-%m-%d}")
        assert self.client.post("/", fields).status_code == 200
        self.go(self.now)
        answer = confirm(self.client, link(self.sink.mails[-1], "confirm"), health_consent="on")
        assert answer.status_code == 302
        return Enrollment.objects.latest("pk")


def states() -> list[str]:
    return list(Enrollment.objects.order_by("pk").values_list("state", flat=True))


@pytest.fixture
def dana(db: None) -> User:
    """A coach."""
    return User.objects.create_user("dana@example.com", is_staff=True)


@pytest.fixture
def someone(
    client: Client, alice: Enrollment, sink: SmtpServer, go: Go, clock: Any, now: datetime
) -> Someone:
    return Someone(client, sink, go, clock, now)


@pytest.fixture
def old_and_new(someone: Someone, alice: Enrollment) -> tuple[Enrollment, Enrollment]:
    """A run that Alice left after three lessons, and one that has begun since with two lessons."""
    someone.live(3)
    someone.client.post(someone.link("leave"), ONE_CLICK)
    new = someone.begin_again()
    someone.live(2)
    assert someone.subjects()[-2:] == ["Day 1", "Day 2"]
    return alice, new


@pytest.fixture
def mover(client: Client, alice: Enrollment, sink: SmtpServer, go: Go, clock: Any, now: datetime) -> Mover:
    go(now)
    return Mover(client, alice, sink, go, clock)
