"""A link belongs to one row and can end: it opens nothing for whoever gets the row's number later."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from challenge.checkins.record import CheckInData, record
from challenge.enrollment import pending
from challenge.mail.links import Purpose, address_url, take_care_url, token, url
from challenge.models import AddressChange, Delivery, Enrollment, Escalation, Program
from tests.support.restores import Dump
from tests.support.smtp_server import SmtpServer
from tests.support.visitor import confirm, filled_in, form, link, links_in, whole_database

pytestmark = pytest.mark.django_db

Go = Callable[[datetime], None]
DAY = timedelta(days=1)
OF_A_CHANGE = (Purpose.ADDRESS, Purpose.ADDRESS_UNDO)
# These end with their own row.
OF_OTHERS = (*OF_A_CHANGE, Purpose.TAKE_CARE)
POSTED = (
    {"List-Unsubscribe": "One-Click"},
    {"action": "leave"},
    {"action": "undo"},
    {"action": "pause"},
    {"action": "resume"},
    {"status": "not_today", "unit": "km", "note": "Mallory was here"},
    {"send_at": "05:00", "time_zone": "Asia/Tokyo"},
    {"text": "Who am I?"},
)


def links_of_a_runner(client: Client, sink: SmtpServer, go: Go, now: datetime) -> dict[str, str]:
    """Sign Maya up, confirm, and return a link for every purpose there is: from the mails that came, else as
    such a mail would hold it."""
    client.post("/", form(starts_on=f"{now:%Y-%m-%d}"))
    go(now)
    asked = sink.to("maya@example.com")[-1]
    confirm(client, link(asked, "confirm"), health_consent="on")
    go(now)
    lesson = sink.to("maya@example.com")[-1]
    found = {"confirm": link(asked, "confirm"), "check-in": link(lesson, "check-in", "done")}
    found |= {name: link(lesson, name) for name in ("hour", "leave", "pause", "day")}
    maya = Enrollment.objects.filter(runner__email="maya@example.com").latest("pk")
    rest = set(Purpose) - set(found) - set(OF_OTHERS)
    found |= {name: urlsplit(url(name, now, maya)).path for name in sorted(rest)}
    found["take-care"] = urlsplit(take_care_url(Escalation.objects.open(maya, now), now)).path
    return found | links_of_a_change(maya, now)


def links_of_a_change(maya: Enrollment, now: datetime) -> dict[str, str]:
    """Return the links that confirm a change of Maya's address and undo another."""
    changes = AddressChange.objects.filter(user=maya.runner)
    asked = {"user": maya.runner, "old_address": "maya@example.com", "new_address": "m@new.example"}
    changes = [changes.create(**asked, asked_at=now, confirmed_at=at) for at in (None, now)]
    found = zip(OF_A_CHANGE, changes, strict=True)
    return {purpose: urlsplit(address_url(purpose, change)).path for purpose, change in found}


def assert_open(client: Client, links: dict[str, str]) -> None:
    assert {path: client.get(path).status_code for path in links.values()} == dict.fromkeys(
        links.values(), 200
    )


def assert_opens_nothing(client: Client, links: dict[str, str]) -> None:
    whole = set(Purpose)
    assert set(links) in (whole, whole - {Purpose.TAKE_CARE}, whole - set(OF_OTHERS))
    before = whole_database()
    for whose, path in links.items():
        answers = [client.get(path), *(client.post(path, fields) for fields in POSTED)]
        for answer in answers:
            assert answer.status_code == 410, path
            assert b"nothing behind this link any more" in answer.content
            assert b"Charlie" not in answer.content
            assert b"Left calf" not in answer.content
        for purpose in links:
            token = path.split("/")[2]
            answer = client.post("/links/", {"purpose": purpose, "token": token})
            assert answer.status_code == (410 if purpose == whose else 404)
    assert whole_database() == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
def test_a_restored_backup_that_gives_a_number_out_again_opens_nothing(
    client: Client,
    alice: Enrollment,
    sink: SmtpServer,
    go: Go,
    clock: Any,
    now: datetime,
    enroll: Any,
    tmp_path: Path,
) -> None:
    backup = Dump(tmp_path)
    mayas = links_of_a_runner(client, sink, go, now)
    maya = Enrollment.objects.get(runner__email="maya@example.com")

    backup.restore()
    charlie = enroll("charlie")
    Delivery.objects.queue("lesson", now, charlie, 1, state="sent", sent_at=now)
    record(charlie.pk, 1, CheckInData("done", note="Left calf"), now)

    assert (charlie.pk, charlie.runner_id) == (maya.pk, maya.runner_id)
    assert_opens_nothing(client, mayas)


