"""An address that bounced: what is kept, what the runner does meanwhile, how the course goes on."""

import re
import threading
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection

from challenge.delivery.plan import plan
from challenge.delivery.send import send_batch
from challenge.delivery.smtp.transport import Transport
from challenge.enrollment import transitions
from challenge.enrollment.leaving import leave
from challenge.models import Delivery, Event, Suppression
from tests.support.cast import lesson_of
from tests.support.smtp_script import accept, always
from tests.support.smtp_server import SmtpServer
from tests.support.threads import together

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

Go = Callable[[datetime], None]
DAY = timedelta(days=1)


def test_a_runner_who_leaves_in_the_middle_of_a_bounce_stays_away(
    alice: Any, sink: SmtpServer, now: datetime
) -> None:
    """The runner leaves at the last moment before the row is locked to be paused."""
    left: list[bool] = []
    one_enrollment = re.compile(r'SELECT .* WHERE "challenge_enrollment"\."id" = (?!ANY)')

    def leave_first(execute: Callable[..., Any], sql: str, *others: Any) -> Any:
        if one_enrollment.match(sql) and not left:
            left.append(True)
            leave(alice.pk, Event.Actor.RUNNER, now)
        return execute(sql, *others)

    plan(now)
    sink.script = always("recipient", "550 5.1.1 no such user")
    with Transport() as transport, connection.execute_wrapper(leave_first):
        send_batch(transport, lambda: now)

    alice.refresh_from_db()
    assert (left, alice.state, alice.next_due_at) == ([True], "withdrawn", None)
    assert not Event.objects.filter(kind=Event.Kind.PAUSED).exists()
    assert Suppression.objects.get().reason == "bounced"


@pytest.mark.django_db(transaction=True)
def test_a_refusal_while_the_runner_changes_the_hour_ends_in_no_deadlock(
    alice: Any, sink: SmtpServer, go: Go, now: datetime
) -> None:
    """Both lock the enrollment before the lesson."""
    recording, changing = threading.Event(), threading.Event()

    def meet(mine: threading.Event, other: threading.Event, at: str) -> Callable[..., Any]:
        def wrapper(execute: Callable[..., Any], sql: str, *others: Any) -> Any:
            if sql.startswith(at):
                mine.set()
                other.wait(1)  # times out on SQLite: one transaction waits for the other
            return execute(sql, *others)

        return wrapper

    def refuse() -> None:
        with connection.execute_wrapper(meet(recording, changing, 'INSERT INTO "challenge_deliveryevent"')):
            go(now)

    def change() -> None:
        recording.wait(20)
        with connection.execute_wrapper(meet(changing, recording, 'UPDATE "challenge_delivery"')):
            transitions.reschedule(alice.pk, time(9), "Europe/London", Event.Actor.RUNNER, now)

    sink.script = always("recipient", "550 5.1.1 no such user")
    together(refuse, change)

    alice.refresh_from_db()
    assert (alice.state, alice.send_at) == ("paused", time(9))
    assert lesson_of("alice").state not in ("sending", *Delivery.WAITING)


@pytest.mark.parametrize(
    "said",
    [
        "5.1.1 <alice@example.com>: Recipient address rejected: User unknown",
        "alice@example.com: Recipient address rejected: User unknown",
        "Recipient address rejected: User unknown (Alice@Example.COM)",
    ],
    ids=["in angle brackets", "bare", "in other letters"],
)
def test_no_address_is_kept_with_what_the_server_said(
    said: str, alice: Any, sink: SmtpServer, go: Go, now: datetime
) -> None:
    sink.script = always("recipient", f"550 {said}")

    go(now)

    detail = Suppression.objects.get().detail
    assert "Recipient address rejected" in detail
    assert "User unknown" in detail
    assert "alice" not in detail.lower()
    assert "@" not in detail


def test_the_day_that_bounced_is_sent_once_the_coach_lets_the_address_in_again(
    alice: Any, sink: SmtpServer, go: Go, now: datetime
) -> None:
    sink.script = always("recipient", "550 5.1.1 no such user")
    go(now)
    bounced = lesson_of("alice")
    sink.script = accept
    go(now + DAY)
    assert not sink.mails

    Suppression.objects.all().delete()
    assert transitions.resume(alice.pk, Event.Actor.COACH, now + 2 * DAY)
    go(now + 2 * DAY)
    assert lesson_of("alice").pk == bounced.pk
    go(now + 3 * DAY)

    assert [mail["Subject"][:6] for mail in sink.mails] == ["Day 1:", "Day 2:"]
