"""An older installation is brought up to date: the links that are out go on, each for its own row alone."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.apps.registry import Apps
from django.test import Client

from accounts.models import User
from challenge.mail.links import LIFETIME, Purpose, url
from challenge.models import Enrollment, Program, Revision
from tests.models.conftest import migrate
from tests.support.numbered_links import numbered_capability

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.both_databases,
    pytest.mark.parametrize("before", ["0017_alarm_codes"], indirect=True),
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
    program: Program,
    before: Apps,
    client: Client,
    clock: Any,
    enroll: Callable[..., Enrollment],
    now: datetime,
) -> None:
    model = before.get_model
    runner = model("accounts", "User").objects.create(email="alice@example.com", first_name="Alice")
    place = {"program_id": program.pk, "starts_on": now.date(), "time_zone": "Europe/London"}
    times = {"created_at": now, "confirmed_at": now, "send_at": time(7)}
    old = model("challenge", "Enrollment").objects.create(runner=runner, state="active", **times, **place)
    model("challenge", "Delivery").objects.create(
        enrollment=old,
        kind="lesson",
        day=1,
        state="sent",
        domain="example.com",
        **dict.fromkeys(("due_at", "try_at", "sent_at"), now),
        revision_id=Revision.objects.get(day__number=1, published_at__isnull=False).pk,
    )

    migrate(None)

    alices = numbered_links(old.pk, now)
    assert {path: client.get(path).status_code for path in alices} == dict.fromkeys(alices, 200)
    assert client.post(numbered_links(old.pk, now - timedelta(days=400))[0]).status_code == 410
    bobs = numbered_links(enroll("bob").pk, now)
    assert {path: client.get(path).status_code for path in bobs} == dict.fromkeys(bobs, 410)
    assert client.get(url(Purpose.LEAVE, now, Enrollment.objects.get(pk=old.pk))).status_code == 200

    Enrollment.objects.filter(pk=old.pk).delete()
    Enrollment.objects.filter(pk=enroll("charlie").pk).update(id=old.pk)
    assert {path: client.get(path).status_code for path in alices} == dict.fromkeys(alices, 410)


def test_a_new_key_ends_the_links_of_both_formats(
    program: Program, before: Apps, client: Client, clock: Any, now: datetime
) -> None:
    model = before.get_model
    runner = model("accounts", "User").objects.create(email="alice@example.com")
    times = {"created_at": now, "send_at": time(7), "starts_on": now.date(), "time_zone": "Europe/London"}
    old = model("challenge", "Enrollment").objects.create(
        runner=runner, program_id=program.pk, state="paused", **times
    )
    migrate(None)
    links = [*numbered_links(old.pk, now), url(Purpose.PAUSE, now, Enrollment.objects.get())]

    Enrollment.objects.end_links(User.objects.get())

    assert {path: client.get(path).status_code for path in links} == dict.fromkeys(links, 410)


def numbered_links(number: int, issued: datetime) -> list[str]:
    """Return a link for each purpose, the one to leave first, as it was mailed before rows had keys."""
    days = {Purpose.CHECK_IN: [1], Purpose.DAY: [1]}
    return [
        f"/{p}/{numbered_capability(p, [number, *days.get(p, [])], issued + LIFETIME[p])}/" for p in NUMBERED
    ]
