"""A report counts against the address that the mail went to, not against the one that the runner has now."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.addresses import keyed_hash
from accounts.models import User
from challenge.delivery.claim import claim
from challenge.delivery.eligibility import Eligibility
from challenge.delivery.plan import plan
from challenge.delivery.recording import Recorder
from challenge.delivery.results import ResultWriter
from challenge.inbound.bounce_mail import receive
from challenge.mail.links import return_path
from challenge.models import Answer, Delivery, DeliveryEvent, Enrollment, Outcome, Phase, Suppression
from tests.support.cast import lesson_of
from tests.support.provider_events import KEY, SECRET, Door, brevo, failed, mailgun
from tests.support.returned_mails import FULL, complaint, dsn
from tests.support.smtp_script import accept, always
from tests.support.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db

Go = Callable[[datetime], None]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OLD, NEW = "alcie@example.com", "alice@example.com"
LIST = "/coach/challenge/enrollment/"
USER_UNKNOWN = f"550 5.1.1 <{OLD}>: user unknown"


def correct(coach: Client, enrollment: Enrollment, address: str = NEW) -> None:
    """Correct the address at the desk, as a coach does."""
    page = f"/coach/accounts/user/{enrollment.runner_id}/change/"
    fields = {"email": address, "first_name": "Alice", "is_active": "on"}
    assert coach.post(page, fields).status_code == 302


@pytest.fixture
def typo(alice: Enrollment, settings: Any, clock: Any) -> Enrollment:
    """Alice, whose address was written wrongly."""
    settings.BOUNCE_ADDRESS = "bounces@example.org"
    settings.ANYMAIL = {"WEBHOOK_SECRET": [SECRET], "MAILGUN_WEBHOOK_SIGNING_KEY": KEY}
    User.objects.filter(pk=alice.runner_id).update(email=OLD)
    return Enrollment.objects.select_related("runner").get(pk=alice.pk)


@pytest.fixture
def lessons(typo: Enrollment, coach: Client, go: Go, clock: Any, now: datetime) -> list[Delivery]:
    """Three lessons that went to the wrong address, before it was corrected."""
    for day in range(3):
        go(now + day * DAY)
    clock.move_to(now + 2 * DAY + HOUR)
    correct(coach, typo)
    return list(Delivery.objects.order_by("day"))


def listed() -> dict[str, str]:
    names = {keyed_hash(OLD): "old", keyed_hash(NEW): "new"}
    return {names[row.address_hash]: row.reason for row in Suppression.objects.all()}


def state() -> str:
    return Enrollment.objects.get().state


def returned(mail: Delivery, at: datetime, status: str = "5.2.2", said: str = FULL) -> None:
    receive(dsn(mail, status, said, recipient=OLD), [], at)


def test_three_bounces_of_the_old_address_do_not_pause_the_new(
    lessons: list[Delivery], now: datetime
) -> None:
    for mail in lessons:
        returned(mail, now + 2 * DAY + 2 * HOUR)
    assert DeliveryEvent.objects.filter(kind="bounced").count() == 3
    assert (state(), listed()) == ("active", {})


def test_the_count_begins_anew_with_the_new_address(
    lessons: list[Delivery], go: Go, now: datetime, coach: Client
) -> None:
    for mail in lessons[:2]:
        returned(mail, now + 2 * DAY + 2 * HOUR)
    for day in (3, 4, 5):
        go(now + day * DAY)
        assert state() == "active"
        at = now + day * DAY + HOUR
        receive(dsn(Delivery.objects.get(day=day + 1), "5.2.2", FULL, recipient=NEW), [], at)
    assert (state(), listed()) == ("paused", {})


def test_a_mail_that_bounced_and_is_sent_again_counts_for_each_address_by_itself(
    typo: Enrollment, coach: Client, sink: SmtpServer, go: Go, now: datetime, clock: Any
) -> None:
    sink.script = always("recipient", "452 4.2.2 full")
    go(now)
    sink.script = accept
    mail = lesson_of("alcie")
    returned(mail, now + HOUR)
    correct(coach, typo)
    go(now + 2 * HOUR)
    assert lesson_of("alice").state == "sent"
    for day in (1, 2):
        go(now + day * DAY)
        receive(dsn(Delivery.objects.get(day=day + 1), "5.2.2", FULL, recipient=NEW), [], now + day * DAY)
    assert state() == "active"


def test_a_dead_old_address_is_suppressed_alone(lessons: list[Delivery], now: datetime) -> None:
    returned(lessons[0], now + 3 * DAY, "5.1.1", f"smtp; {USER_UNKNOWN}")
    assert (state(), listed()) == ("active", {"old": "bounced"})
    assert "alcie" not in Suppression.objects.get().detail


@pytest.mark.parametrize("proof", ["return path", "link to leave"])
def test_a_complaint_of_the_old_address_suppresses_that_one(
    typo: Enrollment, coach: Client, sink: SmtpServer, go: Go, now: datetime, clock: Any, proof: str
) -> None:
    go(now)
    raw, path = sink.raw[0], return_path(lesson_of("alcie").pk)
    correct(coach, typo)
    path = f"Original-Mail-From: <{path}>\n" if proof == "return path" else ""
    receive(complaint(raw if not path else b"Subject: Day 1\r\n\r\n", extra=path), [], now + HOUR)
    assert (state(), listed()) == ("active", {"old": "complained"})
    go(now + DAY)
    assert sink.recipients == [OLD, NEW]


def test_a_providers_event_counts_against_its_address(
    lessons: list[Delivery], coach: Client, sink: SmtpServer, go: Go, now: datetime, clock: Any
) -> None:
    """Whether the provider names our mail, or only the address."""
    door, at = Door(coach), now + 2 * DAY + HOUR
    payload = mailgun(lessons[0], "failed", at, recipient=OLD, **failed(USER_UNKNOWN))
    assert door.post(payload).status_code == 200
    assert (state(), listed()) == ("active", {"old": "bounced"})
    Suppression.objects.all().delete()

    spam = {**brevo(lessons[1], "spam", at), "email": OLD, "message-id": "<of-its-own@brevo.example>"}
    assert Door(coach, "brevo").post(spam).status_code == 200
    assert (state(), listed()) == ("active", {"old": "complained"})

    payload = mailgun(lessons[2], "unsubscribed", at, recipient=OLD)
    assert door.post(payload).status_code == 200
    assert (state(), listed()) == ("active", {"old": "complained"})
    assert DeliveryEvent.objects.count() == 3


def test_an_event_of_another_address_is_none_of_this_mail(
    lessons: list[Delivery], coach: Client, now: datetime
) -> None:
    """The new address never got this mail."""
    payload = mailgun(lessons[0], "failed", now + 2 * DAY, recipient=NEW, **failed(USER_UNKNOWN))
    assert Door(coach).post(payload).status_code == 200
    assert not DeliveryEvent.objects.exists()


def test_a_refusal_counts_against_the_address_that_was_refused(
    typo: Enrollment, coach: Client, sink: SmtpServer, go: Go, now: datetime, clock: Any
) -> None:
    """The coach corrects the address while the server answers for the old one."""
    plan(now)
    [held] = claim(now, 10)
    Eligibility([held], {})
    correct(coach, typo)
    recorder = Recorder(ResultWriter(), lambda: now)
    recorder.answered(held, None, Answer(Outcome.REFUSED, Phase.RECIPIENT, 550, "5.1.1 unknown"), now)
    assert (state(), listed()) == ("active", {"old": "bounced"})
    go(now + DAY)
    assert sink.recipients == [NEW]


def test_the_desk_no_longer_says_unreachable_once_the_address_is_corrected(
    typo: Enrollment, coach: Client, sink: SmtpServer, go: Go, now: datetime, clock: Any
) -> None:
    sink.script = always("recipient", "550 5.1.1 no such user")
    go(now)
    assert "Unreachable" in coach.get(LIST).content.decode()
    correct(coach, typo)
    page = coach.get(f"{LIST}?reach=no").content.decode()
    assert 'class="runner"' not in page
    assert "the address refuses mail" not in coach.get(LIST).content.decode()
    assert listed() == {"old": "bounced"}

    correct(coach, typo, OLD)
    assert "the address refuses mail" in coach.get(LIST).content.decode()


def test_nor_after_three_bounces(typo: Enrollment, coach: Client, go: Go, now: datetime, clock: Any) -> None:
    for day in range(3):
        go(now + day * DAY)
        returned(Delivery.objects.get(day=day + 1), now + day * DAY + HOUR)
    clock.move_to(now + 3 * DAY)
    assert state() == "paused"
    assert "three mails in a row came back" in coach.get(LIST).content.decode()
    correct(coach, typo)
    assert "The course is still paused" in coach.get("/coach/").content.decode()
    assert "three mails in a row came back" not in coach.get(LIST).content.decode()
    assert "Got another address" in coach.get(f"{LIST}{typo.pk}/change/").content.decode()


def test_waiting_mail_goes_by_the_limits_of_the_new_domain(
    typo: Enrollment, coach: Client, now: datetime, clock: Any
) -> None:
    Delivery.objects.queue("links", now, typo)
    Delivery.objects.queue("links", now, typo, address="somebody@example.net")
    correct(coach, typo, "alice@example.org")
    assert set(Delivery.objects.values_list("domain", flat=True)) == {"example.org", "example.net"}
