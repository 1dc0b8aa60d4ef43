"""The mailbox for bounces: reports are recorded and marked as read, everything else stays unread."""

import logging
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from django.core.management import call_command

from challenge import tasks
from challenge.celery import app
from challenge.inbound import imap
from challenge.inbound.imap import poll
from challenge.models import Delivery, DeliveryEvent, Suppression
from challenge.worker import shutdown
from challenge.worker.recurring import JOBS
from tests.support import returned_mails
from tests.support.cast import lesson_of
from tests.support.imap_server import PASSWORD, USER, ImapServer, Kept
from tests.support.key_files import self_signed
from tests.support.returned_mails import complaint, dsn
from tests.support.smtp_server import SmtpServer
from tests.support.threads import together
from tests.support.workers import wait_until

LETTER = b"From: Ann <ann@example.net>\r\nTo: coach@example.org\r\nSubject: Hello\r\n\r\nHi!\r\n"


@pytest.fixture
def server(settings: Any) -> Iterator[ImapServer]:
    imap = ImapServer()
    settings.MAILBOX_URL, settings.BOUNCE_ADDRESS = imap.url(), "bounces@example.org"
    yield imap
    imap.stop()


@pytest.fixture
def lesson(server: ImapServer, alice: Any, go: Callable[[datetime], None], now: datetime) -> Delivery:
    go(now)
    return lesson_of("alice")


def untouched(mail: Kept) -> bool:
    return (mail.folder, mail.flags) == ("INBOX", set())


