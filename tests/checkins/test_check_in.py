"""Checking in: a tap in the mail, one button on the page; what is kept, and until when."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from accounts.models import Consent, has_consented
from challenge.mail.links import Purpose, url
from challenge.models import CheckIn, Delivery, Enrollment
from tests.support.smtp_server import SmtpServer
from tests.support.visitor import Runner, whole_database

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Go = Callable[[datetime], None]


@pytest.fixture
def discreet(client: Client, enroll: Any, sink: SmtpServer, go: Go, clock: Any, now: datetime) -> Runner:
    enroll("bob", health=False)
    go(now)
    return Runner(client, sink.mails[0])


@pytest.mark.parametrize("choice", ["done", "partly", "not_today"])
def test_a_button_opens_what_will_be_saved_and_saves_nothing(runner: Runner, choice: str) -> None:
    before = whole_database()
    page = runner.opens(choice)
    runner.client.head(runner.path(choice))

    assert whole_database() == before
    assert "Not saved yet." in page
    checked = [line for line in page.splitlines() if "checked" in line and 'name="status"' in line]
    assert len(checked) == 1
    assert f'value="{choice}"' in checked[0]
    assert page.count('<button type="submit">Save</button>') == 2


def test_one_button_saves(runner: Runner, now: datetime) -> None:
    answer = runner.saves(
        tightness="4", pain="0", pain_where="left hip", distance="7.5", note="Light legs 🏃‍♀️💨"
    )

    assert answer.status_code == 302
    page = runner.client.get(answer["Location"]).content.decode()
    assert "Saved, thank you." in page
    assert "until the end of Friday, 6 March" in page
    assert "Not saved yet" not in page
    saved = CheckIn.objects.get()
    assert (saved.day, saved.status, saved.tightness, saved.pain) == (1, "done", 4, 0)
    assert (saved.pain_where, saved.distance, saved.unit) == ("left hip", Decimal("7.50"), "km")
    assert saved.note == "Light legs 🏃‍♀️💨"
    assert (saved.created_at, saved.updated_at) == (now, now)


def test_what_is_saved_can_be_changed(runner: Runner, clock: Any, now: datetime) -> None:
    runner.saves("done", tightness="4", note="Fine")
    assert "This is what you saved." in runner.opens("done")
    assert "Not saved yet." in runner.opens("partly")
    assert CheckIn.objects.get().status == "done"
    clock.move_to(now + HOUR)

    runner.saves("partly", tightness="", note="Fine after all")

    changed = CheckIn.objects.get()
    assert (changed.status, changed.tightness, changed.note) == ("partly", 4, "Fine after all")
    assert (changed.created_at, changed.updated_at) == (now, now + HOUR)


def test_without_consent_only_the_day_and_the_distance_are_kept(discreet: Runner) -> None:
    discreet.saves("partly", distance="3")

    saved = CheckIn.objects.get()
    assert (saved.status, saved.distance) == ("partly", Decimal(3))
    assert not has_consented(saved.enrollment.runner, Consent.Purpose.HEALTH)


@pytest.mark.parametrize("said", [{"tightness": "0"}, {"pain": "3"}, {"pain_where": "hip"}, {"note": "Ow"}])
def test_health_data_is_kept_only_when_the_box_is_ticked(discreet: Runner, said: dict[str, str]) -> None:
    refused = discreet.saves(**said)

    assert refused.status_code == 422
    assert "Tick this box" in refused.content.decode()
    assert not CheckIn.objects.exists()

    assert discreet.saves(**said, keep_health="on").status_code == 302
    saved = CheckIn.objects.get()
    [(name, value)] = said.items()
    assert str(getattr(saved, name)) == value
    assert has_consented(saved.enrollment.runner, Consent.Purpose.HEALTH)
    assert "keep_health" not in discreet.opens()


def test_what_the_page_did_not_ask_for_is_dropped_all_the_same(discreet: Runner, now: datetime) -> None:
    from challenge.checkins.record import CheckInData, record

    record(Enrollment.objects.get().pk, 1, CheckInData("done", 4, 5, "hip", Decimal(3), "mi", "Ow"), now)

    saved = CheckIn.objects.get()
    assert (saved.tightness, saved.pain, saved.pain_where, saved.note) == (None, None, "", "")
    assert (saved.distance, saved.unit) == (Decimal(3), "mi")


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Europe/London", "Pacific/Honolulu"])
def test_a_day_is_open_for_three_local_days(
    client: Client, enroll: Any, sink: SmtpServer, go: Go, clock: Any, now: datetime, zone: str
) -> None:
    enroll("alice", time_zone=zone)
    for hour in range(24):
        go(now + hour * HOUR)
    runner = Runner(client, sink.mails[0])
    local = Delivery.objects.get(day=1).sent_at.astimezone(ZoneInfo(zone))  # type: ignore[union-attr]
    over = datetime.combine(local.date() + 4 * DAY, time(0), ZoneInfo(zone)).astimezone(UTC)

    clock.move_to(over - timedelta(seconds=1))
    assert "Not saved yet." in runner.opens()
    assert runner.saves("partly").status_code == 302

    clock.move_to(over)
    for answer in (client.get(runner.path()), runner.saves("done")):
        assert answer.status_code == 410
        assert "Day 1 is closed" in answer.content.decode()
        assert "An answer is saved for it." in answer.content.decode()
        assert "Partly" not in answer.content.decode()
    assert CheckIn.objects.get().status == "partly"


def test_a_late_check_in_fills_the_day_it_is_for(
    runner: Runner, sink: SmtpServer, go: Go, clock: Any, now: datetime
) -> None:
    go(now + DAY)
    go(now + 2 * DAY)
    clock.move_to(now + 2 * DAY)

    runner.saves("partly")

    assert [(c.day, c.status) for c in CheckIn.objects.all()] == [(1, "partly")]


def test_a_day_is_closed_until_its_lesson_was_sent(runner: Runner, alice: Any, now: datetime) -> None:
    path = url(Purpose.CHECK_IN, now, alice, 2)

    assert runner.client.get(path).status_code == 410
    assert runner.client.post(path, {"status": "done", "unit": "km"}).status_code == 410
    assert not CheckIn.objects.exists()
