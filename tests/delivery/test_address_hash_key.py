"""Nothing leaves with another ADDRESS_HASH_KEY than that of the suppressed addresses."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from challenge.coach.runners.lesson_status import LessonStatus
from challenge.delivery.claim import claim
from challenge.delivery.plan import plan
from challenge.models import Alarm, Delivery, Enrollment, RestoreStop, Suppression
from challenge.monitoring.checks import check
from challenge.monitoring.wording import AlarmText
from tests.support.restores import look, resume

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

DAY = timedelta(days=1)
REASON = "ADDRESS_HASH_KEY is not the key that the suppressed addresses were hashed with"


@pytest.fixture
def complained(alice: Enrollment, now: datetime) -> Enrollment:
    """Alice's address is suppressed, and nothing else of hers says so."""
    look(now)
    Suppression.objects.suppress(alice.runner, Suppression.Reason.COMPLAINED, "", now)
    return alice


@pytest.fixture
def former_key(complained: Enrollment, settings: Any) -> str:
    """The key of the list, after another was set."""
    key: str = settings.ADDRESS_HASH_KEY
    settings.ADDRESS_HASH_KEY = "another key"
    return key


def test_mail_waits_for_the_right_key(former_key: str, bob: Enrollment, settings: Any, now: datetime) -> None:
    assert plan(now) is False
    Delivery.objects.queue(Delivery.Kind.LINKS, now, bob)
    assert claim(now, 10) == []
    settings.ADDRESS_HASH_KEY = former_key
    assert [mail.enrollment for mail in claim(now, 10)] == [bob]


def test_a_new_secret_key_changes_nothing(complained: Enrollment, settings: Any, now: datetime) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new key", [settings.SECRET_KEY]
    assert look(now + DAY, times=2) == [False, False]
    assert Suppression.objects.filter(address_hash=complained.runner.address_hash).exists()


def test_the_operator_and_the_coach_are_told(
    former_key: str, alice: Enrollment, settings: Any, now: datetime
) -> None:
    assert check(now) == [AlarmText(Alarm.Code.STOP, {"reason": "key"})]
    assert REASON in str(check(now)[0])
    assert Alarm.objects.get().code == "stop"
    assert LessonStatus([alice], now).of(alice) == f"Nothing is sent to anybody: {REASON}."
    settings.ADDRESS_HASH_KEY = former_key
    assert Alarm.Code.STOP not in {text.code for text in check(now + DAY)}


def test_what_to_do_is_said_and_nothing_done(former_key: str, now: datetime) -> None:
    said = resume(now)
    assert REASON in said
    assert "Set ADDRESS_HASH_KEY to the former key" in said
    with pytest.raises(CommandError, match="Set ADDRESS_HASH_KEY to the former key"):
        resume(now, "--yes")
    assert look(now + DAY) == [True]


def test_a_lost_key_is_replaced_and_who_is_known_stays_on_the_list(
    former_key: str, complained: Enrollment, bob: Enrollment, charlie: Enrollment, now: datetime
) -> None:
    Suppression.objects.create(address_hash="f" * 64, reason="bounced", created_at=now)
    moved = {"address_hash": "e" * 64, "reason": "bounced", "created_at": now, "runner": bob.runner}
    Suppression.objects.create(**moved)
    mail = Delivery.objects.queue(Delivery.Kind.LINKS, now, bob)
    Delivery.objects.filter(pk=mail.pk).update(state="sent", sent_at=now, address_hash="d" * 64)

    assert "1 suppressed addresses are known and stay on the list.\n2 are not" in resume(now)
    assert look(now) == [True]
    resume(now, "--new-hash-key", "--yes")

    assert look(now + DAY) == [False]
    listed = set(Suppression.objects.values_list("address_hash", flat=True))
    assert {user.email: user.address_hash in listed for user in User.objects.all()} == {
        "alice@example.com": True,
        "bob@example.com": False,
        "charlie@example.com": False,
    }


def test_a_stop_after_a_restore_lasts_beside_it(
    former_key: str, settings: Any, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    RestoreStop.objects.update(stopped_since=now, reason=RestoreStop.Reason.OLDER)
    resume(now, "--new-hash-key", "--yes")
    assert look(now) == [True]
    call_command("resume_sending")
    assert "an older state of the database was restored" in capsys.readouterr().out
