"""A stranger's name: not in mail to an unconfirmed address, and turning nothing around it elsewhere."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from challenge.enrollment.pending import remind_unconfirmed
from challenge.mail.links import Purpose, url
from challenge.models import Delivery, Enrollment, Program
from challenge.models.mail_kinds import KINDS
from tests.support.visitor import Visitor, body

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
# Hebrew letters, which make the comma behind them stand before them.
NAME = "\u05de\u05d0\u05d9\u05d4"


def test_no_mail_to_an_unconfirmed_address_holds_a_name(visitor: Visitor, now: datetime) -> None:
    visitor.signs_up(now, first_name="Zebedee")
    remind_unconfirmed(now + 3 * DAY)
    visitor.go(now + 4 * DAY)

    mails = visitor.sink.mails
    assert [mail["Subject"].partition(" ")[0] for mail in mails] == ["Please", "Still"]
    for mail in mails:
        assert "Zebedee" not in mail.as_string() + body(mail) + body(mail, "html")
    unconfirmed = [rules for rules in KINDS.values() if Enrollment.State.PENDING in rules.states]
    assert len(unconfirmed) == 2
    assert not any("first_name" in rules.slots for rules in unconfirmed)


def test_a_name_is_isolated_in_every_mail_and_page(
    visitor: Visitor, program: Program, coach: Any, now: datetime
) -> None:
    visitor.confirms(visitor.signs_up(now, first_name=f"\u202e{NAME}\u2069"))
    enrollment = Enrollment.objects.get()
    kinds = [Delivery.Kind.LINKS, Delivery.Kind.PAUSED, Delivery.Kind.LESSON]
    for kind in kinds:
        Delivery.objects.filter(kind=kind).delete()
        state = "paused" if kind == Delivery.Kind.PAUSED else "active"
        Enrollment.objects.update(state=state, next_due_at=None)
        Delivery.objects.queue(kind, now, enrollment, day=int(kind == Delivery.Kind.LESSON))
        visitor.go(now)

    mails = visitor.sink.mails[1:]
    assert len(mails) == 1 + len(kinds)
    for mail in mails:
        assert f"\u2068{NAME}\u2069" in body(mail)
        assert body(mail).count(NAME) == body(mail).count(f"\u2068{NAME}\u2069")
        assert body(mail, "html").count(NAME) == body(mail, "html").count(f"<bdi>{NAME}</bdi>") > 0
    client, runner = visitor.client, f"/coach/challenge/enrollment/{enrollment.pk}/change/"
    for path in (
        url(Purpose.CONFIRM, now, enrollment),
        url(Purpose.CHECK_IN, now, enrollment, 1),
        "/coach/challenge/enrollment/",
        "/coach/challenge/delivery/",
        runner,
    ):
        page = client.get(path).content.decode()
        isolated = page.count(f"<bdi>{NAME}</bdi>") + page.count(f"\u2068{NAME}\u2069")
        assert page.count(NAME) == isolated > 0


def test_an_older_name_cannot_leave_its_isolate(visitor: Visitor, alice: Any, now: datetime) -> None:
    User.objects.update(first_name="\u2069\u202eecilA")
    visitor.go(now)
    [mail] = visitor.sink.mails
    assert "Hello \u2068ecilA\u2069," in body(mail)
    assert "Hello <bdi>ecilA</bdi>," in body(mail, "html")


@pytest.mark.parametrize("name", ["Dr.Maya", "St.John", "J.Lo"])
def test_a_dot_makes_no_link_of_a_name(visitor: Visitor, now: datetime, name: str) -> None:
    visitor.signs_up(now, first_name=name)
    assert User.objects.get().first_name == name
