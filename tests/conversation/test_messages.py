"""Asking the coach on the page of a day."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from challenge.mail.links import Purpose, url
from challenge.models import Message

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
        ("", "Write your question first."),
        (" \n\t ", "Write your question first."),
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
