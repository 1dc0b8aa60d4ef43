"""`manage.py resume_sending`: the operator of a restored database sees what would leave, and lets it go."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError

from challenge.delivery.claim import claim
from challenge.delivery.plan import plan
from challenge.models import Delivery, Enrollment, RestoreStop
from tests.support.restores import Dump, look, restored, resume

pytestmark = pytest.mark.django_db(transaction=True)

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
LATER = timedelta(days=1, hours=1)


@pytest.fixture
def after_restore(trio: list[Any], now: datetime, tmp_path: Path) -> datetime:
    """Three runners whose first lesson is due when the backup is made; a day and an hour later."""
    restored(now, tmp_path)
    assert look(now + LATER) == [True]
    return now + LATER


@pytest.mark.both_databases
def test_the_operator_sees_first_and_changes_nothing(after_restore: datetime, now: datetime) -> None:
    said = resume(after_restore)
    assert "an older state of the database was restored" in said
    assert "last in use at 2026-03-03 08:00:00 UTC" in said
    assert "Would leave now: 3 lesson." in said
    assert "--yes --sent-until 2026-03-04T08:02:00Z" in said
    assert "Nothing was changed" in said
    assert RestoreStop.current()
    assert not Delivery.objects.exists()
    assert look(after_restore) == [True]


@pytest.mark.both_databases
def test_the_operator_lets_everything_go(after_restore: datetime) -> None:
    assert "Leaves now: 3 lesson." in resume(after_restore, "--yes")
    assert {(d.day, d.state) for d in claim(after_restore, 10)} == {(1, "sending")}
    assert look(after_restore + DAY, times=2) == [False, False]


@pytest.mark.both_databases
def test_what_was_sent_by_the_lost_database_is_not_sent_again(after_restore: datetime, now: datetime) -> None:
    seen = resume(after_restore, "--sent-until", "2026-03-04T08:02:00Z")
    assert "Taken as sent: 6 lesson.\nWould leave now: nothing." in seen
    said = resume(after_restore, "--yes", "--sent-until", "2026-03-04T08:02:00Z")
    assert said == "Taken as sent: 6 lesson.\nLeaves now: nothing.\n"
    assert claim(after_restore, 10) == []
    for enrollment in Enrollment.objects.all():
        lessons = enrollment.deliveries.order_by("day")
        assert [(d.day, d.state, d.uncertain, d.sent_at) for d in lessons] == [
            (1, "sent", True, now - timedelta(hours=1)),
            (2, "sent", True, now + DAY - timedelta(hours=1)),
        ]
        assert all(d.revision and d.reason == "taken_as_sent" for d in lessons)
    tomorrow = now + 2 * DAY
    plan(tomorrow)
    assert {d.day for d in claim(tomorrow, 10)} == {3}


@pytest.mark.both_databases
def test_a_lease_that_was_in_the_backup_is_taken_as_sent(
    trio: list[Any], now: datetime, tmp_path: Path
) -> None:
    plan(now)
    claim(now, 2)
    restored(now, tmp_path)
    look(now + LATER)
    resume(now + LATER, "--yes", "--sent-until", f"{now + MINUTE:%Y-%m-%dT%H:%M:%SZ}")
    assert set(Delivery.objects.filter(day=1).values_list("state", "lease")) == {("sent", None)}


@pytest.mark.both_databases
def test_a_backup_of_the_time_before_the_resume_is_held_back_again(
    after_restore: datetime, now: datetime, tmp_path: Path
) -> None:
    older = Dump(tmp_path)
    resume(after_restore, "--yes")
    look(after_restore, times=3)
    older.restore()
    RestoreStop.objects.update(stopped_since=None)
    assert look(after_restore + DAY) == [True]


@pytest.mark.both_databases
def test_there_is_nothing_to_resume(now: datetime) -> None:
    look(now)
    history = RestoreStop.objects.get().history
    assert resume(now, "--yes") == "Sending is not held back.\n"
    assert RestoreStop.objects.get().history == history


@pytest.mark.both_databases
def test_a_restore_that_nothing_tells_can_be_told(trio: list[Any], now: datetime) -> None:
    """The whole machine went back to a snapshot, the high-water marks with it."""
    look(now)
    resume(now + DAY, "--yes", "--sent-until", f"{now:%Y-%m-%dT%H:%M:%SZ}")
    assert set(Delivery.objects.values_list("day", "state", "uncertain")) == {
        (1, "sent", True),
        (2, "queued", False),
    }


@pytest.mark.parametrize("text", ["yesterday", "2026-03-04T08:02", "2026-03-05T00:00Z"])
def test_an_instant_that_is_none_is_refused(after_restore: datetime, text: str) -> None:
    with pytest.raises(CommandError):
        resume(after_restore, "--yes", "--sent-until", text)
    assert RestoreStop.current()
