"""Mail that is due while none leaves for a quarter of an hour raises an alarm, whoever has stopped; mail
that is delayed for a reason of its own does not."""

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from challenge.delivery.plan import plan
from challenge.enrollment.transitions import PauseCause, pause
from challenge.models import Alarm, Delivery, Enrollment, Heartbeat, Limit, RestoreStop
from challenge.monitoring import alarms
from challenge.monitoring.checks import check
from challenge.monitoring.stall import stall
from challenge.monitoring.wording import AlarmText, Code
from tests.support import free_port
from tests.support.smtp_server import SmtpServer
from tests.support.web_hook import WebHook

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
MINUTE = timedelta(minutes=1)
Go = Callable[[datetime], None]


@pytest.fixture(autouse=True)
def _coach_in_utc(settings: Any) -> Iterator[None]:
    settings.TIME_ZONE = "UTC"
    yield
    alarms._unkept.clear()


def deferred(at: datetime) -> list[dict[str, Any]]:
    return [
        {"at": at.isoformat(), "phase": "recipient", "outcome": "deferred", "code": 450, "answer": "later"}
    ]


def put_off(enrollment: Enrollment, now: datetime, **fields: Any) -> Delivery:
    """A lesson that its server has deferred for half an hour."""
    at = now - 30 * MINUTE
    values = {
        "state": "retry",
        "attempts": deferred(at),
        "try_at": now + 20 * MINUTE,
        "closes_at": now + 600 * MINUTE,
    }
    return Delivery.objects.prepare(
        enrollment=enrollment, kind="lesson", day=1, due_at=at, **{**values, **fields}
    )


def standing(now: datetime) -> int:
    message = stall(now)
    return message.values["count"] if message else 0


def test_a_server_that_is_away_is_a_stall_after_a_quarter_of_an_hour(
    alice: Enrollment, go: Go, settings: Any, now: datetime
) -> None:
    settings.EMAIL_PORT, seven = free_port(), now.replace(hour=7)
    go(seven)
    assert standing(seven + 14 * MINUTE) == 0
    go(seven + 15 * MINUTE)
    values = {"count": 1, "since": seven.isoformat(), "minutes": 15}
    assert stall(seven + 15 * MINUTE) == AlarmText(Code.STALL, values)


def test_no_planner_is_a_stall(trio: list[Enrollment], now: datetime) -> None:
    assert standing(now - 46 * MINUTE) == 0
    assert standing(now) == 3


def test_no_sender_is_a_stall(trio: list[Enrollment], now: datetime) -> None:
    plan(now - 59 * MINUTE)
    assert standing(now - 50 * MINUTE) == 0
    assert standing(now) == 3


def test_senders_that_died_with_all_of_it_in_hand_are_a_stall(alice: Enrollment, now: datetime) -> None:
    plan(now)
    Delivery.objects.update(
        state="sending", lease="00000000-0000-0000-0000-000000000001", leased_until=now - 20 * MINUTE
    )
    Enrollment.objects.update(next_due_at=now + 60 * MINUTE)
    assert standing(now) == 1


def test_mail_that_leaves_is_none(trio: list[Enrollment], now: datetime) -> None:
    plan(now)
    first = Delivery.objects.order_by("pk").first()
    assert first is not None
    Delivery.objects.filter(pk=first.pk).update(state="sent", sent_at=now + 10 * MINUTE)
    assert standing(now + 20 * MINUTE) == 0
    assert standing(now + 26 * MINUTE) == 2


def test_a_few_mails_that_one_server_puts_off_are_none(enroll: Any, now: datetime) -> None:
    runners = [enroll(f"runner-{number}") for number in range(5)]
    Enrollment.objects.update(next_due_at=now + 600 * MINUTE)
    for runner in runners[:4]:
        put_off(runner, now).save()
    assert standing(now) == 0
    last = put_off(runners[4], now)
    last.save()
    assert standing(now) == 5
    Delivery.objects.filter(pk=last.pk).update(domain="example.net")
    Delivery.objects.exclude(pk=last.pk).filter(enrollment__in=runners[:3]).delete()
    assert standing(now) == 2


def test_mail_that_waits_for_the_morning_is_none(alice: Enrollment, now: datetime) -> None:
    night = now.replace(hour=23)
    Enrollment.objects.update(next_due_at=night + 600 * MINUTE)
    pause(alice.pk, PauseCause.RUNNER, night)
    assert Delivery.objects.get().due_at == night
    assert standing(night + 30 * MINUTE) == 0


@pytest.fixture
def hook(settings: Any) -> Iterator[WebHook]:
    server = WebHook()
    settings.ALARM_WEBHOOK_URL = server.url
    yield server
    server.close()


