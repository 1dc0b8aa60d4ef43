"""F18: the disk of an SQLite database is filled to its last byte while mail flows, and cleared again."""

import sqlite3
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone

from challenge.delivery.plan import plan
from challenge.models import Program, RestoreStop
from tests.faults.report import Fault, Result, Scale
from tests.support.crowd import crowd
from tests.support.web_hook import WebHook
from tests.support.workers import Mailroom, mailroom, wait_until

# Mails, how often the disk is filled, and for how many seconds it stays so.
SIZES = {Scale.SMALL: (80, 1, 3.0), Scale.FULL: (1000, 2, 10.0)}
# At full size the watch looks as often as it ships.
LOOKS = {
    Scale.SMALL: ("-m", "tests.faults.send_loop", "--monitor", "1"),
    Scale.FULL: ("manage.py", "send_due", "--loop"),
}
SIZE, BLOCK = "64m", 4096
SOON = 60
SECONDS_A_MAIL = 0.03


class CannotMountError(Exception):
    """The system allows no tmpfs to be mounted."""


def run(scale: Scale, folder: Path) -> Result:
    """Use SQLite: the senders work on a copy of this process's database."""
    try:
        with tmpfs(folder / "disk") as disk:
            return _run(scale, disk, folder)
    except CannotMountError as error:
        return Result(mails=0, injected=0, left_out=str(error))


def _run(scale: Scale, disk: Path, folder: Path) -> Result:
    mails, fills, seconds = SIZES[scale]
    database = disk / "database.sqlite3"
    _crowd_in_a_copy(mails, database)
    hook, times = WebHook(), list[float]()
    options = {"DATABASE_URL": f"sqlite:///{database}", "ALARM_WEBHOOK_URL": hook.url, "SMTP_TIMEOUT": "5"}
    sent_while_full = 0
    try:
        with mailroom(folder, seconds=SECONDS_A_MAIL, **options) as room:
            room.start(*LOOKS[scale])
            for number in range(fills):
                room.wait_for_mail(mails * (number + 1) // (fills + 2), 120)
                before = room.arrived().total()
                times.append(_fill_until_told(hook, disk, seconds))
                sent_while_full += room.arrived().total() - before
                wait_until(lambda: _is_over(hook), 2 * SOON, "the alarm is over", step=0.2)
            wait_until(lambda: set(_states(database).values()) == {"sent"}, 240, "all is sent", step=0.2)
            result = _result(mails, times, room, database)
    finally:
        hook.close()
    result.note = (
        f"alarm after {max(times):.0f} s at most; {sent_while_full} mails left while the disk was full"
    )
    return result


def _crowd_in_a_copy(mails: int, database: Path) -> None:
    crowd(Program.objects.get(), mails)
    while plan(timezone.now()):
        pass
    RestoreStop.objects.all().delete()  # a copy with the identity of its database would be stopped
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(database)])


def _fill_until_told(hook: WebHook, disk: Path, seconds: float) -> float:
    """Fill the disk, wait for the alarm and some seconds more, and make room. Return how long the alarm took,
    infinite when it did not come."""
    told, began = len(hook.posted) + 1, monotonic()
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(BLOCK)):
            pass
    came = hook.wait_for(told, 2 * SOON)
    took = monotonic() - began if came else float("inf")
    sleep(seconds)
    filler.unlink()
    return took


def _is_over(hook: WebHook) -> bool:
    """Return whether every alarm ended."""
    began = sum(b"alarm.began" in posted.body for posted in hook.posted)
    return began == sum(b"alarm.over" in posted.body for posted in hook.posted)


def _states(database: Path) -> dict[str, str]:
    """Return the state of each Message-ID in the ledger."""
    rows = _rows(database, "SELECT id, state FROM challenge_delivery")
    return {_message_id(row_id): state for row_id, state in rows}


def _rows(database: Path, query: str) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=20)) as reader:
        return reader.execute(query).fetchall()


def _message_id(row_id: str) -> str:
    return f"<{UUID(row_id)}@{settings.MAIL_DOMAIN}>"


def _result(mails: int, times: list[float], room: Mailroom, database: Path) -> Result:
    arrived: Counter[str] = room.arrived()
    lost = sum(arrived[message_id] == 0 for message_id in _states(database))
    rows = _rows(database, "SELECT id FROM challenge_delivery WHERE uncertain")
    marked = {_message_id(row[0]) for row in rows}
    unmarked = sum(times > 1 and message_id not in marked for message_id, times in arrived.items())
    doubled = arrived.total() - len(arrived)
    result = Result(mails, len(times), lost, doubled, len(marked), room.longest_gap())
    if lost:
        result.breaches.append(f"{lost} mails were lost")
    if unmarked:
        result.breaches.append(f"{unmarked} doubled and not marked uncertain")
    if max(times) > SOON:
        result.breaches.append(f"an alarm took {max(times):.0f} s")
    return result


@contextmanager
def tmpfs(place: Path) -> Iterator[Path]:
    """Mount a small disk. Raise CannotMountError where that is not allowed."""
    place.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotMountError(f"no tmpfs can be mounted ({done.stderr.strip() or done.returncode})")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


F18 = Fault("Disk full: a 64 MB tmpfs", "an alarm within 60 s; nothing lost after room is made", run)
