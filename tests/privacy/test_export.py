"""An export holds every field about a person, and nothing of another."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from accounts.models import User
from challenge.checkins.record import CheckInData, record
from challenge.conversation.messages import record_message
from challenge.models import MailRequest, Suppression
from challenge.models.privacy import TABLES
from challenge.privacy.export import export

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(trio: list[Any], go: Callable[[datetime], None], now: datetime) -> Any:
    go(now)
    for enrollment in trio:
        name = enrollment.runner.first_name
        record(enrollment.pk, 1, CheckInData("done", pain=2, note=f"{name}-note"), now, keep_health=True)
        record_message(enrollment.pk, 1, f"{name}-question", now)
        Suppression.objects.suppress(enrollment.runner, Suppression.Reason.BOUNCED, f"{name}-detail", now)
        MailRequest.objects.create(mailbox_hash=enrollment.runner.mailbox_hash, created_at=now)
    return trio[0]


def test_it_holds_every_field_of_every_table(told: Any, now: datetime) -> None:
    tables = export(told.runner, now)["tables"]

    assert set(tables) == {table for table, declared in TABLES.items() if declared.of}
    for table, rows in tables.items():
        assert all(sorted(row) == sorted(TABLES[table].exported) for row in rows)
    filled = {table for table, rows in tables.items() if rows}
    assert filled >= {
        "accounts.User",
        "accounts.Consent",
        "challenge.Enrollment",
        "challenge.CheckIn",
        "challenge.Message",
        "challenge.Delivery",
        "challenge.Suppression",
        "challenge.MailRequest",
    }


def test_it_holds_nothing_of_another(told: Any, now: datetime) -> None:
    text = json.dumps(export(told.runner, now))

    assert all(word in text for word in ("Alice-note", "Alice-question", "Alice-detail", "alice@example.com"))
    assert "Bob" not in text
    assert "bob@" not in text


def test_what_opens_something_is_left_out(told: Any, now: datetime) -> None:
    text = json.dumps(export(told.runner, now))

    assert str(told.link_key) not in text
    assert "password" not in text


def test_somebody_without_a_run_has_a_short_one(db: None, now: datetime) -> None:
    user = User.objects.create_user("carol@example.com", first_name="Carol")

    tables = export(user, now)["tables"]
    assert [row["first_name"] for row in tables["accounts.User"]] == ["Carol"]
    assert sum(len(rows) for rows in tables.values()) == 1
