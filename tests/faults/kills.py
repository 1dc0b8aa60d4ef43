"""F1: senders are killed while mail flows, at moments that chance picks."""

import random
from pathlib import Path

from challenge.models import Delivery, Program
from challenge.runtime.redis import serve
from tests.faults.outcome import Outcome, Scale
from tests.faults.tally import Tally
from tests.support.crowd import crowd
from tests.support.workers import Group, Mailroom, await_ready, is_ready, mailroom, prompting, wait_until

TITLE = "Worker death: kill -9 of 2 workers under load"
BOUND = "0 lost, at most one doubled for each kill, every doubtful one marked uncertain"
SIZES = {Scale.SMALL: (120, 2), Scale.FULL: (10_000, 20)}
SEED = 20261121


def run(scale: Scale, folder: Path) -> Outcome:
    return kill_workers(*SIZES[scale], folder)


def kill_workers(mails: int, kills: int, folder: Path) -> Outcome:
    """So many mails to a server that takes 10 ms for each, so that nearly every kill hits one on the wire."""
    crowd(Program.objects.get(), mails)
    with serve(folder / "redis") as redis_url, mailroom(folder, redis_url, seconds=0.01) as room:
        workers = [room.worker(), room.worker()]
        await_ready(*workers)
        with prompting(redis_url):
            for number, moment in enumerate(moments(mails, kills)):
                room.wait_for_mail(moment, 120)
                kill(workers[number % 2])
            wait_until(lambda: all_sent(mails), 300, f"all are sent, seed {SEED}", 0.2)
        return judge(room, mails, kills)


def moments(mails: int, kills: int) -> list[int]:
    """After how many mails to kill: the seed is fixed, but the very instant is chance."""
    return sorted(random.Random(SEED).sample(range(mails // 20, mails * 17 // 20), kills))


def kill(worker: Group) -> None:
    """kill -9 of a worker that is up; it is started again at once."""
    wait_until(lambda: is_ready(worker), 60, "the worker to be killed is up")
    worker.kill()
    worker.start()


def all_sent(count: int) -> bool:
    return Delivery.objects.filter(state=Delivery.State.SENT).count() == count


def judge(room: Mailroom, mails: int, kills: int) -> Outcome:
    """What the sink wrote down and what the ledger says must agree, whatever was killed when."""
    tally = Tally(room.arrived())
    outcome = Outcome(mails, kills, tally.lost, tally.doubled, tally.uncertain, room.longest_gap())
    outcome.breaches = tally.breaches(most_doubled=kills, most_uncertain=kills)
    if len(tally.deliveries) != mails:
        outcome.breaches.append(f"{len(tally.deliveries)} rows for {mails} mails")
    wrong = sum(not adds_up(delivery, tally.arrived[delivery.message_id]) for delivery in tally.deliveries)
    if wrong:
        outcome.breaches.append(f"{wrong} rows tell another story than the server")
    return outcome


def adds_up(delivery: Delivery, arrived: int) -> bool:
    """Whether a row's attempts end with yes, name the doubtful ones before it, and cover all arrivals."""
    outcomes = [attempt["outcome"] for attempt in delivery.attempts]
    return (
        outcomes[-1:] == ["accepted"]
        and set(outcomes[:-1]) <= {"uncertain"}
        and delivery.uncertain == (len(outcomes) > 1)
        and arrived <= len(outcomes)
    )
