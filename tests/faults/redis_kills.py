"""F3: Redis is killed under load and started again, with what was in it gone."""

import random
from pathlib import Path
from time import monotonic, sleep

from celery import Celery

from challenge.models import Program
from challenge.runtime.redis import Server
from tests.faults.kills import SEED, all_sent
from tests.faults.outcome import Outcome, Scale
from tests.faults.tally import Tally
from tests.support.crowd import crowd
from tests.support.workers import Mailroom, await_ready, mailroom, wait_until

TITLE = "Redis death: killed and started again under load"
BOUND = "0 lost, 0 doubled, sending resumes within 60 s each time"
TIMES = {Scale.SMALL: 1, Scale.FULL: 15}
# The suite has no time for the pace at which the product looks by itself.
BEATS = {Scale.SMALL: "tests.support.quick_beat", Scale.FULL: "challenge.celery"}
MAILS = 40
LONGEST_ABSENCE = 3.0
BOUND_SECONDS = 60.0


def run(scale: Scale, folder: Path) -> Outcome:
    times, chance, longest = TIMES[scale], random.Random(SEED), 0.0
    server = Server(folder / "redis")
    server.start()
    try:
        with mailroom(folder, server.url, seconds=0.02) as room:
            await_ready(room.worker(), room.worker())
            room.beat(BEATS[scale])
            for number in range(times):
                resumed = fall(server, room, 2 * number * MAILS, chance.uniform(0, LONGEST_ABSENCE))
                longest = max(longest, resumed)
            mails = 2 * times * MAILS
            return judge(room, mails, times, longest)
    finally:
        server.close()


def fall(server: Server, room: Mailroom, before: int, absence: float) -> float:
    """Kill Redis while mail flows, and start it again. Returns how many seconds it took from then until
    all mail had left that fell due just then, and had to be planned first."""
    program = Program.objects.get()
    crowd(program, MAILS, first=before)
    nudge(server)
    room.wait_for_mail(before + 5, 2 * BOUND_SECONDS)
    server.kill()
    sleep(absence)
    crowd(program, MAILS, first=before + MAILS)
    server.start()
    began = monotonic()
    room.wait_for_mail(before + 2 * MAILS, 2 * BOUND_SECONDS)
    return monotonic() - began


def nudge(server: Server) -> None:
    """Ask the workers to plan at once, as the site does."""
    with Celery(broker=server.url, set_as_current=False) as app:
        app.send_task("challenge.tasks.plan")


def judge(room: Mailroom, mails: int, faults: int, longest: float, bound: float = BOUND_SECONDS) -> Outcome:
    """Nothing may be lost, doubled or doubtful where no sender dies."""
    wait_until(lambda: all_sent(mails), 60, "the last is recorded", 0.1)
    tally = Tally(room.arrived())
    outcome = Outcome(mails, faults, tally.lost, tally.doubled, tally.uncertain, longest)
    outcome.breaches = tally.breaches(most_doubled=0, most_uncertain=0)
    if len(tally.deliveries) != mails:
        outcome.breaches.append(f"{len(tally.deliveries)} rows for {mails} mails")
    if longest > bound:
        outcome.breaches.append(f"nothing was sent for {longest:.0f} s")
    return outcome
