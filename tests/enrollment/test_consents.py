"""A consent is recorded with its wording, and takes along what was kept under it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from django.utils.functional import lazy
from django.utils.translation import get_language, override

from accounts.models import Consent, has_consented, request_consents
from accounts.wordings import WORDINGS
from challenge.checkins.record import CheckInData, record
from challenge.enrollment.confirm import Confirmation, confirm
from challenge.enrollment.consents import give, take_back
from challenge.enrollment.leaving import leave
from challenge.models import CheckIn, Enrollment, Event
from challenge.models.privacy import TABLES, filled, model_of
from tests.support.runs import asks_again

pytestmark = pytest.mark.django_db

HEALTH, MAIL = Consent.Purpose.HEALTH, Consent.Purpose.MAIL
LATER = timedelta(minutes=1)


@pytest.fixture
def told(alice: Any, go: Callable[[datetime], None], now: datetime) -> CheckIn:
    go(now)
    told = CheckInData("done", tightness=4, pain=2, pain_where="left groin", note="tight")
    return record(alice.pk, 1, told, now, keep_health=True)


def holds_health_data() -> bool:
    tables = [(model_of(name), declared.health.split()) for name, declared in TABLES.items()]
    return any(
        model._base_manager.filter(filled(model, fields)).exists() for model, fields in tables if fields
    )


def test_taking_it_back_erases_what_was_kept_at_once(told: CheckIn, alice: Any, now: datetime) -> None:
    assert holds_health_data()

    assert take_back(alice.runner, HEALTH, Event.Actor.RUNNER, now + LATER)
    assert not holds_health_data()
    assert CheckIn.objects.get().status == "done"
    assert not has_consented(alice.runner, HEALTH)
    assert alice.events.last().kind == Event.Kind.CONSENT_TAKEN_BACK
    assert not take_back(alice.runner, HEALTH, Event.Actor.RUNNER, now + LATER)


@pytest.mark.parametrize("left", [True, False])
@pytest.mark.parametrize("ticked", [True, False])
def test_a_new_run_without_the_tick_erases_what_was_kept(
    told: CheckIn, alice: Any, now: datetime, left: bool, ticked: bool
) -> None:
    if left:
        leave(alice.pk, Event.Actor.RUNNER, now)
    new = asks_again(alice, now)

    assert confirm(new.pk, Confirmation.unchanged(new, health=ticked), now + LATER) == "confirmed"
    assert holds_health_data() is ticked
    assert has_consented(alice.runner, HEALTH) is ticked
    assert new.events.filter(kind=Event.Kind.CONSENT_TAKEN_BACK).exists() is not ticked


def test_taking_back_the_consent_to_mail_leaves(alice: Any, now: datetime) -> None:
    assert take_back(alice.runner, MAIL, Event.Actor.RUNNER, now)

    assert Enrollment.objects.get().state == Enrollment.State.WITHDRAWN
    assert not has_consented(alice.runner, MAIL)


def test_a_record_says_what_when_which_wording_and_where(alice: Any, now: datetime) -> None:
    take_back(alice.runner, HEALTH, Event.Actor.RUNNER, now)
    assert give(alice.runner, HEALTH, Consent.Form.OWN_PAGE, now + LATER)
    assert not give(alice.runner, HEALTH, Consent.Form.OWN_PAGE, now + LATER)

    given = Consent.objects.get(purpose=HEALTH, withdrawn_at=None)
    assert (given.form, given.wording) == ("own_page", str(WORDINGS["health"]))
    assert (given.asked_at, given.given_at) == (now + LATER, now + LATER)
    assert alice.events.last().kind == Event.Kind.CONSENT_GIVEN


def test_the_coach_takes_it_back_on_the_runners_word(told: CheckIn, alice: Any, admin_client: Client) -> None:
    page = f"/coach/challenge/enrollment/{alice.pk}/change/"
    action, form = "/coach/challenge/enrollment/move/", {"move": "take_back_health", "ids": alice.pk}
    assert "Take back the consent to health data" in admin_client.get(page).content.decode()

    asked = admin_client.post(action, form).content.decode()
    assert "Did these runners say" in asked
    assert holds_health_data()

    admin_client.post(action, {**form, "sure": "yes"})
    assert not holds_health_data()
    assert alice.events.last().actor == Event.Actor.COACH
    again = admin_client.post(action, {**form, "sure": "yes"}, follow=True).content.decode()
    assert "there is no consent to health data" in again


def test_the_record_is_of_the_form_on_which_it_was_given(enroll: Any, now: datetime) -> None:
    carol = enroll("carol", health=False).runner
    request_consents(carol, [HEALTH], Consent.Form.SIGN_UP, now)
    Consent.objects.filter(purpose=HEALTH).update(wording="Words of an earlier edition.", version="2025-01")

    give(carol, HEALTH, Consent.Form.OWN_PAGE, now + LATER)
    given = Consent.objects.get(purpose=HEALTH)
    assert (given.form, given.wording) == ("own_page", str(WORDINGS["health"]))
    assert (given.version, given.asked_at, given.given_at) == (Consent.VERSION, now, now + LATER)


def test_the_wording_is_kept_in_the_language_that_was_read(alice: Any, now: datetime) -> None:
    take_back(alice.runner, HEALTH, Event.Actor.RUNNER, now)
    with patch("accounts.models.WORDINGS", {"health": lazy(get_language, str)()}), override("de"):
        give(alice.runner, HEALTH, Consent.Form.OWN_PAGE, now + LATER)

    assert Consent.objects.get(purpose=HEALTH, withdrawn_at=None).wording == "de"
