"""F22: yesterday's backup is restored, under a clock that jumps from one lesson to the next.

A third of the runners has had the day's lesson when the backup is made, a third has it waiting in the
ledger, and for a third it is not even planned. All of them get it, and most the next one too, before the
database is lost.
"""

import email
import re
from collections import Counter
from datetime import datetime, timedelta
from email.policy import default
from io import StringIO
from pathlib import Path

import time_machine
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from challenge.delivery.plan import plan
from challenge.models import Delivery, Enrollment, Hold, Program
from tests.faults.dumps import Dump
from tests.faults.outcome import Outcome, Scale
from tests.faults.travel import Travel, faulty_server
from tests.support.crowd import crowd
from tests.support.faulty_smtp import FaultyServer

TITLE = "Yesterday's backup restored"
BOUND = "nothing is sent until the operator says so; then nothing again of what she takes as sent"
SIZES = {Scale.SMALL: (4, 1), Scale.FULL: (300, 5)}
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
LESSON = re.compile(r"Day (\d+)")


def run(scale: Scale, folder: Path) -> Outcome:
    runners, restores = SIZES[scale]
    marks, settings.MARKS_DIR = settings.MARKS_DIR, folder / "marks"
    try:
        with faulty_server() as server:
            spread(runners)
            travel, unbidden = Travel(timezone.now()), 0
            for _ in range(restores):
                unbidden += lose_a_day(travel, server, folder)
            travel.until(travel.now + 3 * HOUR)
            return judge(server, runners, restores, unbidden)
    finally:
        settings.MARKS_DIR = marks


def spread(runners: int) -> None:
    """Runners whose lessons fall due now, in an hour and in two."""
    for number, enrollment in enumerate(crowd(Program.objects.get(), runners)):
        if late := number % 3 * HOUR:
            due_at = (timezone.now() + late).replace(second=0, microsecond=0)
            wall = due_at.astimezone(enrollment.zone).time()
            Enrollment.objects.filter(pk=enrollment.pk).update(send_at=wall, next_due_at=due_at)


def lose_a_day(travel: Travel, server: FaultyServer, folder: Path) -> int:
    """Make a backup, go on for a day, and restore it. Returns how much was sent before the operator
    came; two days have gone by then."""
    start = travel.now
    travel.until(start + HOUR - 2 * MINUTE)
    plan(start + HOUR)
    dump = Dump(folder)
    travel.until(start + DAY + 1.5 * HOUR)
    dump.restore()
    before = len(server.messages)
    travel.until(travel.now + HOUR)
    unbidden = len(server.messages) - before
    resume(travel.now)
    travel.until(start + 2 * DAY)
    return unbidden


def resume(now: datetime) -> None:
    """What the operator does: she looks, and takes as sent what fell due while the lost database ran."""
    hold = Hold.current()
    if hold is None:
        return
    with time_machine.travel(now, tick=False):
        call_command("resume_sending", stdout=StringIO())
        call_command("resume_sending", "--yes", sent_until=hold.ran_until, stdout=StringIO())


def judge(server: FaultyServer, runners: int, restores: int, unbidden: int) -> Outcome:
    """Each runner got each lesson once, one a day."""
    lessons = Counter(
        (message.recipient, int(day[1]))
        for message in server.messages
        if (day := LESSON.match(str(email.message_from_bytes(message.content, policy=default)["Subject"])))
    )
    days = range(1, 2 * restores + 2)
    expected = {(f"runner-{number}@example.com", day) for number in range(runners) for day in days}
    uncertain = Delivery.objects.filter(uncertain=True).count()
    outcome = Outcome(lessons.total(), restores, uncertain=uncertain, note=f"{unbidden} sent unbidden")
    outcome.doubled = lessons.total() - len(lessons)
    outcome.lost = len(expected - set(lessons))
    found = ((unbidden, "sent unbidden"), (outcome.doubled, "doubled"), (outcome.lost, "lost"))
    outcome.breaches = [f"{count} {what}" for count, what in found if count]
    return outcome
