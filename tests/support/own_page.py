"""A runner and the runner's own page."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.test import Client

from challenge.mail.links import Purpose, token
from challenge.models import Enrollment
from tests.support.smtp_server import SmtpServer

ADDRESS = "alice@example.com"
Go = Callable[[datetime], None]


class Owner:
    """Alice, who has got day 1, and her own page."""

    def __init__(self, client: Client, alice: Enrollment, sink: SmtpServer, go: Go, clock: Any) -> None:
        self.client, self.alice, self.sink, self.go, self.clock = client, alice, sink, go, clock

    def path(self, at: datetime, part: str = "") -> str:
        self.alice.refresh_from_db()
        self.clock.move_to(at)
        return f"/me/{token(Purpose.OWN_PAGE, at, self.alice)}/{part}"

    def reads(self, at: datetime, part: str = "") -> str:
        answer = self.client.get(self.path(at, part))
        assert answer.status_code == 200
        return str(answer.content.decode())

    def posts(self, at: datetime, part: str, **fields: str) -> str:
        """Post, and return the page that it leads to."""
        answer = self.client.post(self.path(at, f"{part}/"), fields)
        if answer.status_code == 302:
            answer = self.client.get(answer["Location"])
        return str(answer.content.decode())

    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for mail in self.sink.to(ADDRESS)]
