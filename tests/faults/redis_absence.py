"""F5: Redis is away for ten minutes; visitors come, runners answer, and `send_due` carries the mail."""

from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep

from django.test import Client, override_settings
from django.utils import timezone

from challenge.mail.links import Purpose, token
from challenge.models import CheckIn, Delivery, Enrollment, Program
from tests.faults.reconciliation import all_sent, reconcile
from tests.faults.redis_loss import redis_and_senders
from tests.faults.report import Fault, Result, Scale
from tests.support.brokers import broker_at
from tests.support.crowd import crowd
from tests.support.visitor import form
from tests.support.workers import Mailroom, wait_until

SIZES = {Scale.SMALL: (2.0, 0.5), Scale.FULL: (600.0, 5.0)}
MAILS = 40
# The suite's machine may be busy.
PROMPT = {Scale.SMALL: 3.0, Scale.FULL: 1.0}


def run(scale: Scale, folder: Path) -> Result:
    seconds, pause = SIZES[scale]
    program = Program.objects.get()
    with redis_and_senders(scale, folder, workers=1) as (server, room), broker_at(server.url):
        runners = crowd(program, MAILS)
        room.wait_for_mail(5, 60)
        client = Client(headers={"host": "localhost"})
        for path in ("/", check_in_link(runners[0])):
            client.get(path, secure=True)  # a new process reads its templates first
        server.kill()
        loop = room.send_due("--loop")
        slowest, signed_up = keep_coming(room, client, runners, seconds, pause)
        server.start()
        crowd(program, MAILS, first=MAILS)
        mails = 2 * MAILS + signed_up
        wait_until(lambda: all_sent(mails), 120, "all is sent after the return", 0.1)
        loop.close()
        result = reconcile(room, mails, 1, None)
    result.note = f"slowest answer {slowest:.2f} s"
    if slowest > PROMPT[scale]:
        result.breaches.append(f"an answer took {slowest:.2f} s")
    if CheckIn.objects.count() != min(signed_up, MAILS):
        result.breaches.append(f"{CheckIn.objects.count()} check-ins kept of {signed_up}")
    return result


def keep_coming(
    room: Mailroom, client: Client, runners: list[Enrollment], seconds: float, pause: float
) -> tuple[float, int]:
    """Sign somebody up and check somebody in every `pause` seconds. Return the slowest answer, in
    seconds, and how many came; each got a mail while Redis was away."""
    slowest, count, end = 0.0, 0, monotonic() + seconds
    while monotonic() < end:
        runner = runners[count % len(runners)]
        with override_settings(SIGN_UPS_PER_IP=1_000_000):  # all of them come from this machine
            slowest = max(slowest, answered(client, "/", visitor(count)))
        wait_until(lambda: has_lesson(runner), 60, "the lesson is there")  # noqa: B023  waited for here
        slowest = max(slowest, answered(client, check_in_link(runner), {"status": "done", "unit": "km"}))
        count += 1
        sleep(pause)
    room.wait_for_mail(MAILS + count, 120)
    return slowest, count


def has_lesson(runner: Enrollment) -> bool:
    return Delivery.objects.filter(enrollment=runner, state=Delivery.State.SENT).exists()


def check_in_link(runner: Enrollment) -> str:
    return f"/check-in/{token(Purpose.CHECK_IN, timezone.now(), runner, 1)}/"


def visitor(number: int) -> dict[str, str]:
    tomorrow = timezone.now().date() + timedelta(days=1)
    return form(email=f"visitor-{number}@example.com", starts_on=str(tomorrow))


def answered(client: Client, path: str, fields: dict[str, str]) -> float:
    """Post a form. Return the seconds that the answer took. Raise AssertionError for an error page."""
    began = monotonic()
    status = client.post(path, fields, secure=True).status_code
    assert 200 <= status < 400, f"{path.split('/')[1] or 'sign-up'} answered {status}"
    return monotonic() - began


F5 = Fault(
    "Redis absent for 10 minutes",
    "sign-up and check-in answer under 1 s, mail flows, nothing is doubled on return",
    run,
)
