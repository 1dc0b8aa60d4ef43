"""A consent that ended with a leaving can still be taken back, and what nobody consented to is not kept."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Consent, has_consented, request_consents, withdraw_consent
from challenge.checkins.record import CheckInData, record
from challenge.enrollment.consents import take_back
from challenge.enrollment.leaving import leave, undo_leaving
from challenge.models import CheckIn, Event
from challenge.privacy.retention import purge

pytestmark = pytest.mark.django_db

HEALTH, RUNNER = Consent.Purpose.HEALTH, Event.Actor.RUNNER
TOLD = CheckInData("done", tightness=4, pain=2, pain_where="left groin", note="tight")
DAY = timedelta(days=1)


@pytest.fixture
def left(alice: Any, go: Callable[[datetime], None], now: datetime) -> Any:
    """Alice, who told something, and whose consents ended when she left."""
    go(now)
    record(alice.pk, 1, TOLD, now, keep_health=True)
    leave(alice.pk, RUNNER, now)
    withdraw_consent(alice.runner, HEALTH, now)
    return alice


def keeps_health_data() -> bool:
    check_in = CheckIn.objects.get()
    values = (check_in.tightness, check_in.pain, check_in.pain_where, check_in.note)
    return values != (None, None, "", "")


def test_after_leaving_it_can_be_taken_back_at_once(left: Any, now: datetime) -> None:
    assert keeps_health_data()

    assert take_back(left.runner, HEALTH, RUNNER, now + DAY)
    assert not keeps_health_data()
    assert left.events.last().kind == Event.Kind.CONSENT_TAKEN_BACK
    assert not take_back(left.runner, HEALTH, RUNNER, now + 2 * DAY)


def test_an_undo_gives_no_consent_again_that_was_taken_back(left: Any, now: datetime) -> None:
    take_back(left.runner, HEALTH, RUNNER, now + DAY)

    assert undo_leaving(left.pk, now + 2 * DAY)
    assert not has_consented(left.runner, HEALTH)
    assert has_consented(left.runner, Consent.Purpose.MAIL)


def test_one_taken_back_before_is_no_reason_against_a_later_undo(left: Any, now: datetime) -> None:
    assert undo_leaving(left.pk, now + DAY)
    take_back(left.runner, HEALTH, RUNNER, now + 2 * DAY)
    record(left.pk, 1, TOLD, now + 2 * DAY, keep_health=True)
    leave(left.pk, RUNNER, now + 3 * DAY)
    withdraw_consent(left.runner, HEALTH, now + 3 * DAY)

    undo_leaving(left.pk, now + 4 * DAY)
    assert has_consented(left.runner, HEALTH)
    assert keeps_health_data()


def test_the_coach_can_take_it_back_for_somebody_who_left(left: Any, admin_client: Client) -> None:
    form = {"move": "take_back_health", "ids": left.pk, "sure": "yes"}

    admin_client.post("/coach/challenge/enrollment/move/", form)
    assert not keeps_health_data()


def test_a_tick_that_nobody_confirmed_keeps_nothing(left: Any, now: datetime) -> None:
    request_consents(left.runner, [HEALTH], Consent.Form.SIGN_UP, now + 6 * DAY)

    purge(now + 7 * DAY)
    assert not keeps_health_data()


def test_what_has_no_record_of_a_consent_is_not_kept(left: Any, now: datetime) -> None:
    Consent.objects.filter(purpose=HEALTH).delete()

    purge(now)
    assert not keeps_health_data()
