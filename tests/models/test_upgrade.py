"""An older installation is brought up to date: nothing that was taught or sent is lost."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.apps.registry import Apps

from challenge.curriculum.course import CONTENT
from challenge.curriculum.load import load
from challenge.models import (
    Alarm,
    Delivery,
    Enrollment,
    Event,
    Limit,
    Program,
    RestoreStop,
    Revision,
    Stretch,
)  # fmt: skip
from challenge.models.day import pick_revision
from challenge.models.limit import ALL
from challenge.monitoring.wording import AlarmText
from tests.models.conftest import migrate
from tests.support.smtp_server import SmtpServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

STRETCH = '+++\nslug = "rest"\ntitle = "Rest"\nminutes = 5\n+++\n1. Lie down.\n'
DAY = '+++\nnumber = 1\ntitle = "Hello"\nstretches = ["rest"]\nself_check = false\n+++\nWelcome.\n'


def test_sources_become_contents_and_runners_keep_their_start(before: Apps, now: datetime) -> None:
    model = before.get_model
    program = model("challenge", "Program").objects.create(slug="reset-21", title="Reset", length=1)
    model("challenge", "Stretch").objects.create(
        program=program, slug="rest", title="Rest", minutes=5, source=STRETCH
    )
    day = model("challenge", "Day").objects.create(program=program, number=1)
    words: dict[str, Any] = {"subject": "s", "text": "t", "html": "h", "digest": "d", "published_at": now}
    revision = model("challenge", "Revision").objects.create(
        day=day, number=1, title="Hello", minutes=5, source=DAY, **words
    )
    runner = model("accounts", "User").objects.create(email="alice@example.com", first_name="Alice")
    enrollment = model("challenge", "Enrollment").objects.create(
        runner=runner,
        program=program,
        state="active",
        starts_on=now.date(),
        send_at=time(7),
        time_zone="Europe/London",
        created_at=now,
    )
    model("challenge", "Delivery").objects.create(
        enrollment=enrollment, kind="lesson", day=1, revision=revision, due_at=now, try_at=now
    )

    migrate(None)

    kept = Revision.objects.get()
    assert (kept.content["day"]["title"], kept.content["body"]) == ("Hello", "Welcome.")
    assert kept.content["stretches"][0]["body"] == "1. Lie down."
    assert [stretch.slug for stretch in kept.stretches.all()] == ["rest"]
    assert Enrollment.objects.get().pinned_at == now
    loaded = load(CONTENT / "reset-21", now)
    assert loaded.published[0] == 1
    assert Stretch.objects.filter(slug="rest").exists()
    assert Revision.objects.filter(day__number=1).count() == 2


def test_nobody_goes_back_to_an_older_version(before: Apps, now: datetime) -> None:
    """Everybody was sent the newest version until now, also of days that changed meanwhile."""
    model = before.get_model
    program = model("challenge", "Program").objects.create(slug="reset-21", title="Reset", length=9)
    day = model("challenge", "Day").objects.create(program=program, number=9)
    words: dict[str, Any] = {"subject": "s", "text": "t", "html": "h", "digest": "d", "source": DAY}
    for number, at in ((1, now - timedelta(days=9)), (2, now + timedelta(days=1))):
        model("challenge", "Revision").objects.create(
            day=day, number=number, title="Hello", minutes=5, published_at=at, **words
        )
    runner = model("accounts", "User").objects.create(email="alice@example.com")
    begun = {"program": program, "state": "active", "starts_on": now.date(), "time_zone": "Europe/London"}
    enrollment = model("challenge", "Enrollment").objects.create(
        runner=runner, send_at=time(7), created_at=now, **begun
    )
    model("challenge", "Delivery").objects.create(
        enrollment=enrollment, kind="lesson", day=1, due_at=now, try_at=now
    )

    migrate(None)

    chosen = pick_revision(Revision.objects.all(), Enrollment.objects.get().pinned_at)
    assert chosen is not None
    assert chosen.number == 2


@pytest.mark.parametrize("before", ["0010_fewer_indexes"], indirect=True)
def test_a_stop_limits_and_alarms_go_on_under_their_new_names(before: Apps, now: datetime) -> None:
    row = {"history": uuid4(), "looks": 7, "looked_at": now, "place": "7/5", "reason": "older"}
    before.get_model("challenge", "Hold").objects.create(held_since=now, ran_until=now, **row)
    refused = "12 mails were refused in a row, the last with: 450 4.7.1 too fast"
    limits = before.get_model("challenge", "Limit").objects
    limits.create(domain="", per_second=5, resting_until=now, rests=2, reason=refused)
    limits.create(domain="example.com", reason="Es ging nicht.")
    limits.create(domain="example.net")
    before.get_model("challenge", "Alarm").objects.create(
        kind="stall", sentence="100 % stand still.", since=now, told_at=now
    )

    migrate(None)

    stop = RestoreStop.current()
    assert stop
    assert (stop.history, stop.counter, stop.counted_at) == (row["history"], 7, now)
    assert (stop.database_identity, stop.reason, stop.ran_until) == ("7/5", "older", now)
    every, one, other = Limit.objects.order_by("pk")
    assert (every.domain, every.per_second, every.suspended_until, every.suspensions) == (ALL, 5, now, 2)
    assert every.reason_values == {"count": 12, "said": "450 4.7.1 too fast"}
    assert (every.why, one.why, other.why) == (refused, "Es ging nicht.", "")
    alarm = Alarm.objects.get()
    assert str(AlarmText(alarm.code, alarm.values)) == "100 % stand still."
    assert alarm.told_at == now


@pytest.mark.parametrize("before", ["0010_fewer_indexes"], indirect=True)
def test_a_course_goes_on_where_it_stood_with_its_ledger_in_codes(
    program: Program, before: Apps, go: Callable[[datetime], None], sink: SmtpServer, now: datetime
) -> None:
    model = before.get_model
    user = model("accounts", "User").objects.create
    people = {name: user(email=f"{name}@example.com") for name in ("alice", "bob")}
    agreed = {"purpose": "mail", "asked_at": now, "given_at": now}
    model("accounts", "Consent").objects.create(user=people["alice"], **agreed)
    place = {"program_id": program.pk, "starts_on": now.date(), "time_zone": "Europe/London"}
    enroll = partial(
        model("challenge", "Enrollment").objects.create, created_at=now, send_at=time(7), **place
    )
    alice = enroll(runner=people["alice"], state="active", pinned_at=now, next_due_at=now + timedelta(days=2))
    bob = enroll(runner=people["bob"], state="pending")
    row = partial(model("challenge", "Delivery").objects.create, due_at=now, try_at=now)
    row(enrollment=alice, kind="lesson", day=1, state="sent", sent_at=now, domain="example.com")
    row(enrollment=alice, kind="lesson", day=2, state="suppressed", reason="It waits for the new hour.")
    row(
        enrollment=alice,
        kind="links",
        state="failed",
        reason="The mail server refused it: 550 5.7.1 100% no",
    )
    row(enrollment=alice, kind="goodbye", state="failed", reason="Es ging nicht.")
    row(enrollment=bob, kind="reminder", closes_at=now + timedelta(days=7))
    event = partial(model("challenge", "Event").objects.create, enrollment=alice, at=now, actor="system")
    for detail in ("06:30 Europe/London", "Three mails in a row came back.", "Wer weiß."):
        event(kind="rescheduled", detail=detail)

    migrate(None)

    ledger = {mail.kind: mail for mail in Delivery.objects.order_by("day")}
    assert {mail.domain for mail in Delivery.objects.all()} == {"example.com"}
    assert (ledger["lesson"].state, ledger["lesson"].reason) == ("withheld", "new_hour")
    assert ledger["links"].why == "The mail server refused it: 550 5.7.1 100% no"
    assert (ledger["goodbye"].reason, ledger["goodbye"].why) == ("as_written", "Es ging nicht.")
    assert [event.says for event in Event.objects.order_by("id")] == [
        "06:30 Europe/London", "Three mails in a row came back.", "Wer weiß."
    ]  # fmt: skip
    go(now + timedelta(days=2))
    assert [mail["To"] for mail in sink.mails] == ["bob@example.com", "alice@example.com"]
    assert Delivery.objects.get(kind="lesson", day=2).state == Delivery.State.SENT
