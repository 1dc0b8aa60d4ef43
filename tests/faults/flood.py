"""A4: somebody fills in both forms with one victim's address, from everywhere and in every spelling.

Tags, dots, ports and a /48 of its own for each post; ten of them within each half hour."""

from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import time_machine
from django.test import Client, override_settings
from django.utils import timezone

from challenge.enrollment.pending import delete_unconfirmed, remind_unconfirmed
from challenge.enrollment.waiting import answer_waiting
from tests.faults.report import Fault, Result, Scale
from tests.faults.simulation import SimulatedWorkers, site_mail_server
from tests.support.visitor import form

POSTS = {Scale.SMALL: 300, Scale.FULL: 10_000}
IN_ALL, SEED = 3, 23
AT_ONCE, STEP, DAY = 10, timedelta(minutes=30), timedelta(days=1)
VICTIM = "mayalee"


def run(scale: Scale, folder: Path) -> Result:
    random, client, left, last = Random(SEED), Client(HTTP_HOST="localhost"), list[datetime](), timezone.now()
    # Nobody measures the time of an answer here, so none is made even.
    free = override_settings(PROXY_COUNT=1, CONFIRMATIONS_PER_HOUR=0, EVEN_SECONDS=0)
    with site_mail_server() as server, free:
        workers = SimulatedWorkers(last)
        for number in range(POSTS[scale]):
            at = last + number // AT_ONCE * STEP
            with time_machine.travel(at, tick=False):
                post(client, random, at)
                if number % AT_ONCE == AT_ONCE - 1:
                    for work in (answer_waiting, remind_unconfirmed, delete_unconfirmed):
                        work(at)
                    workers.now = at
                    workers.run_once()
            left += [at] * (len(server.messages) - len(left))
    result = Result(len(left), POSTS[scale])
    result.breaches = breaches(left)
    return result


def post(client: Client, random: Random, now: datetime) -> None:
    """Fill in one of the two forms; more often the first."""
    local = "".join(letter + random.choice(("", ".")) for letter in VICTIM).strip(".")
    email = f"{local}+{random.randrange(100)}@gmail.com" if random.random() < 0.8 else f"{VICTIM}@gmail.com"
    site, home, port = (random.randrange(1, 65536) for _ in range(3))
    headers = {"X-Forwarded-For": f"[2001:{site:x}:{home:x}::1]:{port}"}
    starts_on, send_at = f"{now + 9 * DAY:%Y-%m-%d}", f"{random.randrange(24):02}:00"
    fields = form(email=email, starts_on=starts_on, send_at=send_at)
    path, sent = ("/", fields) if random.random() < 0.7 else ("/links/", {"email": email})
    status = client.post(path, sent, headers=headers, secure=True).status_code
    assert status in (200, 302), f"{path} answered {status}"


def breaches(left: list[datetime]) -> list[str]:
    found = []
    if len(left) > IN_ALL:
        found.append(f"{len(left)} mails to one mailbox")
    if any(after - before < DAY for before, after in pairwise(left)):
        found.append("two mails within 24 hours")
    return found


A4 = Fault(
    "A flood of forms at one address", "at most 1 mail in 24 hours and 3 in all, however it is spelled", run
)
