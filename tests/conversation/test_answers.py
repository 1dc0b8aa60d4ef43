"""The coach answers by mail, in whatever state the runner is, and publishes for all."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from challenge.conversation.answers import (
    AnsweredAfterLeaving,
    AnsweredMeanwhile,
    NamesTheRunner,
    answer,
    publish,
    withdraw,
)
from challenge.conversation.messages import record_message
from challenge.enrollment.leaving import leave, undo_leaving
from challenge.mail.links import Purpose, url
from challenge.models import Delivery, DeskItem, Enrollment, Event, Message
from challenge.models.mail_kinds import Priority
from tests.support.own_page import Owner
from tests.support.smtp_server import SmtpServer
from tests.support.visitor import body, links_in

pytestmark = pytest.mark.django_db

Go = Callable[[datetime], None]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WORDS = "Yes, <b>if</b> it is easy.\n\n" + "Begin with the tighter side. " * 5


@pytest.fixture
def sam(db: None) -> User:
    return User.objects.create_user("sam@example.com", first_name="Sam", is_staff=True)


@pytest.fixture
def asked(alice: Any, go: Go, clock: Any, now: datetime) -> Message:
    go(now)
    return record_message(alice.pk, 1, "May I do it twice a day?", now)


def answers_to(sink: SmtpServer) -> list[Any]:
    return [mail for mail in sink.mails if "answer" in str(mail["Subject"])]


def test_the_answer_goes_out_escaped_and_wrapped_and_the_message_is_done(
    asked: Message, alice: Any, sam: User, sink: SmtpServer, go: Go, now: datetime, settings: Any
) -> None:
    said = answer(asked.pk, sam, WORDS, now + HOUR)
    go(now + HOUR)

    asked.refresh_from_db()
    item = DeskItem.objects.get(kind="message")
    assert (said.direction, said.answers, said.author, said.day) == ("out", asked, sam, 1)
    assert (asked.state, item.done_at, item.done_by) == ("answered", now + HOUR, sam)
    [mail] = answers_to(sink)
    assert mail["Subject"] == f"An answer from {settings.COACH_NAME}"
    text, html = body(mail), body(mail, "html")
    assert "You asked on Tuesday, 3 March, about day 1." in text
    assert "Yes, <b>if</b> it is easy.\n\nBegin with the tighter side. Begin with the" in text
    assert max(len(line) for line in text.splitlines() if "://" not in line) <= 72
    assert "Yes, &lt;b&gt;if&lt;/b&gt; it is easy." in html
    assert "May I do it twice" not in text + html
    paths = links_in(mail)
    assert "/links/" in paths
    assert any(path.startswith("/day/") for path in paths)


@pytest.mark.parametrize("state", ["paused", "held", "completed", "screening", "active"])
def test_it_reaches_a_runner_in_every_state(
    asked: Message, alice: Any, sam: User, sink: SmtpServer, go: Go, now: datetime, state: str
) -> None:
    Enrollment.objects.filter(pk=alice.pk).update(state=state, next_due_at=None)
    answer(asked.pk, sam, "Yes.", now + HOUR)
    go(now + HOUR)
    assert len(answers_to(sink)) == 1


def test_who_has_left_and_asked_is_answered_once(
    asked: Message, alice: Any, sam: User, sink: SmtpServer, go: Go, now: datetime
) -> None:
    second = record_message(alice.pk, 1, "And on Sundays?", now)
    leave(alice.pk, Event.Actor.RUNNER, now + HOUR)
    answer(asked.pk, sam, "Yes.", now + 2 * HOUR)
    with pytest.raises(AnsweredAfterLeaving):
        answer(second.pk, sam, "No.", now + 2 * HOUR)
    go(now + 2 * HOUR)
    with pytest.raises(AnsweredAfterLeaving):
        answer(second.pk, sam, "No.", now + 3 * HOUR)

    [mail] = answers_to(sink)
    assert not any(path.startswith("/day/") for path in links_in(mail))
    second.refresh_from_db()
    assert (second.state, Message.objects.filter(direction="out").count()) == ("new", 1)


def test_of_the_answers_that_wait_the_newest_survives_leaving_and_an_undo_brings_back_the_others(
    asked: Message, alice: Any, sam: User, now: datetime
) -> None:
    first = answer(asked.pk, sam, "Yes.", now + HOUR)
    newest = answer(asked.pk, sam, "But not on Sundays.", now + 2 * HOUR, seen=first.pk)
    leave(alice.pk, Event.Actor.RUNNER, now + 3 * HOUR)
    waits = Delivery.objects.filter(kind="answer", state="queued").values_list("answer", flat=True)
    assert list(waits) == [newest.pk]

    undo_leaving(alice.pk, now + 4 * HOUR)
    assert set(waits.all()) == {first.pk, newest.pk}


def test_an_answer_is_given_up_after_a_week(asked: Message, sam: User, now: datetime) -> None:
    answer(asked.pk, sam, "Yes.", now)
    mail = Delivery.objects.get(kind="answer")
    assert (mail.closes_at, mail.priority) == (now + 7 * DAY, Priority.WAITED_FOR)


def test_two_coaches_at_once_lose_nothing(asked: Message, sam: User, now: datetime) -> None:
    kim = User.objects.create_user("kim@example.com", is_staff=True)
    first = answer(asked.pk, sam, "Yes.", now)
    assert answer(asked.pk, sam, "Yes.", now + timedelta(seconds=2)) == first  # sent twice by one press
    with pytest.raises(AnsweredMeanwhile) as refused:
        answer(asked.pk, kim, "No.", now + timedelta(seconds=3))
    assert refused.value.answer == first
    answer(asked.pk, kim, "And no more than that.", now + HOUR, seen=first.pk)
    assert Delivery.objects.filter(kind="answer").count() == 2


def test_the_runner_reads_the_thread_on_the_own_page(owner: Owner, sam: User, now: datetime) -> None:
    asked = record_message(owner.alice.pk, 1, "May I run <i>twice</i>?", now)
    answer(asked.pk, sam, "Yes,\nslowly.", now + HOUR)
    for part in ("", "told/"):
        page = owner.reads(now + 2 * HOUR, part)
        assert page.index("May I run &lt;i&gt;twice&lt;/i&gt;?") < page.index("Yes,<br>slowly.")


def test_a_published_answer_stands_on_the_days_page_for_all_without_the_name(
    asked: Message, alice: Any, bob: Any, sam: User, client: Client, go: Go, clock: Any, now: datetime
) -> None:
    said = answer(asked.pk, sam, "Yes, Alice.", now)
    for telling in ("Yes, Alice.", "Write to ALICE@example.com"):
        with pytest.raises(NamesTheRunner):
            publish(said.pk, telling, sam, now)
    publish(said.pk, "Twice a day?\n\nYes, <b>slowly</b>.", sam, now)
    second = answer(asked.pk, sam, "In the morning.", now + HOUR, seen=said.pk)
    publish(second.pk, "In the morning.", sam, now + HOUR)
    go(now + 4 * HOUR)
    go(now + DAY)
    clock.move_to(now + DAY)

    def page(who: Enrollment, day: int) -> str:
        return client.get(url(Purpose.DAY, now + DAY, who, day)).content.decode()

    for who in (alice, bob):
        text = page(who, 1)
        assert text.index("In the morning.") < text.index("Yes, &lt;b&gt;slowly&lt;/b&gt;.")
    assert "In the morning." not in page(alice, 2)
    assert withdraw(second.pk)
    assert not withdraw(second.pk)
    assert "In the morning." not in page(bob, 1)