@pytest.mark.both_databases
def test_erasing_ends_the_links(
    client: Client, alice: Enrollment, sink: SmtpServer, go: Go, clock: Any, now: datetime, enroll: Any
) -> None:
    mayas = links_of_a_runner(client, sink, go, now)
    number = Enrollment.objects.get(runner__email="maya@example.com").pk

    call_command("erase", "maya@example.com", "--yes")
    assert_opens_nothing(client, mayas)

    Enrollment.objects.filter(pk=enroll("charlie").pk).update(id=number)
    assert_opens_nothing(client, mayas)


def test_the_links_of_every_run_end_together(
    client: Client, alice: Enrollment, sink: SmtpServer, go: Go, clock: Any, now: datetime
) -> None:
    go(now)
    alices = link(sink.lessons[-1], "hour")
    first = links_of_a_runner(client, sink, go, now)
    runner = User.objects.get(email="maya@example.com")
    Enrollment.objects.filter(runner=runner).update(state="completed", next_due_at=None)
    clock.move_to(now + 2 * DAY)
    second = links_of_a_runner(client, sink, go, now + 2 * DAY)
    assert not set(first.values()) & set(second.values())
    assert_open(client, {"day": first["day"], **second})

    Enrollment.objects.end_links(runner)

    for links in (first, second):
        for purpose in OF_OTHERS:
            del links[purpose]
        assert_opens_nothing(client, links)
    assert client.get(alices).status_code == 200
    go(now + 3 * DAY)
    assert client.get(link(sink.to("maya@example.com")[-1], "hour")).status_code == 200


def test_a_corrected_address_ends_what_was_mailed_to_the_wrong_one(
    client: Client, coach: Client, alice: Enrollment, sink: SmtpServer, go: Go, clock: Any, now: datetime
) -> None:
    mayas = links_of_a_runner(client, sink, go, now)
    maya = User.objects.get(email="maya@example.com")
    page = f"/coach/accounts/user/{maya.pk}/change/"
    fields = {"email": "maya@example.com", "first_name": "Maja", "is_active": "on"}

    assert coach.post(page, fields).status_code == 302
    assert_open(client, mayas)
    assert coach.post(page, fields | {"email": "maja@example.com"}).status_code == 302
    client.logout()

    del mayas[Purpose.TAKE_CARE]  # it is the second contact's
    assert_opens_nothing(client, mayas)
    go(now + DAY)
    assert client.get(link(sink.to("maja@example.com")[-1], "leave")).status_code == 200


def test_a_link_shows_no_number_of_its_enrollment(
    client: Client, alice: Enrollment, sink: SmtpServer, go: Go, clock: Any, now: datetime
) -> None:
    """A number tells how many runners there are, and would be somebody else's after a restored backup."""
    number = 7_020_000_001
    Enrollment.objects.filter(pk=alice.pk).update(id=number)
    go(now)

    for path in links_in(sink.lessons[-1]):
        assert str(number) not in path


def test_the_button_of_a_sign_up_that_was_deleted_shows_the_form(
    client: Client, program: Any, sink: SmtpServer, go: Go, clock: Any, now: datetime
) -> None:
    client.post("/", form(starts_on="2026-03-20"))
    go(now)
    path = link(sink.mails[0], "confirm")
    clock.move_to(now + 7 * DAY)
    button = filled_in(client.get(path).content.decode())
    assert set(button) == {"purpose", "token"}
    pending.delete_unconfirmed(now + 7 * DAY)
    before = whole_database()

    for answer in (client.post("/links/", button), client.get(path), client.post(path)):
        assert answer.status_code == 410
        page = answer.content.decode()
        assert "nobody confirms within seven days is deleted" in page
        assert '<form method="post" action="/" novalidate data-prefill>' in page
        assert 'name="first_name"' in page
    assert whole_database() == before

    Program.objects.update(is_open=False)
    page = client.get(path).content.decode()
    assert "Nobody can join just now" in page
    assert 'name="first_name"' not in page


def test_the_button_of_another_link_whose_row_is_gone_says_so(
    client: Client, alice: Any, clock: Any, now: datetime
) -> None:
    text = token(Purpose.CHECK_IN, now - 10 * DAY, alice, 1)
    Enrollment.objects.end_links(alice.runner)

    answer = client.post("/links/", {"purpose": "check-in", "token": text})

    assert answer.status_code == 410
    assert b"nothing behind this link any more" in answer.content
