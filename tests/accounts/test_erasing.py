"""Erasing a person takes every row of that person, and nobody else's."""

from collections.abc import Callable
from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Consent, User
from challenge.checkins.record import CheckInData, record
from challenge.models import CheckIn, Delivery, Enrollment

pytestmark = pytest.mark.django_db


def test_a_runner_is_erased_with_all_that_is_kept(
    alice: Any, bob: Any, go: Callable[[datetime], None], now: datetime
) -> None:
    go(now)
    record(alice.pk, 1, CheckInData("done", pain=2), now)
    said = StringIO()
    call_command("erase", " Alice@Example.com ", "--yes", stdout=said)

    assert "challenge.CheckIn: 1 erased" in said.getvalue()
    assert list(User.objects.all()) == [bob.runner]
    assert list(Enrollment.objects.all()) == [bob]
    assert not CheckIn.objects.exists()
    assert not Delivery.objects.filter(enrollment=alice.pk).exists()
    assert set(Consent.objects.values_list("user", flat=True)) == {bob.runner.pk}


def test_without_yes_nothing_is_erased(alice: Any) -> None:
    said = StringIO()
    call_command("erase", "alice@example.com", stdout=said)

    assert said.getvalue() == "1 enrollments. To erase it all, add --yes.\n"
    assert Enrollment.objects.get() == alice


@pytest.mark.parametrize("address", ["nobody@example.com", "coach@example.com", "not an address"])
def test_who_is_no_runner_is_not_erased(db: None, address: str) -> None:
    User.objects.create_superuser("coach@example.com", "secret")
    with pytest.raises(CommandError):
        call_command("erase", address, "--yes")
    assert User.objects.exists()
