"""The operator gets an alarm once, again every six hours, and at its end: by a mail through a second server
and by a signed webhook, whoever finds the trouble, and without the database too."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import pytest
from django.db import connection, connections

from challenge.models import Alarm
from challenge.monitoring import alarms
from challenge.monitoring.alarms import end_alarm, raise_alarm
from challenge.monitoring.wording import AlarmText, Code
from tests.support.smtp_server import SmtpServer
from tests.support.web_hook import WebHook

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
HOUR = timedelta(hours=1)
SECRET = "whsec_" + base64.b64encode(b"0123456789abcdefghijklmnop").decode()


@pytest.fixture(autouse=True)
def _nothing_in_mind() -> Iterator[None]:
    yield
    alarms._unkept.clear()


@pytest.fixture
def second(settings: Any) -> Iterator[SmtpServer]:
    server = SmtpServer()
    settings.OPERATOR_EMAIL = "operator@example.org"
    settings.ALARM_EMAIL = {
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": server.port,
        "EMAIL_HOST_USER": "",
        "EMAIL_HOST_PASSWORD": "",
        "EMAIL_USE_TLS": False,
        "EMAIL_USE_SSL": False,
    }
    yield server
    server.stop()


@pytest.fixture
def hook(settings: Any) -> Iterator[WebHook]:
    server = WebHook()
    settings.ALARM_WEBHOOK_URL, settings.ALARM_WEBHOOK_SECRET = server.url, SECRET
    yield server
    server.close()


def written(text: str) -> AlarmText:
    return AlarmText(Code.AS_WRITTEN, {"text": text})


NOTHING_MOVES = written("Nothing moves.")


def types(hook: WebHook) -> list[str]:
    return [json.loads(posted.body)["type"] for posted in hook.posted]


def test_it_is_told_at_once_then_every_six_hours_then_that_it_is_over(hook: WebHook, now: datetime) -> None:
    for hours in range(14):
        told = raise_alarm("stall", written(f"Nothing moves, {hours}."), now + hours * HOUR)
        assert told == (hours in (0, 6, 12))
    assert end_alarm("stall", written("It moves."), now + 14 * HOUR)
    assert not end_alarm("stall", written("It moves."), now + 15 * HOUR)

    assert types(hook) == ["alarm.began", "alarm.goes_on", "alarm.goes_on", "alarm.over"]
    said = [json.loads(posted.body)["data"] for posted in hook.posted]
    assert [each["sentence"] for each in said] == [
        "Nothing moves, 0.", "Nothing moves, 6.", "Nothing moves, 12.", "It moves."
    ]  # fmt: skip
    assert {each["since"] for each in said} == {now.isoformat()}
    assert len({posted.headers["webhook-id"] for posted in hook.posted}) == 4
    assert raise_alarm("stall", written("Again."), now + 15 * HOUR)


def test_the_mail_goes_through_the_second_server_and_not_the_runners(
    second: SmtpServer, sink: SmtpServer, settings: Any, now: datetime
) -> None:
    settings.SITE_URL, settings.TIME_ZONE = "https://reset.example.org", "UTC"
    raise_alarm("stall", NOTHING_MOVES, now)
    [mail] = second.mails
    assert sink.mails == []
    assert mail["Subject"] == "reset.example.org: Nothing moves."
    assert (mail["To"], mail["From"]) == ("operator@example.org", "operator@example.org")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().splitlines()[:3:2] == ["Nothing moves.", "Since Tue 3 Mar 2026, 08:00 UTC."]


def test_without_a_second_server_it_goes_the_way_of_all_mail(
    sink: SmtpServer, settings: Any, now: datetime
) -> None:
    settings.OPERATOR_EMAIL = "operator@example.org"
    raise_alarm("stall", NOTHING_MOVES, now)
    [mail] = sink.mails
    assert (mail["To"], mail["From"]) == ("operator@example.org", settings.MAIL_FROM)


def test_the_webhook_is_signed_as_standard_webhooks_say(hook: WebHook, now: datetime) -> None:
    raise_alarm("stall", NOTHING_MOVES, now)
    [posted] = hook.posted
    headers = posted.headers
    assert headers["content-type"] == "application/json"
    assert headers["webhook-timestamp"] == str(int(now.timestamp()))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + posted.body
    digest = hmac.new(b"0123456789abcdefghijklmnop", signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"


@pytest.mark.parametrize("answer", [500, 404, 302])
def test_what_nobody_took_is_told_again_under_the_same_id(hook: WebHook, now: datetime, answer: int) -> None:
    hook.answer, hook.location = answer, hook.url + "/elsewhere"
    assert not raise_alarm("stall", NOTHING_MOVES, now)
    assert not raise_alarm("stall", NOTHING_MOVES, now + timedelta(seconds=10))  # a delivery may be running
    hook.answer = 204
    assert raise_alarm("stall", NOTHING_MOVES, now + timedelta(minutes=1))
    first, second = hook.posted
    assert first.path == second.path == "/alarms"
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert types(hook) == ["alarm.began", "alarm.began"]


def test_what_was_never_told_ends_without_a_word(hook: WebHook, now: datetime) -> None:
    hook.answer = 500
    raise_alarm("stall", NOTHING_MOVES, now)
    hook.answer = 204
    assert not end_alarm("stall", written("It moves."), now + timedelta(minutes=2))
    assert not Alarm.objects.exists()
    assert len(hook.posted) == 1


def test_one_way_that_fails_leaves_the_other(second: SmtpServer, hook: WebHook, now: datetime) -> None:
    hook.answer = 500
    assert raise_alarm("stall", NOTHING_MOVES, now)
    assert len(second.mails) == 1


def test_a_way_that_hangs_is_given_up(hook: WebHook, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("challenge.monitoring.notify.SECONDS", 0.5)
    hook.silent.set()
    began = monotonic()
    assert not raise_alarm("stall", NOTHING_MOVES, now)
    assert monotonic() - began < 5


def test_without_any_way_it_stands_in_the_log(caplog: pytest.LogCaptureFixture, now: datetime) -> None:
    assert raise_alarm("stall", NOTHING_MOVES, now)
    assert "Nothing moves." in caplog.text


@pytest.mark.django_db(transaction=True)
def test_of_many_who_see_it_one_tells(hook: WebHook, now: datetime) -> None:
    start = threading.Barrier(4)

    def look() -> None:
        start.wait()
        raise_alarm("stall", NOTHING_MOVES, now)
        connections.close_all()

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert types(hook) == ["alarm.began"]


@pytest.fixture
def unwritable() -> Iterator[Any]:
    """Make the database refuse every write until the returned function is called."""
    on_sqlite = connection.vendor == "sqlite"
    no = "PRAGMA query_only = ON" if on_sqlite else "SET default_transaction_read_only = on"
    yes = "PRAGMA query_only = OFF" if on_sqlite else "SET default_transaction_read_only = off"
    with connection.cursor() as cursor:
        cursor.execute(no)
        yield lambda: cursor.execute(yes)
        cursor.execute(yes)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_takes_no_write_does_not_silence_it(
    hook: WebHook, now: datetime, unwritable: Any
) -> None:
    assert [raise_alarm("disk", written("Full."), now + hours * HOUR) for hours in range(8)] == [
        True, False, False, False, False, False, True, False
    ]  # fmt: skip
    unwritable()
    assert not raise_alarm("disk", written("Full."), now + 8 * HOUR)  # stored now, and not sent again
    assert Alarm.objects.get().told_at == now + 6 * HOUR
    assert end_alarm("disk", written("Room."), now + 9 * HOUR)
    assert types(hook) == ["alarm.began", "alarm.goes_on", "alarm.over"]


@pytest.mark.django_db(transaction=True)
def test_what_was_told_without_the_database_ends_as_well(
    hook: WebHook, now: datetime, unwritable: Any
) -> None:
    raise_alarm("disk", written("Full."), now)
    unwritable()
    assert set(alarms.current()) == {"disk"}
    assert end_alarm("disk", written("Room."), now + HOUR)
    assert (types(hook), alarms.current()) == (["alarm.began", "alarm.over"], {})
