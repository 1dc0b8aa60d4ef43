"""A visitor's side of the site: the sign-up form filled in, and what mails and pages lead to."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.addresses import normalise
from challenge.models import Enrollment
from challenge.site.doubt import served
from tests.support.smtp_server import SmtpServer

# Milliseconds: a form of ten questions that comes back within two seconds was not read.
READING = 2100


def form(**changes: Any) -> dict[str, Any]:
    """Return the sign-up form as Maya fills it in, with changes; a field set to None is left out."""
    fields = {
        "email": "maya@example.com",
        "first_name": "Maya",
        "starts_on": "2026-03-04",
        "send_at": "07:00",
        "time_zone": "Europe/London",
        "mail_consent": "on",
        "website": "",
        **changes,
    }
    return {name: value for name, value in fields.items() if value is not None}


def filled_in(page: str) -> dict[str, str]:
    """Return what a browser sends of the forms of a page, as they are shown."""
    fields = {}
    for name, options in re.findall(r'<select[^>]*name="(\w+)".*?>(.*?)</select>', page, re.DOTALL):
        [(value, text)] = re.findall(r'<option(?: value="([^"]*)")? selected>([^<]*)', options)
        fields[name] = unescape(value or text)
    for tag in re.findall(r"<input[^>]*>", page):
        found = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if found["type"] != "checkbox":
            fields[found["name"]] = unescape(found.get("value", ""))
        elif " checked" in tag:
            fields[found["name"]] = "on"
    return fields


def confirm(client: Client, path: str, **changes: Any) -> Any:
    """Open the page of a confirm link, press its button, with changes, and answer no to all ten questions.
    Return the answer to the first."""
    answer = press_confirm(client, path, **changes)
    if answer.status_code == 302 and answer["Location"].startswith("/screening/"):
        assert answer_no(client, answer["Location"]).status_code == 200
    return answer


def answer_no(client: Client, path: str, **said: Any) -> Any:
    """Post the ten questions as somebody who has read them for a minute: none fits, or what is said."""
    return client.post(
        path, {"served": served(timezone.now() - timedelta(minutes=1)), "answer": "none"} | said
    )


def press_confirm(client: Client, path: str, **changes: Any) -> Any:
    """Open the page of a confirm link, and press its button, with changes."""
    return client.post(path, filled_in(client.get(path).content.decode()) | changes)


def body(mail: EmailMessage, kind: str = "plain") -> str:
    """Return one part of a mail, line ends as \
    ."""
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def links_in(mail: EmailMessage) -> list[str]:
    """Return every link of a mail, as a path: of both parts and of List-Unsubscribe."""
    found = re.findall(r'href="([^"]+)"', body(mail, "html"))
    found += re.findall(r"https?://\S+", body(mail))
    found.append(str(mail["List-Unsubscribe"]).strip("<>"))
    return [urlsplit(unescape(url)).path for url in dict.fromkeys(found)]


def link(mail: EmailMessage, purpose: str, choice: str = "") -> str:
    """Return the link of a mail for one purpose, such as check-in, with one proposed answer."""
    ending = f"/{choice}/" if choice else "/"
    [found] = {path for path in links_in(mail) if path.startswith(f"/{purpose}/") and path.endswith(ending)}
    return found


def whole_database() -> dict[str, list[str]]:
    rows = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows[table] = sorted(map(repr, cursor.fetchall()))
    return rows


def seen(response: HttpResponse) -> tuple[int, bytes, list[tuple[str, str]], str]:
    """Return everything of an answer that a visitor can see."""
    return response.status_code, response.content, sorted(response.items()), response.cookies.output()


class Visitor:
    def __init__(self, client: Client, sink: SmtpServer, go: Callable[[datetime], None], clock: Any) -> None:
        self.client, self.sink, self.go, self.clock = client, sink, go, clock

    def post(self, ip: str = "192.0.2.1", path: str = "/", **changes: Any) -> Any:
        return self.client.post(path, form(**changes), REMOTE_ADDR=ip)

    def signs_up(self, at: datetime, **changes: Any) -> str:
        """Sign up and fetch the mail. Return the path of its confirm link."""
        self.clock.move_to(at)
        assert self.post(**changes).status_code == 200
        self.go(at)
        return link(self.sink.to(normalise(changes.get("email", "maya@example.com")))[-1], "confirm")

    def confirms(self, path: str, **changes: Any) -> None:
        assert confirm(self.client, path, **changes).status_code == 302


class Runner:
    """A runner who has got day 1, and the page behind the buttons of its mail."""

    def __init__(self, client: Client, mail: EmailMessage) -> None:
        self.client, self.mail = client, mail

    def path(self, choice: str = "done") -> str:
        return link(self.mail, "check-in", choice)

    def opens(self, choice: str = "done") -> str:
        return self.client.get(self.path(choice)).content.decode()

    def saves(self, choice: str = "done", **fields: str) -> Any:
        return self.client.post(self.path(choice), {"status": choice, "unit": "km", **fields})

    def tells(self, choice: str = "done", **fields: str) -> Any:
        """Save as a person does, who had the page before her for a minute."""
        return self.saves(choice, **{"served": served(timezone.now() - timedelta(minutes=1)), **fields})

    def reads(self, answer: Any) -> str:
        """Return the page to which an answer leads."""
        return str(self.client.get(answer["Location"]).content.decode())


# An address answered 404 or 422; a test looked into the inbox's sandbox.
NO_FAULT = ("Failed to load resource", "Blocked script execution")


class Watch:
    """Records the errors of a browser's tabs, and the hosts that they ask."""

    def __init__(self, context: Any) -> None:
        self.context = context
        self.said: list[str] = []
        self.hosts: set[str] = set()
        context.on("console", self._note)
        context.on("weberror", lambda error: self.said.append(str(error.error)))
        context.on("request", lambda request: self.hosts.add(urlsplit(request.url).hostname or ""))

    def _note(self, message: Any) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(NO_FAULT):
            self.said.append(message.text)

    def trouble(self) -> list[str]:
        return [*self.said, *(f"asked {host}" for host in self.hosts - {"localhost", "127.0.0.1"})]


def confirm_link(sink: SmtpServer, go: Callable[[datetime], None]) -> str:
    """Send what is due. Return the path of Maya's confirm link."""
    go(timezone.now())
    return link(sink.to("maya@example.com")[0], "confirm")


def lesson_link(sink: SmtpServer, go: Callable[[datetime], None]) -> str:
    """Send Maya's day 1 when it is due. Return the path of its button "Done"."""
    due_at = Enrollment.objects.get().next_due_at
    assert due_at
    go(max(due_at, timezone.now()))
    [lesson] = [mail for mail in sink.to("maya@example.com") if mail["Subject"].startswith("Day 1: ")]
    return link(lesson, "check-in", "done")


def heading(page: Any) -> str:
    return str(page.locator("h1").inner_text())
