"""How often strangers may make the site write to a mailbox, however they spell it and wherever they are."""

from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any

import pytest

from challenge.enrollment.pending import remind_unconfirmed
from challenge.enrollment.sign_up import SignUpData, send_links, sign_up
from challenge.enrollment.waiting import answer_waiting
from challenge.models import Delivery, Enrollment, Program
from tests.support.threads import together
from tests.support.visitor import Visitor

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    "spellings",
    [
        ["maya@example.com", "maya+1@example.com", "MAYA+run+2@example.com"],
        ["maya.lee@gmail.com", "mayalee@gmail.com", "m.a.y.a.lee+x@googlemail.com"],
    ],
)
def test_every_spelling_of_a_mailbox_is_one(visitor: Visitor, now: datetime, spellings: list[str]) -> None:
    for number, email in enumerate(spellings):
        assert visitor.post(email=email, ip=f"192.0.2.{number}").status_code == 200
    visitor.go(now)
    assert visitor.sink.recipients == spellings[:1]


def test_dots_tell_mailboxes_apart_elsewhere(visitor: Visitor, now: datetime) -> None:
    for email in ("maya.lee@example.com", "mayalee@example.com", "+x@example.com", "+y@example.com"):
        visitor.post(email=email)
    visitor.go(now)
    assert len(visitor.sink.recipients) == 4


def test_a_flood_at_one_mailbox_from_everywhere(visitor: Visitor, now: datetime) -> None:
    """A4: tags, dots, ports and a network of its own for each request, over nine days."""
    random = Random(4)
    mails = []
    for day in range(9):
        visitor.clock.move_to(at := now + day * 24 * HOUR)
        for _ in range(40):
            local = "".join(letter + random.choice(("", ".")) for letter in "mayalee").strip(".")
            site, home, port = (random.randrange(1, 65536) for _ in range(3))
            ip = f"[2001:db8:{site:x}:{home:x}::1]:{port}"
            answer = visitor.post(ip=ip, email=f"{local}+{random.random()}@gmail.com", starts_on="2026-03-20")
            assert answer.status_code == 200
        visitor.go(at)
        mails.append(len(visitor.sink.mails))
    assert mails == [1, 2, 3, 3, 3, 3, 3, 3, 3]


@pytest.mark.both_databases
def test_an_address_gets_one_mail_in_24_hours_and_three_in_all(visitor: Visitor, now: datetime) -> None:
    mails = []
    for hours in (0, 1, 23, 24, 30, 49, 74, 99, 140, 164):
        at = now + hours * HOUR
        visitor.clock.move_to(at)
        assert visitor.post(ip=f"192.0.2.{hours}", starts_on="2026-03-20").status_code == 200
        visitor.go(at)
        mails.append(len(visitor.sink.mails))

    assert mails == [1, 1, 1, 2, 2, 3, 3, 3, 3, 3]


@pytest.mark.parametrize("state", ["active", "completed", "withdrawn"])
def test_a_request_for_links_silences_no_sign_up(
    visitor: Visitor, enroll: Any, now: datetime, state: str
) -> None:
    """Nor the other way round; each is answered once a day."""
    enroll("alice", starts_on=date(2026, 3, 20))
    visitor.client.post("/links/", {"email": "alice@example.com"})
    Enrollment.objects.update(state=state, next_due_at=None)
    for number in range(3):
        visitor.post(email="alice@example.com", ip=f"192.0.2.{number}")
    visitor.post(email="alice+two@example.com", ip="192.0.2.9")
    visitor.go(now)

    subjects = sorted(mail["Subject"].partition(":")[0] for mail in visitor.sink.mails)
    if state == "active":
        assert subjects == ["Please confirm", "Your fresh links", "Your fresh links"]
        assert visitor.sink.recipients.count("alice+two@example.com") == 1
    else:
        assert subjects == ["Please confirm", *(["Your fresh links"] if state == "completed" else [])]


@pytest.mark.both_databases
def test_both_forms_together_mail_a_stranger_no_more_often(visitor: Visitor, now: datetime) -> None:
    mails = []
    for hours in range(0, 240, 12):
        at = now + hours * HOUR
        visitor.clock.move_to(at)
        visitor.post(ip=f"192.0.2.{hours}", starts_on="2026-03-20", send_at=f"{hours % 24:02}:30")
        visitor.client.post("/links/", {"email": "maya@example.com"}, REMOTE_ADDR=f"198.51.100.{hours}")
        answer_waiting(at)
        remind_unconfirmed(at)
        visitor.go(at)
        mails.append(len(visitor.sink.mails))
    assert [mails[place] for place in (0, 1, 2, 3, 4)] == [1, 1, 2, 2, 3]
    assert mails[-1] == 3


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_links_asked_for_twice_at_once_are_sent_once(alice: Any, now: datetime) -> None:
    for day in range(6):
        at = now + day * 24 * HOUR
        together(*[lambda: send_links("alice@example.com", "192.0.2.1", at)] * 2)  # noqa: B023

        assert Delivery.objects.filter(kind="links").count() == day + 1


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_a_mailbox_gets_one_mail_when_many_ask_at_once(program: Program, now: datetime) -> None:
    rest = ("Maya", program, date(2026, 3, 4), time(7), "Europe/London")

    def ask(number: int) -> None:
        sign_up(SignUpData(f"maya+{number}@example.com", *rest), f"192.0.2.{number}", now)

    together(*[partial(ask, number) for number in range(8)])

    assert Enrollment.objects.count() == 8
    assert Delivery.objects.filter(kind="confirmation").count() == 1
