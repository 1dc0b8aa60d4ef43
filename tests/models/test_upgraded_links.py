"""An older installation is brought up to date: the links that are out go on, each for its own row alone."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from challenge.mail.links import LIFETIME, Purpose, url
from challenge.models import Enrollment
from tests.support.numbered_links import numbered_capability

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.both_databases,
    pytest.mark.usefixtures("upgraded"),
]

# The purposes that there were before there were keys.
NUMBERED = (
    Purpose.LEAVE,
    Purpose.CONFIRM,
    Purpose.CHECK_IN,
    Purpose.HOUR,
    Purpose.PAUSE,
    Purpose.DAY,
)


def test_links_that_are_out_go_on_for_their_own_row_until_they_expire(
    client: Client, clock: Any, now: datetime
) -> None:
    old = Enrollment.objects.get(runner__first_name="Dora")
    doras = numbered_links(old.pk, now)
    assert {path: client.get(path).status_code for path in doras} == dict.fromkeys(doras, 200)
    assert client.post(numbered_links(old.pk, now - timedelta(days=400))[0]).status_code == 410
    new = numbered_links(enroll("fay", old, now).pk, now)
    assert {path: client.get(path).status_code for path in new} == dict.fromkeys(new, 410)
    assert client.get(url(Purpose.LEAVE, now, Enrollment.objects.get(pk=old.pk))).status_code == 200

    Enrollment.objects.filter(pk=old.pk).delete()
    Enrollment.objects.filter(pk=enroll("gil", old, now).pk).update(id=old.pk)
    assert {path: client.get(path).status_code for path in doras} == dict.fromkeys(doras, 410)


def test_a_new_key_ends_the_links_of_both_formats(client: Client, clock: Any, now: datetime) -> None:
    old = Enrollment.objects.get(runner__first_name="Emil")
    links = [*numbered_links(old.pk, now), url(Purpose.PAUSE, now, old)]

    Enrollment.objects.end_links(User.objects.get(first_name="Emil"))

    assert {path: client.get(path).status_code for path in links} == dict.fromkeys(links, 410)


def enroll(name: str, like: Enrollment, now: datetime) -> Enrollment:
    """Enroll somebody after the upgrade."""
    return Enrollment.objects.create(
        runner=User.objects.create_user(f"{name}@example.com"),
        program=like.program,
        state=Enrollment.State.ACTIVE,
        starts_on=now.date(),
        send_at=time(7),
        time_zone="Europe/London",
        created_at=now,
        confirmed_at=now,
    )


def numbered_links(number: int, issued: datetime) -> list[str]:
    """Return a link for each purpose, the one to leave first, as it was mailed before rows had keys."""
    days = {Purpose.CHECK_IN: [1], Purpose.DAY: [1]}
    return [
        f"/{p}/{numbered_capability(p, [number, *days.get(p, [])], issued + LIFETIME[p])}/" for p in NUMBERED
    ]
