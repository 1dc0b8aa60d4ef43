"""The old address is told of the new one, and puts itself back within seven days."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from challenge.enrollment import address_change
from challenge.models import Delivery
from tests.support.moving import NEW, OLD, Mover
from tests.support.visitor import body, link, links_in

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_the_old_address_is_told_and_undoes_it_for_seven_days(mover: Mover, now: datetime) -> None:
    mover.asks(now + HOUR)
    mover.confirms(now + 2 * HOUR)
    told = mover.sink.to(OLD)[-1]
    # Nothing in it opens the course, as the old links have ended for a reason.
    assert told["List-Unsubscribe"] is None
    assert {path.partition("/")[2].partition("/")[0] for path in links_in(told)} == {"address-undo", ""}
    mover.go(now + 3 * HOUR)
    moved = link(mover.sink.to(NEW)[-1], "leave")
    path = mover.undo_link()

    mover.clock.move_to(now + 7 * DAY + HOUR)
    assert b"Put my address back" in mover.client.get(path).content
    assert b"Your address is back" in mover.client.post(path).content
    mover.go(now + 7 * DAY + 2 * HOUR)

    assert mover.address == OLD
    [changed] = [mail for mail in mover.sink.to(OLD) if mail["Subject"].startswith("Your changes")]
    assert "Your mails come here now." in body(changed)
    assert mover.client.get(moved).status_code == 410
    assert b"done already" in mover.client.get(path).content


def test_after_seven_days_the_undo_is_nothing(mover: Mover, now: datetime) -> None:
    mover.asks(now)
    mover.confirms(now)
    path = mover.undo_link()

    assert address_change.forget(now + 7 * DAY - HOUR) == 0
    mover.clock.move_to(now + 7 * DAY)
    assert mover.client.get(path).status_code == mover.client.post(path).status_code == 410
    assert address_change.forget(now + 7 * DAY) == 1
    assert mover.client.post(path).status_code == 410
    assert mover.address == NEW
    assert Delivery.objects.filter(kind="address_old").count() == 1


def test_an_undo_reaches_back_over_later_changes(mover: Mover, now: datetime) -> None:
    """Whoever got into the mailbox moves twice; the owner of the first address still gets the course back."""
    mover.asks(now)
    mover.confirms(now)
    mover.asks(now + DAY, "thief@far.example")
    mover.confirms(now + DAY, "thief@far.example")
    thiefs = link(mover.sink.to(NEW)[-1], "address-undo")
    mover.asks(now + 2 * DAY, "again@far.example")

    mover.client.post(mover.undo_link())

    assert mover.address == OLD
    for path in (thiefs, link(mover.sink.to("again@far.example")[0], "address")):
        assert mover.client.post(path).status_code in (200, 410)
        assert mover.address == OLD


def test_an_undo_to_an_address_that_has_a_course_since_changes_nothing(
    mover: Mover, enroll: Any, now: datetime
) -> None:
    mover.asks(now)
    mover.confirms(now)
    path = mover.undo_link()
    User.objects.filter(pk=enroll("bob").runner_id).update(email=OLD)

    assert mover.client.post(path).status_code == 409
    assert mover.address == NEW
