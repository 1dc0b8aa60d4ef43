"""An installation from before ADDRESS_HASH_KEY is brought up to date: no suppressed address is forgotten."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.apps.registry import Apps
from django.core.management import call_command

from accounts.addresses import keyed_hash
from challenge.models import RestoreStop, Suppression
from tests.models.conftest import migrate
from tests.support import ROOT
from tests.support.restores import look
from tests.support.workers import database_url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

# What the migration does in between, in the tables of today: one test goes the whole way.
keep_the_key = import_module("challenge.migrations.0025_address_hash_key").keep_the_key
SECRET, NEXT = "the secret key of before", "the next secret key"
ASKED = """
import django; django.setup()
from accounts.addresses import keyed_hash
from challenge.models import RestoreStop, Suppression
alice = keyed_hash("alice@example.com")
print(Suppression.objects.filter(address_hash=alice).exists(), RestoreStop.current())
"""


@pytest.fixture
def key_file(settings: Any, tmp_path: Path) -> Path:
    """No ADDRESS_HASH_KEY is set, so the hashes were made with SECRET_KEY; the file is not there yet."""
    settings.SECRET_KEY = settings.ADDRESS_HASH_KEY = SECRET
    settings.HAS_ADDRESS_HASH_KEY = False
    settings.ADDRESS_HASH_KEY_FILE = tmp_path / "address-hash-key"
    return tmp_path / "address-hash-key"


@pytest.fixture
def before(key_file: Path) -> Iterator[Apps]:
    yield migrate("0021_leaving")
    migrate(None)


def suppress(tables: Apps, name: str, now: datetime, key: str = SECRET) -> Any:
    """Make a runner of before, whose address was suppressed with a key."""
    runner = tables.get_model("accounts", "User").objects.create(email=f"{name}@example.com")
    row = {"reason": "complained", "created_at": now, "runner": runner}
    digest = keyed_hash(runner.email, key)
    tables.get_model("challenge", "Suppression").objects.create(address_hash=digest, **row)
    return runner


def is_suppressed(name: str, key: str = SECRET) -> bool:
    return Suppression.objects.filter(address_hash=keyed_hash(f"{name}@example.com", key)).exists()


def asked_later(key_file: Path, **environ: str) -> str:
    """Ask a process with settings of its own whether Alice is suppressed, and what holds sending back."""
    told = {"DATABASE_URL": database_url(), "REDIS_URL": "", "VAR_DIR": str(key_file.parent), **environ}
    own = {name: text for name, text in os.environ.items() if name not in ("ADDRESS_HASH_KEY", "SECRET_KEY")}
    done = subprocess.run(
        [sys.executable, "-c", ASKED],
        cwd=ROOT,
        env={**own, "DJANGO_SETTINGS_MODULE": "challenge.settings", **told},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_a_suppressed_address_stays_so_when_secret_key_changes(
    before: Apps, key_file: Path, now: datetime
) -> None:
    suppress(before, "alice", now)

    migrate(None)

    assert key_file.read_text() == f"{SECRET}\n"
    assert key_file.stat().st_mode & 0o077 == 0
    environ = {"SECRET_KEY": NEXT, "SECRET_KEY_FALLBACKS": SECRET}
    assert asked_later(key_file, **environ) == "True None"
    key_file.unlink()
    assert asked_later(key_file, **environ).startswith("False ADDRESS_HASH")


def test_a_secret_key_that_was_changed_before_the_upgrade_is_found_out(
    key_file: Path, settings: Any, now: datetime
) -> None:
    for name in ("alice", "bob"):
        suppress(apps, name, now, key=SECRET)
    suppress(apps, "charlie", now, key=NEXT)
    settings.SECRET_KEY = settings.ADDRESS_HASH_KEY = NEXT
    settings.SECRET_KEY_FALLBACKS = [SECRET]

    keep_the_key(apps, None)

    assert key_file.read_text() == f"{SECRET}\n"
    assert [is_suppressed(name) for name in ("alice", "bob", "charlie")] == [True] * 3
    assert look(now) == [True], "this process still has the other key"
    settings.ADDRESS_HASH_KEY = SECRET
    assert look(now) == [False]


def test_an_erased_runner_is_known_by_the_key_of_the_mails(
    key_file: Path, settings: Any, now: datetime
) -> None:
    suppress(apps, "alice", now).delete()
    bob = apps.get_model("accounts", "User").objects.create(email="bob@example.com")
    program = apps.get_model("challenge", "Program").objects.create(slug="reset-21", title="R", length=21)
    place = {"time_zone": "UTC", "send_at": "07:00", "starts_on": now.date(), "created_at": now}
    enrollment = apps.get_model("challenge", "Enrollment").objects.create(
        runner=bob, program=program, **place
    )
    row = {"due_at": now, "try_at": now, "state": "sent", "sent_at": now, "domain": "example.com"}
    digest = keyed_hash("bob@example.com", SECRET)
    apps.get_model("challenge", "Delivery").objects.create(
        enrollment=enrollment, kind="lesson", day=1, address_hash=digest, **row
    )
    settings.SECRET_KEY = settings.ADDRESS_HASH_KEY = NEXT
    settings.SECRET_KEY_FALLBACKS = [SECRET]

    keep_the_key(apps, None)

    assert key_file.read_text() == f"{SECRET}\n"


def test_mail_is_held_back_where_no_key_fits(key_file: Path, settings: Any, now: datetime) -> None:
    suppress(apps, "alice", now)
    settings.SECRET_KEY = settings.ADDRESS_HASH_KEY = NEXT

    keep_the_key(apps, None)

    assert not key_file.exists()
    assert look(now) == [True]
    assert RestoreStop.objects.get().cause() == RestoreStop.Reason.KEY
    call_command("resume_sending", "--new-hash-key", "--yes")
    assert is_suppressed("alice", NEXT)
    assert look(now) == [False]


def test_an_own_key_stays_where_it_is(key_file: Path, settings: Any, now: datetime) -> None:
    settings.ADDRESS_HASH_KEY, settings.HAS_ADDRESS_HASH_KEY = NEXT, True
    suppress(apps, "alice", now, key=NEXT)
    keep_the_key(apps, None)
    assert not key_file.exists()
    assert look(now) == [False]


def test_a_new_installation_writes_nothing(key_file: Path) -> None:
    keep_the_key(apps, None)
    assert not key_file.exists()


def test_a_folder_that_cannot_be_written_holds_no_upgrade_up(
    key_file: Path, settings: Any, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    settings.ADDRESS_HASH_KEY_FILE = key_file / "folder" / "file"
    key_file.touch()
    suppress(apps, "alice", now)
    keep_the_key(apps, None)
    assert "set it to the present SECRET_KEY" in caplog.text
    assert look(now) == [False]
