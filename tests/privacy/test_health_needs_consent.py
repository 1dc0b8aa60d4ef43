"""Whatever a runner does, in whatever order: no health data without a consent to it."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.models import Consent, give_consents, request_consents
from challenge.checkins.record import CheckInData, Closed, record
from challenge.enrollment.consents import give, take_back
from challenge.enrollment.leaving import leave, undo_leaving
from challenge.models import CheckIn, Event
from challenge.privacy.retention import purge

pytestmark = pytest.mark.django_db

HEALTH = Consent.Purpose.HEALTH
TOLD = CheckInData("done", tightness=4, pain=2, pain_where="left groin", note="tight")


def tell(alice: Any, now: datetime, *, consents: bool) -> None:
    with suppress(Closed):
        record(alice.pk, 1, TOLD, now, keep_health=consents)


ACTIONS: dict[str, Callable[[Any, datetime], object]] = {
    "give": lambda alice, now: give(alice.runner, HEALTH, Consent.Form.OWN_PAGE, now),
    "tell": lambda alice, now: tell(alice, now, consents=False),
    "tell and consent": lambda alice, now: tell(alice, now, consents=True),
    "take back": lambda alice, now: take_back(alice.runner, HEALTH, Event.Actor.RUNNER, now),
    "leave": lambda alice, now: leave(alice.pk, Event.Actor.RUNNER, now),
    "tick": lambda alice, now: request_consents(alice.runner, [HEALTH], Consent.Form.SIGN_UP, now),
    "confirm": lambda alice, now: give_consents(alice.runner, [HEALTH], Consent.Form.CONFIRM, now),
    "undo": lambda alice, now: undo_leaving(alice.pk, now),
}
STEPS = st.lists(
    st.tuples(st.sampled_from(sorted(ACTIONS)), st.sampled_from([1, 20, 60, 170])), min_size=3, max_size=12
)


def lapsed_since(user: Any) -> datetime | None:
    """Return since when no consent to health data stands; None while one does."""
    consents = Consent.objects.filter(user=user, purpose=HEALTH, given_at__isnull=False)
    if consents.filter(withdrawn_at=None).exists() or not consents.exists():
        return None
    return max(consents.values_list("withdrawn_at", flat=True))


@pytest.fixture
def begun(alice: Any, go: Callable[[datetime], None], now: datetime) -> Any:
    go(now)
    return alice


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
@example(steps=[("tell", 1), ("leave", 1), ("take back", 1)])
@example(steps=[("tell", 1), ("leave", 1), ("tick", 170)])
@example(steps=[("tell", 1), ("leave", 1), ("take back", 1), ("undo", 1)])
def test_no_health_data_without_a_consent(begun: Any, now: datetime, steps: list[tuple[str, int]]) -> None:
    alice, time = begun, now
    with transaction.atomic():
        for action, hours in steps:
            ACTIONS[action](alice, time)
            kept = CheckIn.objects.filter(pain__isnull=False)
            if action == "take back":
                assert not kept.exists()
            time += timedelta(hours=hours)
            purge(time)
            since = lapsed_since(alice.runner)
            if since and time - since >= timedelta(days=7):
                assert not kept.exists()
        transaction.set_rollback(True)
