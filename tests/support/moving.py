"""A runner who moves to another address."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.test import Client

from accounts.models import User
from challenge.mail.links import Purpose, token
from challenge.models import Enrollment
from tests.support.smtp_server import SmtpServer
from tests.support.visitor import link

OLD, NEW = "alice@example.com", "alice@new.example"
Go = Callable[[datetime], None]


class Mover:
    """Alice with day 1 in her mailbox, who changes her address."""

    def __init__(self, client: Client, alice: Enrollment, sink: SmtpServer, go: Go, clock: Any) -> None:
        self.client, self.alice, self.sink, self.go, self.clock = client, alice, sink, go, clock

    def asks(self, at: datetime, new: str = NEW) -> Any:
        self.alice.refresh_from_db()
        self.clock.move_to(at)
        path = f"/me/{token(Purpose.OWN_PAGE, at, self.alice)}/address/"
        answer = self.client.post(path, {"email": new})
        self.go(at)
        return answer

    def confirms(self, at: datetime, new: str = NEW) -> Any:
        self.clock.move_to(at)
        answer = self.client.post(link(self.sink.to(new)[-1], "address"))
        self.go(at)
        return answer

    def undo_link(self) -> str:
        told = [mail for mail in self.sink.to(OLD) if mail["Subject"].startswith("Your mails go to")]
        return link(told[0], "address-undo")

    @property
    def address(self) -> str:
        return str(User.objects.get(pk=self.alice.runner_id).email)
