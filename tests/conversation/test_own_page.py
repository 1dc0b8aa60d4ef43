"""A runner writes to the coach on the own page, also one who has had no lesson yet, and reads why she is held
and what is left out."""

from datetime import datetime, timedelta

import pytest
from django.utils.html import escape

from accounts.models import User
from challenge.conversation.answers import answer
from challenge.conversation.messages import DAILY_LIMIT
from challenge.enrollment.leaving import leave
from challenge.models import Enrollment, Event, Message
from challenge.safety import answering
from challenge.site.doubt import served
from tests.support.holds import on_the_desk
from tests.support.own_page import Owner
from tests.support.visitor import body

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def sam(db: None) -> User:
    return User.objects.create_user("sam@example.com", first_name="Sam", is_staff=True)


def test_it_is_kept_and_answered_by_mail_and_on_the_page(owner: Owner, sam: User, now: datetime) -> None:
    page = owner.posts(now + HOUR, "write", text="May I <b>swim</b>?", served=served(now))
    assert "Your words are kept for your coach." in page
    assert "May I &lt;b&gt;swim&lt;/b&gt;?" in page
    asked = Message.objects.get()
    assert (asked.enrollment, asked.day, asked.doubt, on_the_desk()) == (owner.alice, 0, "", ["message"])

    answer(asked.pk, sam, "Yes, slowly.", now + HOUR)
    owner.go(now + HOUR)
    mail = owner.sink.to(owner.alice.runner.email)[-1]
    assert "You wrote on Tuesday, 3 March." in body(mail)
    assert "/day/" not in body(mail)
    assert "you can write back there" in " ".join(body(mail).split())
    assert "Yes, slowly." in owner.reads(now + HOUR)


def test_red_words_hold_and_the_page_says_what_to_do(owner: Owner, now: datetime) -> None:
    page = owner.posts(now + HOUR, "write", text="I am numb between my legs.", served=served(now))

    assert page.count("What you wrote can be an emergency.") == 1
    assert Enrollment.objects.get(pk=owner.alice.pk).state == "held"
    assert on_the_desk() == ["escalation", "hold", "message"]
    assert "What you wrote can be an emergency." not in owner.reads(now + 3 * HOUR)


def test_what_came_too_fast_is_kept_and_counts_when_it_is_sent_again(owner: Owner, now: datetime) -> None:
    words = "I am numb between my legs."
    page = owner.posts(now + HOUR, "write", text=words, served=served(now + HOUR))
    assert "It came very fast" in page
    assert f"{words}</textarea>" in page
    assert on_the_desk() == ["message"]

    owner.posts(now + HOUR + MINUTE, "write", text=words, served=served(now + HOUR))
    assert Message.objects.count() == 1
    assert on_the_desk() == ["escalation", "hold", "message"]


def test_nothing_is_lost_of_what_is_not_kept(owner: Owner, now: datetime) -> None:
    assert "Write your words first." in owner.posts(now + HOUR, "write", text=" ", served=served(now))
    for number in range(DAILY_LIMIT + 1):
        page = owner.posts(now + HOUR, "write", text=f"Question {number}", served=served(now))
    assert "written ten times within a day" in page
    assert f"Question {DAILY_LIMIT}</textarea>" in page


def test_who_has_left_is_told_of_the_one_answer(owner: Owner, sam: User, now: datetime) -> None:
    leave(owner.alice.pk, Event.Actor.RUNNER, now)
    assert "one answer comes by mail" in owner.reads(now + HOUR)
    owner.posts(now + HOUR, "write", text="May I swim?", served=served(now))
    answer(Message.objects.get().pk, sam, "Yes.", now + HOUR)
    assert "no second one comes by mail" in owner.reads(now + 2 * HOUR)


def test_it_says_what_is_left_out_and_why(owner: Owner, now: datetime) -> None:
    assert "your lessons go without" not in owner.reads(now)
    answering.answer(owner.alice.pk, ["hernia"], now)

    page = owner.reads(now + HOUR)

    assert "your lessons go without" in page
    assert "<li>Prone press-up</li>" in page
    assert "<li>hernia</li>" in page


def test_it_says_which_answer_holds(owner: Owner, now: datetime) -> None:
    answering.answer(owner.alice.pk, ["limp"], now)

    page = owner.reads(now + HOUR)

    assert "because of your answers to our questions" in page
    assert escape("Do you limp, or can't you put your full weight on a leg? yes") in page
    assert 'href="#thread"' in page
