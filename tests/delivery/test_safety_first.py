"""Mail about safety is claimed before all other mail, and no limit delays it. SAFETY_LESSONS says how many
lessons are due meanwhile."""

import os
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from challenge.delivery.claim import claim
from challenge.delivery.plan import plan
from challenge.delivery.sender_pool import send_due
from challenge.models import Delivery, Escalation, Limit, RestoreStop
from challenge.models.limit import ALL
from tests.support.crowd import crowd
from tests.support.smtp_server import SmtpServer

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
LESSONS = int(os.environ.get("SAFETY_LESSONS", "300"))
COACH = "coach@example.com"


@pytest.fixture
def due(program: Any) -> datetime:
    """All lessons are due, and waiting in the ledger, when an escalation opens."""
    return opened_among(program, LESSONS)


@pytest.fixture
def alone(program: Any) -> datetime:
    return opened_among(program, 1)


def opened_among(program: Any, lessons: int) -> datetime:
    User.objects.create_user(COACH, is_staff=True)
    runners = crowd(program, lessons)
    now = timezone.now()
    while plan(now):
        pass
    Escalation.objects.open(runners[0], now)
    return now


def test_it_is_claimed_before_all_that_is_due(due: datetime) -> None:
    began = monotonic()
    first = claim(due, 20)
    assert [mail.to_address for mail in first] == [COACH]
    assert monotonic() - began < 1
    assert {mail.kind for mail in claim(due, 20)} == {"lesson"}


LIMITS: list[dict[str, Any]] = [
    {"domain": ALL, "per_second": 0.001, "free_at": 100},
    {"domain": "example.com", "per_second": 0.001, "free_at": 100},
    {"domain": ALL, "warm_up_from": True, "first_day": 1},
    {"domain": "example.com", "connections": 1},
    {"domain": ALL, "suspended_until": 600, "suspensions": 1},
    {"domain": "example.com", "slow_until": 300},
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: "-".join(list(limit)[:2]))
def test_no_limit_delays_it(limit: dict[str, Any], alone: datetime, sink: SmtpServer) -> None:
    at = {name: alone + timedelta(seconds=limit[name]) for name in limit if name.endswith(("_at", "_until"))}
    used_up = {"warm_up_from": alone.date(), "counted_on": alone.date(), "counted": 1}
    Limit.objects.create(**{**limit, **at, **(used_up if "warm_up_from" in limit else {})})
    lease = {"lease": Escalation.objects.get().key, "leased_until": alone + timedelta(minutes=1)}
    Delivery.objects.filter(kind="lesson").update(state="sending", **lease)

    send_due(timezone.now, 0.5)

    assert [mail["To"] for mail in sink.mails] == [COACH]


def test_a_restored_backup_still_sends_nothing(alone: datetime) -> None:
    RestoreStop.objects.update_or_create(
        pk=RestoreStop.ROW, defaults={"reason": "older", "stopped_since": alone, "counted_at": alone}
    )
    assert claim(alone, 20) == []


@pytest.mark.django_db(transaction=True)
def test_it_leaves_first(due: datetime, sink: SmtpServer) -> None:
    send_due(timezone.now, 1)
    assert sink.mails[0]["To"] == COACH
