"""Nothing leaves from a database that went back in time, or was moved, until the operator resumes sending;
nothing else that happens to a database, its machine or its Redis counts as that."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction

from challenge.delivery.claim import claim
from challenge.delivery.plan import plan
from challenge.delivery.restore_guard import guard
from challenge.delivery.restore_guard.database_identity import differ
from challenge.delivery.restore_guard.guard import is_stopped
from challenge.models import Delivery, RestoreStop
from challenge.runtime.redis import Server
from tests.support.brokers import broker_at
from tests.support.restores import Dump, look, restored
from tests.support.threads import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
LATER = timedelta(days=1, hours=1)


def test_an_older_database_is_stopped_back(alice: Any, now: datetime, tmp_path: Path) -> None:
    restored(now, tmp_path)
    assert plan(now + LATER) is False
    assert not Delivery.objects.exists()
    kept = RestoreStop.objects.get()
    assert (kept.reason, kept.stopped_since) == (RestoreStop.Reason.OLDER, now + LATER)
    assert (kept.counted_at, kept.ran_until) == (now, now + DAY + 2 * MINUTE)


def test_what_waits_in_an_older_database_is_not_claimed(alice: Any, now: datetime, tmp_path: Path) -> None:
    plan(now)
    restored(now, tmp_path)
    assert claim(now + LATER, 10) == []
    assert RestoreStop.current()


def test_a_hold_lasts_whatever_is_lost_next(now: datetime, tmp_path: Path, settings: Any) -> None:
    restored(now, tmp_path)
    assert look(now + LATER) == [True]
    shutil.rmtree(settings.MARKS_DIR)
    assert look(now + 2 * LATER, times=2) == [True, True]


def test_a_first_start_is_no_restored_backup(now: datetime) -> None:
    assert look(now, times=3) == [False] * 3
    assert RestoreStop.objects.get().counter == 4


def test_a_new_database_beside_the_marks_of_another_is_not_held(now: datetime) -> None:
    look(now, times=3)
    RestoreStop.objects.all().delete()
    assert look(now + LATER, times=2) == [False, False]


def test_an_outage_of_two_days_is_no_restored_backup(now: datetime) -> None:
    look(now)
    assert look(now + 2 * DAY) == [False]


def test_lost_marks_are_no_restored_backup(now: datetime, settings: Any) -> None:
    look(now, times=2)
    shutil.rmtree(settings.MARKS_DIR)
    assert look(now + DAY, times=2) == [False, False]


def test_a_full_disk_holds_nothing_up(now: datetime, settings: Any, tmp_path: Path) -> None:
    settings.MARKS_DIR = tmp_path / "file"
    settings.MARKS_DIR.write_text("no folder")
    assert look(now, times=3) == [False] * 3


def test_a_mark_that_was_torn_is_none(now: datetime, settings: Any) -> None:
    look(now)
    [mark] = Path(settings.MARKS_DIR).glob(str(RestoreStop.objects.get().history))
    mark.write_bytes(b"\xff\x00 12")
    assert look(now + DAY, times=2) == [False, False]


def test_several_machines_tell_it_each_for_itself(now: datetime, settings: Any, tmp_path: Path) -> None:
    machines = [tmp_path / name for name in ("one", "other")]
    backup: Dump | None = None
    for turn in range(6):
        settings.MARKS_DIR = machines[turn % 2]
        assert look(now + turn * DAY) == [False]
        backup = backup or Dump(tmp_path)
    for machine in machines:
        assert backup
        backup.restore()
        settings.MARKS_DIR = machine
        assert look(now + 6 * DAY) == [True]


def test_lookers_at_once_do_not_take_each_other_for_older(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "EVERY", timedelta(0))
    together(*[lambda: [is_stopped(now) for _ in range(40)] for _ in range(4)])
    assert not RestoreStop.current()
    assert RestoreStop.objects.get().counter > 40


def test_a_slow_looker_does_not_take_what_others_left_for_newer(now: datetime) -> None:
    look(now)
    read = RestoreStop.objects.get()
    look(now + DAY, times=3)
    assert guard._is_restored(read, read.database_identity, now + DAY + MINUTE) is False
    assert not RestoreStop.current()


def test_a_transaction_that_comes_to_nothing_leaves_no_mark(now: datetime) -> None:
    look(now)
    with transaction.atomic():
        look(now + DAY, times=3)
        transaction.set_rollback(True)
    assert look(now + 2 * DAY) == [False]


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "redis")
    server.start()
    with broker_at(server.url):
        yield server
    server.close()


@pytest.mark.processes
def test_redis_tells_it_where_the_disk_is_lost_too(
    now: datetime, redis: Server, settings: Any, tmp_path: Path
) -> None:
    restored(now, tmp_path)
    shutil.rmtree(settings.MARKS_DIR)
    assert look(now + LATER) == [True]


@pytest.mark.processes
def test_an_emptied_redis_is_no_restored_backup(now: datetime, redis: Server) -> None:
    look(now)
    redis.kill()
    assert look(now + DAY) == [False]
    redis.start()
    assert look(now + 2 * DAY, times=2) == [False, False]


ON_SQLITE = connection.vendor == "sqlite"


@pytest.fixture
def small_file(now: datetime, tmp_path: Path) -> Path:
    """The file beside an SQLite database after two looks of a day; on PostgreSQL any file."""
    look(now, times=2)
    path = Path(f"{connection.settings_dict['NAME']}.place") if ON_SQLITE else tmp_path / "any.place"
    number = path.stat().st_ino if ON_SQLITE else 0
    name = RestoreStop.objects.get().database_identity
    path.write_text(f"{name} {(datetime.now(UTC) - DAY).isoformat()} {number}")
    return path


def test_a_backup_on_a_new_machine_is_stopped_back(now: datetime, small_file: Path, settings: Any) -> None:
    small_file.unlink()
    shutil.rmtree(settings.MARKS_DIR)
    assert look(now + DAY) == [ON_SQLITE]
    assert RestoreStop.objects.get().reason == (RestoreStop.Reason.MOVED if ON_SQLITE else "")


def test_a_restored_folder_is_stopped_back(now: datetime, small_file: Path) -> None:
    copy = small_file.with_name("copy")
    shutil.copy2(small_file, copy)
    copy.replace(small_file)
    assert look(now + DAY) == [ON_SQLITE]


def test_a_file_that_changes_its_owner_is_no_copy(now: datetime, small_file: Path) -> None:
    small_file.chmod(0o640)
    assert look(now + DAY, times=2) == [False, False]


def test_no_room_for_the_small_file_holds_nothing_up(now: datetime, small_file: Path) -> None:
    RestoreStop.objects.all().delete()
    small_file.unlink()
    small_file.mkdir()
    try:
        assert look(now, times=2) == [False, False]
        assert (RestoreStop.objects.get().database_identity == "") is ON_SQLITE
    finally:
        small_file.rmdir()
    assert look(now + DAY, times=2) == [False, False]
    assert RestoreStop.objects.get().database_identity


@pytest.mark.parametrize(
    ("elsewhere", "held"),
    [
        (lambda here: f"1{here}", True),
        (lambda here: f"{here}1", True),
        (lambda here: "", False),
    ],
    ids=["another cluster", "another database", "unknown"],
)
def test_another_place_is_stopped_back(now: datetime, elsewhere: Callable[[str], str], held: bool) -> None:
    look(now)
    here = RestoreStop.objects.get().database_identity
    assert len([part for part in here.split("/") if part]) == (1 if ON_SQLITE else 2)
    RestoreStop.objects.update(database_identity=elsewhere(here))
    assert look(now + DAY) == [held]


@pytest.mark.parametrize(
    ("before", "after", "are_two"),
    [
        ("7/5", "7/5", False),
        ("/5", "7/5", False),
        ("7/5", "/6", True),
        ("7/5", "8/5", True),
        ("", "7/5", False),
    ],
)
def test_what_nothing_tells_is_no_difference(before: str, after: str, are_two: bool) -> None:
    assert differ(before, after) is are_two


def test_there_is_one_row(now: datetime) -> None:
    look(now)
    with pytest.raises(Exception, match="one_restore_stop"), transaction.atomic():
        RestoreStop.objects.create(id=2, history=uuid4(), counted_at=now)
