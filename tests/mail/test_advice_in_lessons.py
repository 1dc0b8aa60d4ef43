"""The next lesson begins with what the pain that was told asks for, and asks for the morning after it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from challenge.mail.greeting import Greetings
from challenge.models import CheckIn, Delivery, Enrollment, SafetyRules
from challenge.site.doubt import served
from tests.support.smtp_server import SmtpServer
from tests.support.visitor import body, link, whole_database

pytestmark = pytest.mark.django_db
Go = Callable[[datetime], None]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ASKED = "Was it worse this morning than before yesterday's session?"


def tell(enrollment: Enrollment, day: int, at: datetime, **said: Any) -> CheckIn:
    times = {"created_at": at, "updated_at": at}
    return CheckIn.objects.create(**{"enrollment": enrollment, "day": day, "status": "done", **times, **said})


def words(sink: SmtpServer) -> str:
    return " ".join(body(sink.mails[-1]).split())


def test_the_next_lesson_begins_with_the_advice_and_asks_for_the_morning(
    alice: Enrollment, sink: SmtpServer, go: Go, now: datetime
) -> None:
    go(now)
    assert ASKED not in words(sink)
    tell(alice, 1, now + HOUR, pain=4)
    go(now + DAY)

    assert "Hello \u2068Alice\u2069, You told us of pain 4: ease off now" in words(sink)
    assert ASKED in words(sink)
    assert ASKED in " ".join(body(sink.mails[-1], "html").replace("&#x27;", "'").split())

    tell(alice, 2, now + DAY + HOUR, pain=1)
    go(now + 2 * DAY)
    assert "You told us" not in words(sink)
    assert ASKED in words(sink)

    tell(alice, 3, now + 2 * DAY + HOUR, pain=0)
    go(now + 3 * DAY)
    assert ASKED not in words(sink)


@pytest.mark.parametrize(
    ("said", "begins"),
    [
        ([{"pain": 1}, {"pain": 2}, {"pain": 3}], "You told us of pain that is low but rising"),
        ([{"pain": 4}, {"pain": 4}, {"pain": 4}], "You told us of pain that stays"),
        ([{"pain": 2}, {"worse_next_morning": "worse"}], "You told us that it was worse the next morning"),
        (
            [{"pain": 2}, {"worse_next_morning": "worse"}, {}],
            "You told us that it was worse the morning after",
        ),
        ([{"pain": 4}, {}], "You told us of pain 4"),
        ([{"pain": 4}, {}, {}], ""),
        ([{"pain": 4, "doubt": "too_fast"}], ""),
        ([{"pain": 3}], ""),
    ],
)
def test_what_a_lesson_says_of_pain(
    alice: Enrollment, sink: SmtpServer, go: Go, now: datetime, said: list[dict[str, Any]], begins: str
) -> None:
    for number, each in enumerate(said):
        go(now + number * DAY)
        tell(alice, number + 1, now + number * DAY + HOUR, **each)
    go(now + len(said) * DAY)

    assert begins in words(sink)
    assert ("You told us" in words(sink)) is bool(begins)


def test_lessons_without_exercise_begin_with_what_was_said(
    alice: Enrollment, sink: SmtpServer, go: Go, now: datetime, clock: Any
) -> None:
    SafetyRules.objects.create(pk=1, words_only=["hold_down_a_leg"])
    go(now)
    clock.move_to(now + HOUR)
    told = {"status": "done", "unit": "km", "served": served(now), "pain": "2", "place": "down_a_leg"}
    Client().post(link(sink.mails[0], "check-in", "done"), told)
    go(now + DAY)

    assert "You told us of pain down a leg: leave the stretches" in words(sink)


def test_a_tap_proposes_and_the_button_saves(
    alice: Enrollment, sink: SmtpServer, go: Go, now: datetime, clock: Any
) -> None:
    go(now)
    tell(alice, 1, now + HOUR, pain=3)
    go(now + DAY)
    clock.move_to(now + DAY + HOUR)
    path = link(sink.mails[-1], "check-in", "worse")
    before, client = whole_database(), Client()
    page = client.get(path).content.decode()

    assert whole_database() == before
    assert 'name="worse_next_morning" value="worse"' in page
    assert 'value="worse" id="id_worse_next_morning_1" checked' in page.replace(" required", "")
    answer = client.post(path, {"worse_next_morning": "worse", "unit": "km", "served": served(now)})
    saved = CheckIn.objects.get(day=2)
    assert (saved.status, saved.worse_next_morning, saved.doubt) == ("", "worse", "")
    page = client.get(answer["Location"]).content.decode()
    assert "leave that movement out for 2 days" in page

    clock.shift(HOUR)
    client.post(answer["Location"], {"status": "done", "unit": "km", "served": served(now)})
    saved.refresh_from_db()
    assert (saved.status, saved.worse_next_morning) == ("done", "worse")


def test_the_page_asks_for_the_morning_after_pain_alone(
    alice: Enrollment, sink: SmtpServer, go: Go, now: datetime, clock: Any
) -> None:
    go(now)
    go(now + DAY)
    clock.move_to(now + DAY + HOUR)
    path = link(sink.mails[-1], "check-in", "done")
    assert "worse this morning" not in Client().get(path).content.decode()
    tell(alice, 1, now + HOUR, pain=3)
    assert "worse this morning" in Client().get(path).content.decode()


def test_a_batch_takes_five_statements_however_many_have_pain(
    enroll: Any, now: datetime, go: Go, django_assert_num_queries: Any
) -> None:
    runners = [enroll(name) for name in ("alice", "bob", "charlie")]
    go(now)
    for runner in runners:
        tell(runner, 1, now + HOUR, pain=5)
    go(now + DAY)
    lessons = list(Delivery.objects.filter(day=2).select_related("enrollment"))
    with django_assert_num_queries(5):
        greetings = Greetings(lessons)
        said = [(greetings.of(lesson), greetings.asks_for_morning(lesson)) for lesson in lessons]
    assert all(first.startswith("You told us of pain 5") and asked for first, asked in said)
    assert len(said) == 3
