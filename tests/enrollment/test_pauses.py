"""Each trigger of a pause: what is withheld, who gets a mail, what is logged, what a resume does."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client

from challenge.coach.runners import actions
from challenge.delivery.plan import plan
from challenge.enrollment import transitions
from challenge.enrollment.transitions import PauseCause
from challenge.inbound.bounce_mail import receive
from challenge.mail.links import Purpose, url
from challenge.models import Delivery, Enrollment, Event, Suppression
from tests.support.files_run import above_foundations, files_listed, files_run
from tests.support.returned_mails import FULL, complaint, dsn
from tests.support.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def lessons(**which: Any) -> Any:
    return Delivery.objects.filter(kind=Delivery.Kind.LESSON, **which)


@pytest.fixture
def later(alice: Any, go: Callable[[datetime], None], now: datetime, clock: Any, settings: Any) -> datetime:
    """Day 4, whose lesson is queued; days 1 to 3 were sent, and day 3 is queued once more."""
    settings.BOUNCE_ADDRESS = "bounces@example.org"
    for day in range(3):
        go(now + day * DAY)
    at = now + 3 * DAY
    clock.move_to(at)
    plan(at)
    transitions.send_again(alice.pk, at)
    assert lessons(state="queued").count() == 2
    return at


@pytest.fixture
def trigger(
    alice: Enrollment, client: Client, sink: SmtpServer, later: datetime
) -> Callable[[PauseCause], None]:
    def bounces(days: int, *report: str) -> None:
        for lesson in lessons(state="sent").order_by("-day")[:days]:
            receive(dsn(lesson, *report), [], later)

    link = url(Purpose.PAUSE, later, alice)
    triggers = {
        PauseCause.RUNNER: lambda: client.post(link, {"action": "pause"}),
        PauseCause.COACH: lambda: actions.run(actions.PAUSE, [alice], later),
        PauseCause.COMPLAINT: lambda: receive(complaint(sink.raw[0]), [], later),
        PauseCause.BAD_ADDRESS: partial(bounces, 1),
        PauseCause.UNREACHABLE: partial(bounces, 3, "5.2.2", FULL),
    }
    return lambda cause: triggers[cause]() and None


@pytest.mark.parametrize(
    ("cause", "event", "mails", "suppressed"),
    [
        (PauseCause.RUNNER, ("paused", "runner", ""), 1, False),
        (PauseCause.COACH, ("paused", "coach", ""), 1, False),
        (PauseCause.COMPLAINT, ("paused", "system", "complaint"), 0, True),
        (PauseCause.BAD_ADDRESS, ("paused", "system", "bad_address"), 0, True),
        (PauseCause.UNREACHABLE, ("unreachable", "system", "soft_bounces"), 0, False),
    ],
)
def test_a_pause(
    cause: PauseCause,
    event: tuple[str, str, str],
    mails: int,
    suppressed: bool,
    alice: Enrollment,
    trigger: Callable[[PauseCause], None],
    sink: SmtpServer,
    go: Callable[[datetime], None],
    later: datetime,
) -> None:
    trigger(cause)

    alice.refresh_from_db()
    assert (alice.state, alice.next_due_at) == ("paused", None)
    assert not lessons(state__in=Delivery.WAITING).exists()
    assert lessons(state="sent").count() == 3
    assert Event.objects.values_list("kind", "actor", "detail").get() == event
    assert Delivery.objects.filter(kind=Delivery.Kind.PAUSED).count() == mails
    go(later + HOUR)
    assert len(sink.mails) == 3 + mails

    assert transitions.resume(alice.pk, Event.Actor.COACH, later + 2 * HOUR)
    go(later + DAY)
    assert len(sink.lessons) == (3 if suppressed else 4)
    Suppression.objects.all().delete()
    go(later + 2 * DAY)
    assert sink.lessons[3]["Subject"].startswith("Day 4:")


def test_a_runner_pauses_in_the_files_that_the_architecture_lists(
    trigger: Callable[[PauseCause], None],
) -> None:
    listed = files_listed("A runner pauses")

    assert above_foundations(files_run(lambda: trigger(PauseCause.RUNNER))) == set(listed)
    assert len(listed) <= 6
