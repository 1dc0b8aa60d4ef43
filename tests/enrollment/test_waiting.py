"""A later form for an address waits for its own mail; nobody's form is swallowed, and none overwrites."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest

from accounts.models import User
from challenge.enrollment.pending import delete_unconfirmed
from challenge.enrollment.waiting import answer_waiting
from challenge.models import Delivery, Enrollment, MailRequest, Suppression, WaitingSignUp
from tests.support.visitor import Visitor, body, link, whole_database

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
OTHER = {"send_at": "18:15", "time_zone": "Asia/Tokyo", "starts_on": "2026-03-20"}


def answer(visitor: Visitor, at: datetime) -> int:
    """Do the recurring work of an instant, and return how many mails have left by then."""
    visitor.clock.move_to(at)
    answer_waiting(at)
    visitor.go(at)
    return len(visitor.sink.mails)


def test_a_later_form_waits_and_is_mailed_when_the_day_is_over(visitor: Visitor, now: datetime) -> None:
    first = visitor.signs_up(now, starts_on="2026-03-20")
    visitor.clock.move_to(now + HOUR)
    visitor.post(first_name="Maja", **OTHER)

    assert Enrollment.objects.get().send_at == time(7)
    assert [answer(visitor, now + hours * HOUR) for hours in (2, 23)] == [1, 1]
    assert answer(visitor, now + DAY) == 2
    assert not WaitingSignUp.objects.exists()
    found = Enrollment.objects.get()
    assert (found.send_at, found.time_zone, found.state) == (time(18, 15), "Asia/Tokyo", "pending")
    page = visitor.client.get(link(visitor.sink.mails[-1], "confirm")).content
    assert b"<bdi>Maja</bdi>, is everything right?" in page
    assert b"18:15 (Asia/Tokyo)" in visitor.client.get(first).content
    assert answer(visitor, now + 3 * DAY) == 2


def test_what_waits_is_forgotten_when_the_earlier_one_is_confirmed(visitor: Visitor, now: datetime) -> None:
    path = visitor.signs_up(now, starts_on="2026-03-20")
    visitor.post(**OTHER)
    visitor.confirms(path)

    assert not WaitingSignUp.objects.exists()
    visitor.go(now)
    assert answer(visitor, now + 2 * DAY) == 2
    assert [mail["Subject"].partition(" ")[0] for mail in visitor.sink.mails] == ["Please", "You"]


def test_while_no_mail_has_left_the_newest_form_counts(visitor: Visitor, now: datetime) -> None:
    visitor.post()
    visitor.clock.move_to(now + MINUTE)
    visitor.post(first_name="Maja", **OTHER)
    visitor.go(now + MINUTE)

    [mail] = visitor.sink.mails
    assert "18:15" in body(mail)
    assert not WaitingSignUp.objects.exists()
    assert User.objects.get().first_name == "Maja"
    visitor.post(send_at="05:00")
    assert Enrollment.objects.get().send_at == time(18, 15)


def test_a_page_loaded_again_doubles_nothing(visitor: Visitor, now: datetime) -> None:
    visitor.signs_up(now, starts_on="2026-03-20")
    before = whole_database()
    for minutes in range(5):
        visitor.clock.move_to(now + minutes * MINUTE)
        visitor.post(starts_on="2026-03-20")

    after = whole_database()
    changed = {table for table in after if after[table] != before[table]}
    assert changed <= {"challenge_mailrequest", "sqlite_sequence"}
    assert answer(visitor, now + DAY + HOUR) == 1


def test_who_goes_back_to_the_first_form_waits_for_nothing(visitor: Visitor, now: datetime) -> None:
    visitor.signs_up(now)
    visitor.post(**OTHER)
    visitor.post()

    assert not WaitingSignUp.objects.exists()


def test_a_form_that_waits_is_never_the_fourth_mail(visitor: Visitor, now: datetime) -> None:
    mails = []
    for day in range(5):
        at = now + day * (DAY + HOUR)
        visitor.clock.move_to(at)
        visitor.post(starts_on="2026-03-20", send_at=f"{6 + day:02}:00")
        visitor.go(at)
        visitor.post(starts_on="2026-03-20", send_at=f"{6 + day:02}:30")
        mails.append(answer(visitor, at))
    assert mails == [1, 2, 3, 3, 3]
    assert Enrollment.objects.get().send_at == time(8)
    assert delete_unconfirmed(now + 10 * DAY) == 1
    assert not WaitingSignUp.objects.exists()


def test_what_waits_ends_with_the_address_that_is_to_be_forgotten(visitor: Visitor, now: datetime) -> None:
    visitor.signs_up(now)
    visitor.post(**OTHER)
    visitor.client.post(link(visitor.sink.mails[0], "leave"), {"action": "leave"})

    assert answer(visitor, now + DAY) == 1
    assert not WaitingSignUp.objects.exists()


def test_a_suppressed_address_is_not_mailed_what_waits(visitor: Visitor, now: datetime) -> None:
    visitor.signs_up(now)
    visitor.post(**OTHER)
    Suppression.objects.suppress(User.objects.get(), Suppression.Reason.COMPLAINED, "", now)

    assert answer(visitor, now + DAY) == 1


def test_what_waits_takes_its_turn_in_the_sites_places(
    visitor: Visitor, settings: Any, now: datetime
) -> None:
    visitor.signs_up(now, starts_on="2026-03-20")
    visitor.post(**OTHER)
    settings.CONFIRMATIONS_PER_HOUR = 1
    visitor.clock.move_to(now + DAY)
    visitor.post(email="bob@example.com", ip="192.0.2.2", starts_on="2026-03-20")

    answer_waiting(now + DAY)
    waits = Delivery.objects.get(kind="confirmation", copy=1)
    assert waits.due_at == now + DAY + HOUR


def test_another_person_at_a_runners_address_is_named_to_the_runner(
    visitor: Visitor, alice: Enrollment, now: datetime
) -> None:
    visitor.go(now)
    visitor.post(email="alice@example.com", first_name="Bob", **OTHER)
    visitor.go(now)

    [_lesson, mail] = visitor.sink.to("alice@example.com")
    assert mail["Subject"] == "Your fresh links"
    assert "signed up at this address as \u2068Bob\u2069" in body(mail).replace("\n", " ")
    assert "as <bdi>Bob</bdi>. You are enrolled here already" in body(mail, "html")
    assert "alice+two@example.com" in body(mail)
    assert "alice+two@example.com" in body(mail, "html")
    alice.refresh_from_db()
    assert (alice.send_at, alice.runner.first_name) == (time(7), "Alice")

    visitor.post(email="alice+two@example.com", first_name="Bob", ip="192.0.2.2")
    visitor.go(now)
    visitor.confirms(link(visitor.sink.to("alice+two@example.com")[-1], "confirm"))
    assert Enrollment.objects.filter(state="active").count() == 2


def test_a_runner_who_signs_up_again_is_only_reminded_of_the_links(
    visitor: Visitor, alice: Enrollment, now: datetime
) -> None:
    visitor.go(now)
    visitor.post(email="alice@example.com", first_name="alice", **OTHER)
    visitor.go(now)

    mail = visitor.sink.to("alice@example.com")[-1]
    assert "You are enrolled already" in body(mail)
    assert "signed up at this address" not in body(mail)
    assert "+two" not in body(mail)
    assert not WaitingSignUp.objects.exists()


def test_somebody_else_is_told_of_a_day_later_if_a_mail_has_just_left(
    visitor: Visitor, alice: Enrollment, now: datetime
) -> None:
    visitor.post(email="alice@example.com", first_name="Alice", **OTHER)
    visitor.post(email="alice@example.com", first_name="Bob", **OTHER)
    visitor.go(now)
    assert "Bob" not in body(visitor.sink.to("alice@example.com")[-1])

    answer(visitor, now + DAY)
    told = [mail for mail in visitor.sink.to("alice@example.com") if mail["Subject"] == "Your fresh links"]
    assert ["Bob" in body(mail) for mail in told] == [False, True]
    for day in range(2, 8):
        answer(visitor, now + day * DAY)
    told = [mail for mail in visitor.sink.to("alice@example.com") if mail["Subject"] == "Your fresh links"]
    assert len(told) == 2
    delete_unconfirmed(now + 7 * DAY)
    assert not WaitingSignUp.objects.exists()


def test_another_person_at_an_address_that_waits_is_told_how_to_take_part(
    visitor: Visitor, now: datetime
) -> None:
    first = visitor.signs_up(now, starts_on="2026-03-20")
    visitor.post(first_name="Bob", **OTHER)
    assert "+two" not in body(visitor.sink.mails[0])
    answer(visitor, now + DAY)

    mail = visitor.sink.mails[-1]
    assert "maya+two@example.com" in body(mail)
    assert "maya+two@example.com" in body(mail, "html")
    assert "Bob" not in mail.as_string() + body(mail) + body(mail, "html")
    assert b"<bdi>Bob</bdi>" in visitor.client.get(first).content


def test_another_person_is_not_forgotten_when_the_first_confirms(visitor: Visitor, now: datetime) -> None:
    path = visitor.signs_up(now, starts_on="2026-03-20")
    visitor.post(first_name="Bob", **OTHER)
    visitor.confirms(path)
    answer(visitor, now + 5 * MINUTE)

    kinds = [mail["Subject"] for mail in visitor.sink.mails]
    assert "Your fresh links" in kinds
    mail = visitor.sink.mails[kinds.index("Your fresh links")]
    assert "\u2068Bob\u2069" in body(mail)
    assert User.objects.get().first_name == "Maya"
    assert MailRequest.objects.filter(mail="again", mailed=True).count() == 1
