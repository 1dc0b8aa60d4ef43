"""F13: three beats, three workers and three loops of `send_due` look after the same runners."""

from pathlib import Path

from challenge.models import Program
from challenge.runtime.redis import serve
from tests.faults.outcome import Outcome, Scale
from tests.faults.redis_kills import judge
from tests.support.crowd import crowd
from tests.support.workers import await_ready, mailroom

TITLE = "Three schedulers: beats, workers and loops without a broker"
BOUND = "0 doubled"
MAILS = {Scale.SMALL: 100, Scale.FULL: 5000}
EACH = 3


def run(scale: Scale, folder: Path) -> Outcome:
    mails, program = MAILS[scale], Program.objects.get()
    with serve(folder / "redis") as redis_url, mailroom(folder, redis_url, seconds=0.005) as room:
        await_ready(*[room.worker() for _ in range(EACH)])
        for _ in range(EACH):
            room.beat()
            room.start("manage.py", "send_due", "--loop")
        for tenth in range(10):  # so that all of them have begun before the last are due
            crowd(program, mails // 10, first=tenth * mails // 10)
            room.wait_for_mail(tenth * mails // 10, 120)
        room.wait_for_mail(mails, 300)
        outcome = judge(room, mails, EACH, 0)
    outcome.stall = None
    return outcome
