"""The operator is told where the mail about a runner in need does not reach a coach."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from challenge.bounces.record import ReportedEvent, record
from challenge.enrollment.holding import Danger, hold
from challenge.models import (
    Alarm,
    Delivery,
    DeliveryEvent,
    Enrollment,
    Escalation,
    Event,
    Hold,
    SafetyLevel,
    SafetyRules,
    Suppression,
)  # fmt: skip
from challenge.monitoring import alarms
from challenge.monitoring.checks import check
from challenge.safety.escalations import acknowledge, escalate
from tests.support.web_hook import WebHook

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
PAIN = Danger(Hold.Reason.HIGH_PAIN, SafetyLevel.TODAY, Hold.Source.CHECK_IN, {"score": "8", "day": "1"})
LATE = "A runner has needed a coach since Tue 3 Mar, 08:00 UTC, and a mail about it has not left: log in."


@pytest.fixture
def hook(settings: Any) -> Iterator[WebHook]:
    settings.TIME_ZONE = "UTC"
    server = WebHook()
    settings.ALARM_WEBHOOK_URL = server.url
    yield server
    server.close()
    alarms._unkept.clear()


@pytest.fixture
def ann(db: None) -> User:
    return User.objects.create_user("ann@example.org", is_staff=True)


@pytest.fixture
def opened(hook: WebHook, ann: User, alice: Enrollment, now: datetime) -> Escalation:
    hold(alice.pk, PAIN, Event.Actor.SYSTEM, now)
    return Escalation.objects.get()


def said(hook: WebHook) -> list[str]:
    return [json.loads(posted.body)["data"]["sentence"] for posted in hook.posted]


def leaves(now: datetime, **result: Any) -> Delivery:
    Delivery.objects.filter(state="queued").update(**{"state": "sent", "sent_at": now, **result})
    return Delivery.objects.latest("due_at")


def test_a_mail_that_has_not_left_in_a_minute_is_an_alarm_once_until_it_leaves(
    opened: Escalation, hook: WebHook, now: datetime
) -> None:
    check(now + 59 * SECOND)
    assert said(hook) == []
    for seconds in (60, 90, 120):
        check(now + seconds * SECOND)
    assert said(hook) == [LATE]
    opened.refresh_from_db()
    assert opened.alarmed_at == now + MINUTE

    leaves(now + 3 * MINUTE)
    check(now + 3 * MINUTE)
    assert said(hook)[1:] == ["The coaches have been told of the runner who needs them."]
    assert not Alarm.objects.exists()


def test_a_mail_that_leaves_in_time_is_none(opened: Escalation, hook: WebHook, now: datetime) -> None:
    leaves(now + 5 * SECOND)
    check(now + HOUR)
    assert said(hook) == []


def test_whoever_acknowledges_ends_it(opened: Escalation, hook: WebHook, ann: User, now: datetime) -> None:
    check(now + MINUTE)
    acknowledge(opened.pk, ann, now + 2 * MINUTE)
    check(now + 3 * MINUTE)
    assert len(said(hook)) == 2
    assert not Alarm.objects.exists()


def test_without_a_coach_nobody_is_told(hook: WebHook, alice: Enrollment, enroll: Any, now: datetime) -> None:
    hold(alice.pk, PAIN, Event.Actor.SYSTEM, now)
    check(now + MINUTE)
    assert said(hook) == [LATE]
    hold(enroll("bob").pk, PAIN, Event.Actor.SYSTEM, now + 2 * MINUTE)
    check(now + 3 * MINUTE)
    assert len(said(hook)) == 2


UNREACHED = "Mail about runners in need does not reach coach number {}."


@pytest.mark.parametrize("bad_address", [True, False])
def test_a_coach_s_mail_that_bounces_is_an_alarm_until_the_next_one_arrives(
    bad_address: bool, opened: Escalation, hook: WebHook, ann: User, now: datetime
) -> None:
    mail, kind = leaves(now), DeliveryEvent.Kind.BOUNCED
    at, source = now + SECOND, DeliveryEvent.Source.DSN
    record(ReportedEvent(mail.pk, kind, source, "1", at, bad_address), at)
    check(now + 2 * SECOND)
    assert said(hook) == [UNREACHED.format(ann.pk)]
    assert b"ann" not in hook.posted[0].body

    Suppression.objects.all().delete()
    escalate(now + HOUR)
    leaves(now + HOUR)
    check(now + HOUR + SECOND)
    assert "Mail about runners in need has its way again." in said(hook)
    assert not Alarm.objects.exists()


@pytest.mark.parametrize("result", [{"state": "failed", "reason": "refused"}, {"state": "withheld"}])
def test_a_refused_mail_is_one(
    result: dict[str, str], opened: Escalation, hook: WebHook, ann: User, now: datetime
) -> None:
    leaves(now, **result)
    check(now + SECOND)
    assert said(hook) == [UNREACHED.format(ann.pk)]


def test_a_coach_whose_address_takes_no_mail_is_one_before_anything_happens(
    hook: WebHook, ann: User, now: datetime
) -> None:
    Suppression.objects.suppress(ann, Suppression.Reason.BOUNCED, "", now)
    check(now)
    assert said(hook) == [UNREACHED.format(ann.pk)]
    User.objects.update(is_active=False)
    check(now + MINUTE)
    assert not Alarm.objects.exists()


def test_the_second_contact_s_mail_that_bounces_is_one(
    opened: Escalation, hook: WebHook, ann: User, now: datetime
) -> None:
    leaves(now)
    SafetyRules.objects.create(pk=1, second_contact="sam@example.net")
    escalate(now + 4 * HOUR)
    mail = Delivery.objects.get(kind="second")
    leaves(now + 4 * HOUR)
    at, kind = now + 5 * HOUR, DeliveryEvent.Kind.BOUNCED
    bounce = ReportedEvent(mail.pk, kind, DeliveryEvent.Source.DSN, "1", at, True, address="sam@example.net")
    record(bounce, at)
    check(at)
    assert said(hook) == ["Mail about runners in need does not reach the second contact."]
    assert Suppression.objects.get().runner is None
