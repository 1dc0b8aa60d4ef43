"""A runner moves to another address: confirmed at the new one, told to the old one, undone from there."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.addresses import keyed_hash
from accounts.models import Consent, User
from challenge.enrollment import address_change
from challenge.enrollment.address_change import ChangeResult
from challenge.mail.links import Purpose, token, url
from challenge.models import AddressChange, Delivery, Enrollment, Event, MailRequest, Suppression
from tests.support.moving import NEW, OLD, Mover
from tests.support.smtp_script import accept, always
from tests.support.visitor import body, form, link, links_in, seen, whole_database

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_the_new_address_confirms_and_the_course_goes_on_there(mover: Mover, now: datetime) -> None:
    lesson = mover.sink.lessons[0]
    assert mover.asks(now + HOUR).status_code == 200
    assert mover.address == OLD
    asked = mover.sink.to(NEW)[0]
    assert "Alice" not in asked.as_string() + body(asked) + body(asked, "html")
    assert asked["List-Unsubscribe"] is None
    token_path = url(Purpose.OWN_PAGE, now, mover.alice)

    path = link(asked, "address")
    before = whole_database()
    assert b"Yes, use this address" in mover.client.get(path).content
    assert whole_database() == before
    assert b"Your address is changed" in mover.confirms(now + HOUR).content

    assert mover.address == NEW
    mover.go(now + 2 * HOUR)
    mover.go(now + DAY)
    assert [str(mail["Subject"]).partition(":")[0] for mail in mover.sink.to(NEW)][1:] == [
        "Your changes are saved",
        "Day 2",
    ]
    changed = body(mover.sink.to(NEW)[1])
    assert "Your mails come here now." in changed
    assert "Day 2 comes on Wednesday 4 March at 07:00" in changed
    assert set(Consent.objects.filter(withdrawn_at=None).values_list("purpose", flat=True)) == {
        "mail",
        "health",
    }
    for old in (*(link(lesson, name) for name in ("day", "hour", "leave", "pause")), token_path):
        assert mover.client.get(old).status_code == 410
    assert Event.objects.filter(kind="readdressed", actor="runner").count() == 1
    assert b"done already" in mover.client.get(path).content
    assert b"done already" in mover.client.post(path).content


def test_a_day_later_and_after_another_wish_the_link_is_nothing(mover: Mover, now: datetime) -> None:
    mover.asks(now, "mistyped@new.example")
    mover.asks(now + HOUR)
    assert mover.confirms(now + HOUR, "mistyped@new.example").status_code == 410
    assert mover.confirms(now + 25 * HOUR).status_code == 410
    assert mover.address == OLD
    assert not Delivery.objects.filter(kind="address_old").exists()


def test_the_same_wish_twice_is_one_mail_whose_link_works(mover: Mover, now: datetime) -> None:
    mover.asks(now)
    mover.asks(now + HOUR)

    assert len(mover.sink.to(NEW)) == 1
    assert mover.confirms(now + HOUR).status_code == 200
    assert mover.address == NEW


STATES = ["new", "active", "left", "pending", "suppressed", "coach", "own"]


@pytest.mark.parametrize("state", STATES)
def test_the_page_answers_every_address_with_the_same_bytes(
    mover: Mover, enroll: Any, now: datetime, state: str
) -> None:
    mover.go(now)
    pages = [seen(mover.asks(now, "nobody@new.example"))]
    mails = len(mover.sink.mails)
    address = OLD if state == "own" else f"{state}@example.com"
    if state in ("active", "left"):
        there = enroll(state, state="withdrawn" if state == "left" else "active")
        Enrollment.objects.filter(pk=there.pk).update(next_due_at=None)
    elif state == "pending":
        mover.client.post("/", form(email=address))
        mover.go(now)
        mails = len(mover.sink.mails)
        MailRequest.objects.all().delete()
    elif state == "suppressed":
        Suppression.objects.create(address_hash=keyed_hash(address), reason="complained", created_at=now)
    elif state == "coach":
        User.objects.create_user(address, is_staff=True)

    pages.append(seen(mover.asks(now, address)))

    assert pages[0] == pages[1]
    subjects = [str(mail["Subject"]) for mail in mover.sink.mails[mails:]]
    if state in ("active", "left"):
        assert subjects == ["Somebody wants mail at your address"]
        assert "name+two@" in body(mover.sink.mails[-1])
    else:
        assert subjects == (["Please confirm your new address"] if state in ("new", "pending") else [])
    assert mover.address == OLD


def test_a_sign_up_that_nobody_confirmed_gives_way(mover: Mover, now: datetime) -> None:
    mover.client.post("/", form(email=NEW))
    mover.go(now)

    mover.asks(now + DAY)
    mover.confirms(now + DAY)

    assert mover.address == NEW
    assert User.objects.count() == 1


def test_an_address_that_has_got_a_course_since_is_taken(mover: Mover, enroll: Any, now: datetime) -> None:
    mover.asks(now)
    User.objects.filter(pk=enroll("bob").runner_id).update(email=NEW)

    answer = mover.confirms(now)

    assert (answer.status_code, mover.address) == (409, OLD)
    assert b"a course of its own" in answer.content
    assert AddressChange.objects.get().confirmed_at is None


def test_three_wishes_a_day_and_one_mail_a_day_to_a_mailbox(mover: Mover, now: datetime) -> None:
    for number in range(3):
        mover.asks(now + number * HOUR, f"alice+{number}@new.example")
    asked = [mail for mail in mover.sink.mails if mail["Subject"].startswith("Please confirm your new")]
    assert len(asked) == 1

    answer = mover.asks(now + 4 * HOUR, "other@new.example")
    assert answer.status_code == 429
    assert mover.sink.to("other@new.example") == []
    mover.asks(now + DAY, "other@new.example")
    assert len(mover.sink.to("other@new.example")) == 1


def test_a_coach_has_no_change_of_address_by_a_link(mover: Mover, now: datetime) -> None:
    mover.asks(now)
    User.objects.update(is_staff=True)

    assert mover.confirms(now).status_code == 410
    assert mover.asks(now, "coach@new.example").status_code == 403
    assert mover.address == OLD
    assert AddressChange.objects.count() == 1


def test_nothing_leads_to_a_change_of_somebody_else(mover: Mover, bob: Enrollment, now: datetime) -> None:
    """The links of a course open no change, and those of a change open no course."""
    mover.asks(now)
    [path] = [path for path in links_in(mover.sink.to(NEW)[0]) if path.startswith("/address/")]
    text = path.split("/")[2]
    before = whole_database()
    for purpose in Purpose:
        if purpose is not Purpose.ADDRESS:
            assert mover.client.post(f"/{purpose}/{text}/".replace("own-page", "me")).status_code == 404
    for purpose in set(Purpose) - {Purpose.ADDRESS, Purpose.ADDRESS_UNDO}:
        assert mover.client.post(f"/address/{token(purpose, now, bob)}/").status_code == 404
    assert mover.client.post("/address/~/").status_code == 404
    assert whole_database() == before


def test_a_wish_that_is_no_address_is_marked_and_not_counted(mover: Mover, now: datetime) -> None:
    answer = mover.asks(now, "alice@")
    assert answer.status_code == 422
    assert b'aria-invalid="true"' in answer.content
    assert not AddressChange.objects.exists()


def test_lessons_that_wait_are_limited_by_the_new_domain(mover: Mover, now: datetime) -> None:
    Delivery.objects.queue("lesson", now + DAY, mover.alice, 2, closes_at=now + 2 * DAY)
    mover.asks(now)
    mover.confirms(now)
    assert Delivery.objects.get(day=2).domain == "new.example"


def test_a_change_of_a_runner_who_is_gone_is_gone(mover: Mover, now: datetime) -> None:
    mover.asks(now)
    change = AddressChange.objects.get()
    Enrollment.objects.update(confirmed_at=None)
    assert address_change.confirm(change.pk, now) is ChangeResult.GONE
    assert address_change.undo(change.pk, now) is ChangeResult.GONE


def test_a_mistyped_address_that_bounces_neither_pauses_nor_suppresses_the_runner(
    mover: Mover, now: datetime
) -> None:
    mover.sink.script = always("recipient", "550 5.1.1 no such user")
    mover.asks(now, "mistyped@new.example")
    mover.sink.script = accept

    mover.alice.refresh_from_db()
    assert mover.alice.state == "active"
    assert not Suppression.objects.filter(address_hash=keyed_hash(OLD)).exists()
