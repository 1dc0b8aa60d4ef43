"""Mail other than lessons that the server defers for days: tried for a week, then given up."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from challenge.delivery.rescue import close
from challenge.models import Delivery, Enrollment
from tests.support.cast import ALICE
from tests.support.smtp_script import accept, always
from tests.support.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db

Go = Callable[[datetime], None]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def work(go: Go) -> Callable[[datetime, datetime], None]:
    """Do the workers' work from one instant to another, every six hours."""

    def run(start: datetime, end: datetime) -> None:
        for step in range((end - start) // (6 * HOUR)):
            close(start + step * 6 * HOUR)
            go(start + step * 6 * HOUR)

    return run


def test_a_welcome_that_is_put_off_for_seven_days_is_given_up(
    alice: Any, sink: SmtpServer, work: Callable[[datetime, datetime], None], now: datetime
) -> None:
    Enrollment.objects.update(next_due_at=None)
    welcome = Delivery.objects.queue(Delivery.Kind.WELCOME, now, alice)
    sink.script = always("recipient", "451 later")

    work(now, now + 7 * DAY)
    welcome.refresh_from_db()
    assert welcome.state == "retry"
    tried = len(welcome.attempts)

    sink.script = accept
    work(now + 7 * DAY, now + 9 * DAY)
    welcome.refresh_from_db()
    assert (welcome.state, welcome.reason) == ("failed", "too_late")
    assert (len(welcome.attempts), sink.mails) == (tried, [])


def test_a_confirmation_that_gets_through_on_the_fifth_day_is_sent(
    enroll: Callable[..., Any], sink: SmtpServer, work: Callable[[datetime, datetime], None], now: datetime
) -> None:
    confirmation = Delivery.objects.queue(Delivery.Kind.CONFIRMATION, now, enroll("alice", state="pending"))
    sink.script = always("recipient", "451 later")
    work(now, now + 5 * DAY)
    assert not sink.mails

    sink.script = accept
    work(now + 5 * DAY, now + 8 * DAY)

    confirmation.refresh_from_db()
    assert (confirmation.state, confirmation.reason) == ("sent", "")
    assert [mail["Message-ID"] for mail in sink.to(ALICE)] == [confirmation.message_id]
