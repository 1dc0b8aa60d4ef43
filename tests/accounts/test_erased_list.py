"""A backup brings erased people back; the list beside the database erases them again before mail leaves."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import User
from challenge.enrollment import erased_list
from challenge.enrollment.erasing import keep, request_erasing
from challenge.models import Delivery, Enrollment
from tests.support.restores import Dump, look, resume

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

DAY = timedelta(days=1)
LATER = timedelta(days=1, hours=1)


def erase(address: str) -> None:
    call_command("erase", address, "--yes")


def test_who_came_back_with_a_backup_is_erased_again_before_anything_leaves(
    trio: list[Enrollment], now: datetime, tmp_path: Path, settings: Any, clock: Any
) -> None:
    look(now)
    backup = Dump(tmp_path)
    # A changed address does not hide anybody.
    User.objects.filter(email="bob@example.com").update(email="robert@example.com")
    for address in ("alice@example.com", "robert@example.com"):
        erase(address)
    look(now + DAY, times=3)
    backup.restore()
    assert look(now + LATER) == [True]

    seen = resume(now + LATER)
    assert "2 erased runners came back with the backup" in seen
    assert "Would leave now: 1 lesson." in seen
    assert User.objects.count() == 3

    assert "2 erased runners" in resume(now + LATER, "--yes")
    assert list(User.objects.values_list("email", flat=True)) == ["charlie@example.com"]
    assert Delivery.objects.count() == 1

    text = Path(settings.ERASED_FILE).read_text()
    assert [len(line.split()[1]) for line in text.splitlines()] == [64, 64]
    assert {line.split()[0] for line in text.splitlines()} == {"2026-03-03"}
    assert not {word for word in ("alice", "bob", "robert", "@") if word in text}
    assert Path(settings.ERASED_FILE).stat().st_mode & 0o077 == 0


def test_who_has_signed_up_again_stays(
    alice: Enrollment, enroll: Callable[..., Enrollment], clock: Any, now: datetime
) -> None:
    erase("alice@example.com")
    clock.move_to(now + DAY)
    enroll("alice")
    assert not list(erased_list.came_back())


def test_a_request_that_came_back_begins_its_day_anew(
    alice: Enrollment, now: datetime, tmp_path: Path, clock: Any
) -> None:
    """Alice has kept everything since; the backup does not know of it."""
    request_erasing(alice.runner_id, now)
    look(now)
    backup = Dump(tmp_path)
    keep(alice.runner_id, now)
    look(now + DAY, times=3)
    backup.restore()
    look(now + LATER)

    assert "1 had asked to be erased" in resume(now + LATER, "--yes")
    assert User.objects.get().erase_at == now + LATER + DAY
    assert Delivery.objects.filter(kind="erasing").count() == 2