@pytest.mark.parametrize(
    ("domain", "is_stall"), [("*", False), ("example.com", False), ("example.net", True)]
)
def test_what_a_warm_up_leaves_for_tomorrow_is_none(
    domain: str, is_stall: bool, trio: list[Enrollment], now: datetime
) -> None:
    used_up = {"counted": 5, "counted_on": now.date()}
    Limit.objects.create(domain=domain, warm_up_from=now.date(), first_day=5, **used_up)
    plan(now)

    assert bool(stall(now + 60 * MINUTE)) is is_stall


def test_the_watch_tells_it_once_and_when_mail_moves_again(
    alice: Enrollment, sink: SmtpServer, go: Go, hook: WebHook, now: datetime
) -> None:
    for minutes in range(5):
        assert len(check(now + minutes * MINUTE)) == 1
    go(now + 5 * MINUTE)
    assert check(now + 6 * MINUTE) == check(now + 7 * MINUTE) == []
    began, over = (posted.body.decode() for posted in hook.posted)
    assert "none has been sent for 15 minutes" in began
    assert "Mail is moving again." in over
    assert not Alarm.objects.exists()
    assert Heartbeat.objects.get(name="watch").at == now + 7 * MINUTE


def test_a_window_that_closes_over_it_is_not_its_end(
    enroll: Any, sink: SmtpServer, go: Go, hook: WebHook, now: datetime
) -> None:
    enroll("alice", send_at=time(19))
    evening = now.replace(hour=20)
    plan(evening)
    assert len(check(evening)) == 1
    plan(now.replace(hour=23))
    assert check(now.replace(hour=23)) == []
    assert Alarm.objects.filter(kind="stall").exists()
    go(now.replace(day=4, hour=19, minute=1))
    assert check(now.replace(day=4, hour=19, minute=2)) == []
    assert [b"alarm.began" in posted.body for posted in hook.posted] == [True, False]


def test_a_suspension_is_told_with_its_reason_and_ends_with_the_next_mail(
    hook: WebHook, now: datetime
) -> None:
    why: dict[str, Any] = {"reason": "refused", "reason_values": {"count": 20, "said": "450 busy"}}
    limit = Limit.objects.create(domain="example.com", suspended_until=now + 5 * MINUTE, suspensions=1, **why)
    until = (now + 5 * MINUTE).isoformat()
    told = AlarmText(Code.SUSPENSION, {"domain": "example.com", "until": until, **why})
    assert check(now) == check(now + MINUTE) == [told]
    assert Alarm.objects.values_list("kind", "code").get() == ("rest:example.com", "suspension")
    assert check(now + 6 * MINUTE) == []
    assert len(hook.posted) == 1
    limit.suspensions = 0
    limit.save()
    check(now + 7 * MINUTE)
    assert "Mail to example.com goes again." in hook.posted[1].body.decode()


def test_a_stop_is_told_and_no_stall_beside_it(alice: Enrollment, hook: WebHook, now: datetime) -> None:
    stop = RestoreStop.objects.create(counted_at=now, reason=RestoreStop.Reason.OLDER, stopped_since=now)
    told = AlarmText(Code.STOP, {"reason": "older"})
    assert check(now) == check(now + MINUTE) == [told]
    stop.stopped_since = None
    stop.save()
    Enrollment.objects.update(next_due_at=None)
    assert check(now + 2 * MINUTE) == []
    assert [b"Sending goes on." in posted.body for posted in hook.posted] == [False, True]


def test_one_round_without_a_broker_ends_with_a_look(
    alice: Enrollment, hook: WebHook, clock: Any, settings: Any
) -> None:
    settings.EMAIL_PORT = free_port()
    call_command("send_due")
    assert len(hook.posted) == 1


def test_the_command_tells_and_exits_with_1(
    alice: Enrollment, hook: WebHook, clock: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        call_command("watch")
    assert stopped.value.code == 1
    assert capsys.readouterr().out.startswith("One mail has been due since ")
    assert len(hook.posted) == 1
    Enrollment.objects.update(next_due_at=None)
    call_command("watch")
    assert capsys.readouterr().out == ""


@pytest.mark.django_db(transaction=True)
def test_a_database_that_takes_no_write_is_told(hook: WebHook, now: datetime) -> None:
    on_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON" if on_sqlite else "SET default_transaction_read_only = on")
        try:
            [told] = check(now)
            check(now + MINUTE)
        finally:
            cursor.execute(
                "PRAGMA query_only = OFF" if on_sqlite else "SET default_transaction_read_only = off"
            )
    assert told.code == Code.DATABASE
    assert told.values["error"].startswith("OperationalError, " if on_sqlite else "InternalError, ")
    assert len(hook.posted) == 1
    assert check(now + 2 * MINUTE) == []
    assert "The database can be used again." in hook.posted[1].body.decode()
