"""What a link of an earlier run told stands with the hold of the run that goes on."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from challenge.coach.desk.holds import open_holds
from challenge.conversation.messages import record_message
from challenge.models import CheckIn, Enrollment
from tests.coach.desk.conftest import Stopped

pytestmark = pytest.mark.django_db


@pytest.fixture
def finished(alice: Enrollment) -> Enrollment:
    run = Enrollment.objects.get(pk=alice.pk)
    Enrollment.objects.filter(pk=alice.pk).update(state="completed", next_due_at=None)
    alice.pk = None
    alice.link_key = Enrollment().link_key
    alice.save()
    return run


def test_a_message(alice: Enrollment, finished: Enrollment, now: datetime) -> None:
    record_message(finished.pk, 1, "Numb between my legs.", now)
    [held] = open_holds(alice)
    assert [said.text for said in held.said] == ["Numb between my legs."]


def test_a_check_in_and_not_that_of_the_same_day(
    alice: Enrollment, finished: Enrollment, stop: Stopped, told: Callable[..., CheckIn], now: datetime
) -> None:
    told(alice, pain=1, updated_at=now - timedelta(hours=1))
    told(finished, pain=8)
    stop(finished)
    [held] = open_holds(alice)
    assert [said.text for said in held.said] == ["Pain 8 of 10."]