@pytest.mark.django_db
def test_reports_are_recorded_and_marked_as_read(
    lesson: Delivery, server: ImapServer, sink: SmtpServer, now: datetime
) -> None:
    bounce, loop = server.add(dsn(lesson)), server.add(complaint(sink.raw[0]))

    assert poll(now) == 2
    assert sorted(each.kind for each in DeliveryEvent.objects.all()) == ["bounced", "complained"]
    assert Suppression.objects.get().reason == "complained"
    assert (bounce.flags, loop.flags) == ({"\\Seen"}, {"\\Seen"})
    assert server.commands[-1] == "LOGOUT"

    assert poll(now) == 0
    assert DeliveryEvent.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_loop_without_a_broker_visits_it(
    lesson: Delivery, server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(JOBS, "visit_mailbox", replace(JOBS["visit_mailbox"], seconds=0.05))
    bounce = server.add(dsn(lesson))

    def end_it() -> None:
        try:
            wait_until(lambda: bounce.flags, 20, "the bounce is recorded")
        finally:
            monkeypatch.setattr(shutdown, "_caught", True)  # as a signal would

    together(lambda: call_command("send_due", loop=True), end_it)
    assert Suppression.objects.count() == 1


@pytest.mark.django_db
def test_everything_else_stays_unread_and_where_it_is(
    lesson: Delivery, server: ImapServer, now: datetime
) -> None:
    others = [
        server.add(LETTER),
        server.add(returned_mails.reply(lesson)),
        server.add(dsn(lesson, to="bounces@example.org")),
        server.add(b""),
    ]
    marked = server.add(LETTER)
    marked.flags.add("\\Deleted")

    assert poll(now) == 0
    assert all(map(untouched, others))
    assert marked.flags == {"\\Deleted"}
    assert "EXPUNGE" not in server.commands
    assert not DeliveryEvent.objects.exists()


@pytest.mark.django_db
def test_other_mail_is_not_even_fetched(lesson: Delivery, server: ImapServer, now: datetime) -> None:
    """A coach's mailbox may hold thousands of unread mails."""
    for _ in range(300):
        server.add(LETTER)
    bounce = server.add(dsn(lesson))

    assert poll(now) == 1
    assert server.fetched == [bounce.uid]


@pytest.mark.django_db
def test_what_stays_unread_does_not_stand_before_what_comes(
    lesson: Delivery, server: ImapServer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many replies to the return path stay unread."""
    monkeypatch.setattr(imap, "MAX_MAILS", 3)
    for _ in range(3):
        server.add(returned_mails.reply(lesson))
    assert poll(now) == 0
    server.add(dsn(lesson))

    assert poll(now) == 1


@pytest.mark.django_db
def test_a_bounce_without_a_part_for_machines_is_found_by_its_address(
    lesson: Delivery, server: ImapServer, now: datetime
) -> None:
    server.add(returned_mails.qmail(lesson))
    assert poll(now) == 1


@pytest.mark.django_db
def test_recorded_mails_move_to_a_folder_where_one_is_named(
    lesson: Delivery, server: ImapServer, settings: Any, now: datetime
) -> None:
    settings.MAILBOX_URL = server.url(query="?move=Came%20back")
    bounce, letter = server.add(dsn(lesson)), server.add(LETTER)

    assert poll(now) == 1
    assert (bounce.folder, bounce.flags) == ("Came back", {"\\Seen"})
    assert untouched(letter)


@pytest.mark.django_db
def test_a_server_that_can_not_move_is_not_made_to_expunge(
    lesson: Delivery, server: ImapServer, settings: Any, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    settings.MAILBOX_URL, server.can_move = server.url(query="?move=DeliveryEvent"), False
    bounce = server.add(dsn(lesson))

    assert poll(now) == 1
    assert (bounce.folder, bounce.flags) == ("INBOX", {"\\Seen"})
    assert "can't move mails" in caplog.text


@pytest.mark.django_db
def test_of_a_huge_mail_only_the_beginning_is_fetched(
    lesson: Delivery, server: ImapServer, now: datetime
) -> None:
    server.add(dsn(lesson, returned="\n" + "Breathe out.\n" * 100_000))
    assert poll(now) == 1
    assert Suppression.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("command", ["CAPABILITY", "LOGIN", "SELECT", "SEARCH", "FETCH", "STORE"])
def test_a_server_that_hangs_up_is_polled_again(
    command: str, lesson: Delivery, server: ImapServer, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    server.add(dsn(lesson))
    server.drops_at = command
    assert poll(now) == 0
    assert "the mailbox could not be read" in caplog.text
    assert USER not in caplog.text
    assert PASSWORD not in caplog.text

    server.drops_at = ""
    assert poll(now) == 1
    assert DeliveryEvent.objects.count() == 1


@pytest.mark.pure
@pytest.mark.parametrize("command", ["LOGIN", "SEARCH"])
def test_a_server_that_says_nothing_holds_nobody_up(
    command: str, server: ImapServer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "ANSWER_SECONDS", 1)
    server.silent_at = command
    began = monotonic()
    assert poll(now) == 0
    assert monotonic() - began < 15


@pytest.mark.pure
def test_a_wrong_password_or_nobody_there_is_noted(
    server: ImapServer, settings: Any, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    for wrong in (
        server.url().replace("reset", "other"),
        server.url().replace(f":{server.port}/", ":1/"),
        "pop3://a:b@c/",
        "imaps://host/",
    ):
        settings.MAILBOX_URL = wrong
        caplog.clear()
        assert poll(now) == 0
        assert "the mailbox could not be read" in caplog.text


@pytest.mark.pure
def test_a_password_is_told_to_a_server_that_proves_its_name_alone(
    settings: Any, now: datetime, tmp_path: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))
    server = ImapServer(context)
    settings.MAILBOX_URL = server.url("imaps")

    assert poll(now) == 0
    assert "LOGIN" not in server.commands
    server.stop()


@pytest.mark.pure
def test_without_a_mailbox_the_task_does_nothing(settings: Any) -> None:
    settings.MAILBOX_URL = ""
    tasks.RECURRING["visit_mailbox"]()
    assert app.conf.beat_schedule["visit_mailbox"]["schedule"] == 300


@pytest.fixture(autouse=True)
def _log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Check that no log line of a test names a runner."""
    caplog.set_level(logging.DEBUG)
    yield
    assert "alice" not in caplog.text.lower()
