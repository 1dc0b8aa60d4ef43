"""Erasing finds what names a runner in rows that belong to others, and leaves what names nobody."""

from datetime import datetime
from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from accounts.models import Consent, User
from challenge.enrollment.erasing import erase
from challenge.models import Delivery, Enrollment, SavedFilter, Suppression

pytestmark = pytest.mark.django_db


def test_the_coaches_log_forgets_the_runner_alone(
    coach: Client, alice: Enrollment, bob: Enrollment, now: datetime
) -> None:
    delivery = Delivery.objects.queue("links", now, alice)
    coach_id = User.objects.get(is_staff=True).pk
    for item in (alice, bob, alice.runner, delivery, alice.program):
        LogEntry.objects.log_actions(str(coach_id), [item], CHANGE, "Paused")
    # As entries were written before, and of a row that is long gone.
    LogEntry.objects.create(
        user_id=coach_id, action_flag=CHANGE, object_id="9", object_repr="Alice@example.com · x"
    )

    erase(alice.runner_id, now)

    assert set(LogEntry.objects.values_list("object_repr", flat=True)) == {str(bob), str(alice.program)}


def test_saved_views_reports_and_unread_messages(
    coach: Client, alice: Enrollment, bob: Enrollment, now: datetime
) -> None:
    coach_id = User.objects.get(is_staff=True).pk
    for name, query in (("Call Alice", "reach=no"), ("a", "q=alice%40example.com"), ("Quiet", "quiet=7")):
        SavedFilter.objects.create(coach_id=coach_id, name=name, query=query)
    Suppression.objects.suppress(alice.runner, Suppression.Reason.BOUNCED, "no alice here", now)
    sessions = {}
    for name in ("Alice", "Bob"):
        session = SessionStore()
        session["_messages"] = f"Paused: {name}"
        session.create()
        sessions[name] = session.session_key

    erase(alice.runner_id, now)

    assert [each.name for each in SavedFilter.objects.all()] == ["Quiet"]
    [row] = Suppression.objects.all()
    assert (row.detail, row.runner, row.reason) == ("", None, "bounced")
    assert "_messages" not in SessionStore(sessions["Alice"])
    assert SessionStore(sessions["Bob"])["_messages"] == "Paused: Bob"


def test_what_names_another_runner_of_the_same_name_stays(
    coach: Client, alice: Enrollment, bob: Enrollment, now: datetime
) -> None:
    User.objects.filter(pk=bob.runner_id).update(first_name="Alice")
    SavedFilter.objects.create(coach=User.objects.get(is_staff=True), name="Alice", query="q=Alice")
    erase(alice.runner_id, now)
    assert SavedFilter.objects.exists()


def test_a_coach_who_runs_keeps_the_account(alice: Enrollment, now: datetime) -> None:
    User.objects.filter(pk=alice.runner_id).update(is_staff=True, erase_at=now)
    erase(alice.runner_id, now)
    assert User.objects.get().erase_at is None
    assert not Enrollment.objects.exists()
    assert not Consent.objects.exists()


def test_nobody_unknown_is_erased(now: datetime, db: Any) -> None:
    assert erase(12345, now) == {}


def test_no_address_stands_for_a_person(alice: Enrollment, db: Any) -> None:
    assert str(alice.runner) == "\u2068Alice\u2069"
    assert str(alice).startswith("\u2068Alice\u2069 · ")
    nameless = User.objects.create_user("somebody@example.com")
    assert str(nameless) == f"runner {nameless.pk}"
    assert "@" not in " ".join(map(str, Consent.objects.all()))
