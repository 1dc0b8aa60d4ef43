"""F22: yesterday's backup is restored, under a clock that jumps from one lesson to the next.

When the backup is made, a third of the runners has had the day's lesson, a third has it in the ledger, and
a third is not planned yet. All get it, and most the next one too, before the database is lost."""

import email
import re
from collections import Counter
from datetime import datetime, timedelta
from email.policy import default
from io import StringIO
from pathlib import Path

import time_machine
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone

from challenge.delivery.plan import plan
from challenge.models import Delivery, Enrollment, Program, RestoreStop
from tests.faults.report import Fault, Result, Scale
from tests.faults.simulation import SimulatedWorkers, site_mail_server
from tests.support.crowd import crowd
from tests.support.restores import Dump
from tests.support.smtp_server import SmtpServer

SIZES = {Scale.SMALL: (4, 1), Scale.FULL: (300, 5)}
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
LESSON = re.compile(r"Day (\d+)")


def run(scale: Scale, folder: Path) -> Result:
    runners, restores = SIZES[scale]
    with override_settings(MARKS_DIR=folder / "marks"), site_mail_server() as server:
        spread(runners)
        workers, unbidden = SimulatedWorkers(timezone.now()), 0
        for _ in range(restores):
            unbidden += lose_a_day(workers, server, folder)
        workers.run_until(workers.now + 3 * HOUR)
        return judge(server, runners, restores, unbidden)


def spread(runners: int) -> None:
    """Make lessons due now, in an hour and in two."""
    for number, enrollment in enumerate(crowd(Program.objects.get(), runners)):
        if late := number % 3 * HOUR:
            due_at = (timezone.now() + late).replace(second=0, microsecond=0)
            wall = due_at.astimezone(enrollment.zone).time()
            Enrollment.objects.filter(pk=enrollment.pk).update(send_at=wall, next_due_at=due_at)


def lose_a_day(workers: SimulatedWorkers, server: SmtpServer, folder: Path) -> int:
    """Make a backup, go on for a day, restore it, and go on to the end of the second day. Return how many
    mails left between the restore and the operator's resume."""
    start = workers.now
    workers.run_until(start + HOUR - 2 * MINUTE)
    plan(start + HOUR)
    dump = Dump(folder)
    workers.run_until(start + DAY + 1.5 * HOUR)
    dump.restore()
    before = len(server.messages)
    workers.run_until(workers.now + HOUR)
    unbidden = len(server.messages) - before
    resume(workers.now)
    workers.run_until(start + 2 * DAY)
    return unbidden


def resume(now: datetime) -> None:
    """Act as the operator: look, and mark as sent what fell due while the lost database ran."""
    stop = RestoreStop.current()
    if stop is None:
        return
    with time_machine.travel(now, tick=False):
        call_command("resume_sending", stdout=StringIO())
        call_command("resume_sending", "--yes", sent_until=stop.ran_until, stdout=StringIO())


def judge(server: SmtpServer, runners: int, restores: int, unbidden: int) -> Result:
    """Check that each runner got each lesson once, one a day."""
    lessons = Counter(
        (message.recipient, int(day[1]))
        for message in server.messages
        if (day := LESSON.match(str(email.message_from_bytes(message.content, policy=default)["Subject"])))
    )
    days = range(1, 2 * restores + 2)
    expected = {(f"runner-{number}@example.com", day) for number in range(runners) for day in days}
    uncertain = Delivery.objects.filter(uncertain=True).count()
    result = Result(lessons.total(), restores, uncertain=uncertain, note=f"{unbidden} sent unbidden")
    result.doubled = lessons.total() - len(lessons)
    result.lost = len(expected - set(lessons))
    found = ((unbidden, "sent unbidden"), (result.doubled, "doubled"), (result.lost, "lost"))
    result.breaches = [f"{count} {what}" for count, what in found if count]
    return result


F22 = Fault(
    "Yesterday's backup restored",
    "nothing is sent until the operator says so; then nothing again of what is taken as sent",
    run,
)
