"""A check-in that is saved in the same instant in which its consent ends or begins."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import Consent
from challenge.checkins.record import CheckInData, record
from challenge.enrollment.confirm import Confirmation, confirm
from challenge.enrollment.consents import take_back
from challenge.models import CheckIn, Event
from challenge.privacy.retention import purge
from tests.support.runs import asks_again
from tests.support.threads import overlap

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

HEALTH = Consent.Purpose.HEALTH
TOLD = CheckInData("done", pain=2, pain_where="left groin")


def pains() -> list[int | None]:
    return list(CheckIn.objects.values_list("pain", flat=True))


def test_taking_back_waits_for_a_check_in_and_erases_it(
    alice: Any, go: Callable[[datetime], None], now: datetime
) -> None:
    go(now)

    overlap(
        lambda: record(alice.pk, 1, TOLD, now),
        lambda: take_back(alice.runner, HEALTH, Event.Actor.RUNNER, now),
    )
    assert pains() == [None]


def test_a_new_run_without_the_tick_waits_for_a_check_in_of_the_old_one(
    alice: Any, go: Callable[[datetime], None], now: datetime
) -> None:
    go(now)
    new = asks_again(alice, now)

    overlap(
        lambda: record(alice.pk, 1, TOLD, now),
        lambda: confirm(new.pk, Confirmation.unchanged(new), now),
    )
    assert pains() == [None]


def test_a_purge_leaves_what_is_told_under_a_new_consent(
    alice: Any, go: Callable[[datetime], None], now: datetime
) -> None:
    go(now)
    record(alice.pk, 1, TOLD, now)
    Consent.objects.filter(purpose=HEALTH).update(withdrawn_at=now - timedelta(days=8))

    overlap(lambda: record(alice.pk, 1, TOLD, now, keep_health=True), lambda: purge(now))
    assert pains() == [2]
