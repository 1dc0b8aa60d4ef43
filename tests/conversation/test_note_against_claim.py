"""A note and a sender at the same instant: the note stands in one mail, and in one alone."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from challenge.conversation.notes import note
from challenge.delivery.claim import claim
from challenge.delivery.eligibility import Eligibility, Notes
from challenge.delivery.plan import plan
from challenge.models import Delivery, Note
from tests.support.threads import overlap

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
SECOND = timedelta(seconds=1)


@pytest.fixture
def sam(db: None) -> User:
    return User.objects.create_user("sam@example.com", is_staff=True)


def mailed_note(now: datetime) -> str:
    """Claim the lesson as a sender does, and return the note that its mail shows."""
    if not (batch := claim(now, 10)):
        return ""
    eligibility = Eligibility(batch, {})
    eligibility.refresh(now)
    return "".join(eligibility.note(delivery) for delivery in batch)


def test_a_note_that_is_being_saved_is_in_the_mail(alice: Any, sam: User, now: datetime) -> None:
    plan(now)
    shown: list[str] = []
    overlap(
        lambda: note(alice.pk, sam, "No hurry.", now),
        lambda: shown.append(mailed_note(now)),
    )
    if not any(shown):  # the sender left the locked lesson for its next batch
        shown.append(mailed_note(now + SECOND))
    assert (Note.objects.get().day, "".join(shown)) == (1, "No hurry.")


def test_a_note_after_the_claim_is_for_the_next_day(alice: Any, sam: User, now: datetime) -> None:
    plan(now)
    shown: list[str] = []
    overlap(
        lambda: shown.append(mailed_note(now)),
        lambda: note(alice.pk, sam, "No hurry.", now),
    )
    assert (Note.objects.get().day, shown) == (2, [""])


def test_the_notes_of_a_batch_take_one_statement(trio: list[Any], sam: User, now: datetime) -> None:
    for enrollment in trio:
        note(enrollment.pk, sam, f"For {enrollment.pk}.", now)
        Delivery.objects.queue(Delivery.Kind.LESSON, now, enrollment, 1)
    batch = list(Delivery.objects.all())
    notes = Notes(batch)
    with CaptureQueriesContext(connection) as captured:
        notes.refresh()
        found = [notes.of(delivery) for delivery in batch]
    assert len(captured) == 1
    assert sorted(found) == sorted(f"For {enrollment.pk}." for enrollment in trio)
