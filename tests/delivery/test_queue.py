"""Queuing a mail: every row of the ledger has a domain, a priority and one recipient."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.addresses import keyed_hash
from accounts.models import User
from challenge.curriculum.compile import compile_mail
from challenge.curriculum.slots import CLOSE, MOVEMENT, NAMES, OPEN
from challenge.delivery.claim import claim
from challenge.enrollment import pending
from challenge.enrollment.transitions import send_again
from challenge.models import Delivery, Enrollment, Limit, Revision
from challenge.models.mail_kinds import ABOUT_ESCALATIONS, KINDS, Kind, Wording
from tests.support import ROOT
from tests.support.smtp_server import SmtpServer

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
DAY = timedelta(days=1)


def test_a_reminder_and_a_lesson_sent_again_obey_the_limit_of_their_domain(
    enroll: Any, go: Any, sink: SmtpServer, now: datetime
) -> None:
    alice, bob = enroll("alice"), enroll("bob", state=Enrollment.State.PENDING)
    go(now)
    Limit.objects.create(domain="example.com", per_second=0.001)
    bob.created_at = now - 3 * DAY
    bob.save()

    again = send_again(alice.pk, now)
    pending.remind_unconfirmed(now)

    due = now + 2 * timedelta(hours=12)
    queued = Delivery.objects.filter(state="queued")
    assert again is not None
    assert set(queued.values_list("kind", flat=True)) == {"lesson", "reminder"}
    assert set(queued.values_list("domain", flat=True)) == {"example.com"}
    queued.update(try_at=now, closes_at=due)
    batch = claim(now, 10)
    assert [(mail.lane, mail.domain) for mail in batch] == [("example.com", "example.com")]
    assert claim(now, 10) == []


def test_no_other_code_makes_a_row_of_the_ledger() -> None:
    makes = re.compile(r"(?<!class )\bDelivery\(|\bDelivery\.objects\.\w*create\(")
    files = [path for path in (ROOT / "challenge").rglob("*.py") if "migrations" not in path.parts]
    assert [path.name for path in files if makes.search(path.read_text())] == []


@pytest.mark.parametrize("missing", [{"domain": ""}, {"enrollment": None}, {"recipient": "coach"}])
def test_the_database_takes_no_row_without_a_domain_and_exactly_one_recipient(
    missing: dict[str, Any], alice: Enrollment, now: datetime
) -> None:
    if missing.get("recipient"):
        missing = {"recipient": User.objects.create_user("coach@example.com")}
    delivery = Delivery.objects.prepare(Kind.WELCOME, now, alice)
    for name, value in missing.items():
        setattr(delivery, name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        delivery.save(force_insert=True)


def test_mail_to_somebody_without_an_enrollment_is_queued_to_that_address(now: datetime) -> None:
    coach = User.objects.create_user("coach@example.org")
    mail = Delivery.objects.queue(Kind.WELCOME, now, recipient=coach)
    assert (mail.to_address, mail.domain, mail.enrollment) == ("coach@example.org", "example.org", None)
    assert mail.closes_at == now + timedelta(days=7)


@pytest.mark.django_db(transaction=True)
def test_an_address_of_its_own_is_where_the_mail_goes_and_is_forgotten_then(
    alice: Enrollment, go: Any, sink: SmtpServer, now: datetime
) -> None:
    Delivery.objects.queue(Kind.WELCOME, now, alice, address="old@example.org")
    Enrollment.objects.update(next_due_at=now + DAY)

    go(now)

    assert [mail["To"] for mail in sink.mails] == ["old@example.org"]
    kept = Delivery.objects.get()
    assert (kept.address, kept.domain) == ("", "example.org")
    assert kept.address_hash == keyed_hash("old@example.org")


def test_what_somebody_waits_for_goes_before_what_was_due_long_ago(trio: list[Any], now: datetime) -> None:
    for enrollment in trio:
        Delivery.objects.queue(Kind.LESSON, now - DAY, enrollment, day=1, closes_at=now + DAY)
    links = Delivery.objects.queue(Kind.LINKS, now, trio[0])
    assert [mail.pk for mail in claim(now, 10)] == [links.pk]
    assert {mail.kind for mail in claim(now, 10)} == {"lesson"}


def test_a_copy_follows_the_last_one_when_an_earlier_one_has_gone(alice: Any, now: datetime) -> None:
    first = Delivery.objects.queue(Kind.ANSWER, now, alice, day=1)
    assert Delivery.objects.queue(Kind.ANSWER, now, alice, day=1).copy == 1
    first.delete()
    assert Delivery.objects.queue(Kind.ANSWER, now, alice, day=1).copy == 2


# These ask for the consent, follow its end, ask about an address, or go to coaches.
ABOUT_ADDRESSES = (Kind.ADDRESS, Kind.ADDRESS_USED, Kind.ADDRESS_OLD)
MAY_FOLLOW_LEAVING = (Kind.LEFT, Kind.OWN_PAGE, Kind.ANSWER)
OF_RUNNERS = (Kind.CONFIRMATION, Kind.REMINDER, Kind.ERASING, *MAY_FOLLOW_LEAVING)
WITHOUT_CONSENT = (*OF_RUNNERS, *ABOUT_ADDRESSES, *ABOUT_ESCALATIONS)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_mail_has_an_entry_and_holds_only_its_slots(kind: Kind) -> None:
    rules = KINDS[kind]
    assert rules.states
    assert rules.needs_consent == (kind not in WITHOUT_CONSENT)
    assert (rules.closes_after is None) == (kind == Kind.LESSON) == (not rules.waits_for_daylight)
    if rules.wording == Wording.TEMPLATES:
        compiled = [compile_mail(kind, {"has_day": has_day}) for has_day in (True, False)]
        text = "".join(part for mail in compiled for part in (mail.subject, mail.text, mail.html))
        assert _slots(text) == rules.slots


def test_the_lessons_hold_only_the_slots_of_their_entry(program: Any) -> None:
    texts = Revision.objects.values_list("subject", "text", "html")
    assert _slots("".join(map("".join, texts))) <= KINDS[Kind.LESSON].slots


def _slots(text: str) -> set[str]:
    found = set(re.findall(rf"{OPEN}[?/]?(\w+){CLOSE}", text))
    return {name for name in found if name in NAMES or not MOVEMENT.fullmatch(name)}
