"""Asking the coach on the page of a day."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from challenge.conversation.messages import close, mark_read, record_message
from challenge.mail.links import Purpose, url
from challenge.models import DeskItem, Hold, Message

pytestmark = pytest.mark.django_db

Go = Callable[[datetime], None]


@pytest.fixture
def path(alice: Any, go: Go, clock: Any, now: datetime) -> str:
    go(now)
    return url(Purpose.DAY, now, alice, 1)


def test_a_question_is_kept_and_the_page_says_so(
    client: Client, alice: Any, path: str, now: datetime
) -> None:
    assert b"Nobody watches this live" in client.get(path).content
    answer = client.post(path, {"text": "May I do it\r\ntwice a day? 🏃"})

    assert answer.status_code == 302
    assert answer["Location"].endswith("/?asked#ask")
    question = Message.objects.get()
    assert (question.enrollment, question.day, question.at) == (alice, 1, now)
    assert question.text == "May I do it\ntwice a day? 🏃"
    for_others = Client().get(answer["Location"]).content.decode()
    assert "your question is kept for your coach" in for_others
    assert "twice a day" not in for_others
    page = client.get(answer["Location"]).content.decode()
    assert "your question is kept for your coach" in page
    assert "May I do it<br>twice a day? 🏃" in page


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Write your words first."),
        (" \n\t ", "Write your words first."),
        ("x" * 2001, "Please shorten this to at most 2000 characters (it has 2001)"),
        ("why\x00", "There is an invisible character in this"),
    ],
)
def test_what_is_no_question_is_marked_and_kept_in_the_field(
    client: Client, path: str, text: str, said: str
) -> None:
    answer = client.post(path, {"text": text})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert 'aria-invalid="true"' in page
    assert re.findall(r"<(\w+)[^>]* autofocus", page) == ["textarea"]
    assert "day-title" in page
    assert text.strip() in page
    assert not Message.objects.exists()


def test_a_question_may_have_two_thousand_characters(client: Client, path: str) -> None:
    assert client.post(path, {"text": "x\r\n" * 999 + "xx"}).status_code == 302
    assert len(Message.objects.get().text) == 2000


def test_markup_in_a_question_is_text(client: Client, path: str) -> None:
    client.post(path, {"text": "<script>alert(1)</script>{{ 1 }}"})
    assert Message.objects.get().text == "<script>alert(1)</script>{{ 1 }}"

    page = client.post(path, {"text": "<script>" + "x" * 2000}).content.decode()
    assert "&lt;script&gt;" in page
    assert "<script" not in page


def test_sent_twice_it_is_one_question(client: Client, path: str, clock: Any, now: datetime) -> None:
    for seconds in (0, 1, 60):
        clock.move_to(now + timedelta(seconds=seconds))
        assert client.post(path, {"text": "Why?"}).status_code == 302

    assert Message.objects.count() == 1


def test_ten_questions_a_day_and_the_eleventh_stays_in_the_field(
    client: Client, path: str, clock: Any, now: datetime
) -> None:
    for number in range(10):
        assert client.post(path, {"text": f"Question {number}?"}).status_code == 302
    answer = client.post(path, {"text": "Question 10, with many words?"})

    assert answer.status_code == 429
    assert "Question 10, with many words?</textarea>" in answer.content.decode()
    assert b"ten questions within a day" in answer.content
    assert re.findall(rb"<(\w+)[^>]* autofocus", answer.content) == [b"textarea"]
    assert Message.objects.count() == 10
    clock.move_to(now + timedelta(days=1))
    assert client.post(path, {"text": "Question 10, with many words?"}).status_code == 302


NUMB = "Since this morning I am numb between my legs."


def test_red_words_hold_before_anything_is_saved_and_the_page_says_what_to_do(
    client: Client, alice: Any, path: str
) -> None:
    answer = client.post(path, {"text": NUMB})

    message, held = Message.objects.get(), Hold.objects.get()
    alice.refresh_from_db()
    assert (alice.state, held.source, held.level) == ("held", "message", "emergency")
    assert set(DeskItem.objects.values_list("kind", "about")) == {
        ("message", str(message.pk)),
        ("hold", str(held.pk)),
        ("escalation", str(held.escalations.get().pk)),
    }
    said = "Call your local emergency number or have somebody take you to an emergency department now."
    page = client.get(answer["Location"]).content.decode()
    assert said in page
    assert page.index(said) < page.index("your question is kept")
    for_others = Client().get(answer["Location"]).content.decode()
    assert said not in for_others
    assert "in an emergency call your local emergency number" in for_others


def test_words_are_judged_in_the_transaction_that_saves_them(
    alice: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(DeskItem.objects, "open", fail)
    with pytest.raises(RuntimeError):
        record_message(alice.pk, 1, NUMB, now)

    alice.refresh_from_db()
    assert (alice.state, Hold.objects.count(), Message.objects.count()) == ("active", 0, 0)


def test_without_consent_the_words_are_kept_to_be_answered_and_no_level(enroll: Any, now: datetime) -> None:
    shy = enroll("shy", health=False)
    record_message(shy.pk, 1, NUMB, now)

    held = Hold.objects.get()
    assert (held.reason, held.level, held.values) == ("safety", "", {})
    assert Message.objects.get().text == NUMB


def test_the_eleventh_is_not_kept_and_its_words_hold_once(
    client: Client, alice: Any, path: str, now: datetime
) -> None:
    for number in range(10):
        record_message(alice.pk, 1, f"Question {number}?", now)
    for _ in range(2):
        answer = client.post(path, {"text": NUMB})
        assert answer.status_code == 429
        assert "emergency department now" in answer.content.decode()

    assert (Message.objects.count(), Hold.objects.count()) == (10, 1)


def test_thanks_alone_are_closed_at_once_and_close_nothing_else(alice: Any, now: datetime) -> None:
    waiting = record_message(alice.pk, 1, "May I run tomorrow?", now)
    thanks = record_message(alice.pk, 1, "Thank you!", now)

    waiting.refresh_from_db()
    assert (waiting.state, thanks.state) == ("new", "closed")
    assert [item.about for item in DeskItem.objects.all()] == [str(waiting.pk)]


def test_after_thanks_the_page_promises_no_answer(client: Client, path: str) -> None:
    page = client.post(path, {"text": "Thank you!"}, follow=True).content.decode()

    assert "it needs no answer" in page
    assert "The answer comes by mail." not in page


def test_who_may_not_run_alone_is_asked(client: Client, path: str) -> None:
    answer = client.post(path, {"text": "I am pregnant, is this for me?"})
    page = client.get(answer["Location"]).content.decode()
    assert "ask a clinician who knows you before you run or stretch on" in page
    assert not Hold.objects.exists()


def test_a_coach_closes_and_keeps_as_read(alice: Any, coach: Client, now: datetime) -> None:
    someone = User.objects.get(is_staff=True)
    message = record_message(alice.pk, 1, "It went well today.", now)

    assert mark_read(message.pk)
    assert not mark_read(message.pk)
    assert DeskItem.objects.get().done_at is None
    assert close(message.pk, someone, now)
    assert not close(message.pk, someone, now)
    message.refresh_from_db()
    item = DeskItem.objects.get()
    assert (message.state, item.done_at, item.done_by) == ("closed", now, someone)


def test_the_browser_that_wrote_reads_it_for_a_week_on_that_day_alone(
    client: Client, alice: Any, bob: Any, path: str, go: Go, clock: Any, now: datetime
) -> None:
    answer = client.post(path, {"text": "Why so slow?"})
    cookie = answer.cookies["messages"]
    assert (cookie["path"], cookie["max-age"], cookie["httponly"]) == ("/day/", 604800, True)
    assert "Why so slow?" in client.get(path).content.decode()
    go(now + timedelta(days=1))
    for other in (url(Purpose.DAY, now, alice, 2), url(Purpose.DAY, now, bob, 1)):
        assert "Why so slow?" not in client.get(other).content.decode()
    clock.move_to(now + timedelta(days=8))
    assert "Why so slow?" not in client.get(path).content.decode()
