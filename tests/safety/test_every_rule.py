"""A12: whatever asks for a hold, by whichever channel it is told, stops the exercise mail and has every coach
told in the transaction that saves it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from challenge.mail.links import Purpose, url
from challenge.models import CheckIn, Delivery, Enrollment, Escalation, Hold
from challenge.safety.screening_list import ASK_BOXES, MOVEMENT_BOXES, QUESTIONS, URGENT_BOXES
from challenge.site.doubt import served
from tests.support.held import on_the_desk, state
from tests.support.visitor import answer_no

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
COACHES = ["ann@example.org", "ben@example.org"]
Said = dict[str, Any]

# What is told, and the urgency that it has.
CHECK_INS: list[tuple[Said, str]] = [
    ({"pain": "6"}, "today"),
    ({"pain": "2", "sharp": "True"}, "today"),
    ({"sharp": "True"}, "today"),
    ({"pain": "1", "place": "front_of_hip", "running_brings_it_on": "True"}, "within_days"),
    ({"place": "front_of_hip", "running_brings_it_on": "True"}, "within_days"),
    ({"pain": "1", "place": "down_a_leg"}, "within_days"),
    ({"running_brings_it_on": "True"}, "today"),
    ({"pain": "4", "place": "knee"}, "within_days"),  # rising from 2 and 3
    ({"note": "Numb between my legs"}, "emergency"),
    ({"pain_where": "one foot drops"}, "today"),
    ({"note": "I'm 15 and run a lot"}, "ask_first"),
]
QUESTIONS_OF_A_DAY = [
    ("I can't pee since this morning", "emergency"),
    ("My calf is swollen and hot, may I run?", "today"),
    ("I'm 15, is this for me?", "ask_first"),
]
NOES = {question.code: "no" for question in QUESTIONS}
SCREENED = [
    *(
        (NOES | {"nothing": "on", asked.code: one.code}, one.level)
        for asked in QUESTIONS
        for one in asked.choices
    ),
    *((NOES | {"urgent": [box.code]}, box.level) for box in URGENT_BOXES),
    *((NOES | {"ask": [box.code]}, box.level) for box in ASK_BOXES),
]


@pytest.fixture
def told(alice: Enrollment, go: Callable[[datetime], None], clock: Any, now: datetime) -> Enrollment:
    """Alice on day 3, whose next lesson is queued, and two coaches."""
    for email in COACHES:
        User.objects.create_user(email, is_staff=True)
    go(now)
    for day in (2, 3):
        at = now + (day - 1) * DAY
        lesson(alice, day, at, state="sent", sent_at=at)
        CheckIn.objects.create(
            enrollment=alice, day=day - 1, status="done", pain=day, created_at=at, updated_at=at
        )
    clock.move_to(now + 2 * DAY + HOUR)
    soon = timezone.now() + HOUR
    lesson(alice, 4, soon)
    return alice


def lesson(enrollment: Enrollment, day: int, at: datetime, **fields: Any) -> None:
    Delivery.objects.queue(enrollment=enrollment, kind="lesson", day=day, due_at=at, try_at=at, **fields)


def is_stopped_and_told(level: str) -> None:
    assert state() == "held"
    assert Enrollment.objects.get().next_due_at is None
    assert level in Hold.objects.values_list("level", flat=True)
    waiting = Delivery.objects.get(kind="lesson", day=4)
    assert (waiting.state, waiting.reason) == ("withheld", "held")
    for escalation in Escalation.objects.all():
        mails = escalation.deliveries.filter(kind="escalation", state="queued", priority=-1)
        assert sorted(mail.to_address for mail in mails) == COACHES
    assert {"escalation", "hold"} <= set(on_the_desk())


@pytest.mark.parametrize(("said", "level"), CHECK_INS)
def test_the_link_of_a_check_in(client: Client, told: Enrollment, said: Said, level: str) -> None:
    now = timezone.now()
    form = {"status": "done", "unit": "km", "served": served(now - HOUR)}
    answer = client.post(f"{url(Purpose.CHECK_IN, now, told, 3)}", form | said)

    assert answer.status_code == 302
    is_stopped_and_told(level)


@pytest.mark.parametrize(("text", "level"), QUESTIONS_OF_A_DAY)
def test_a_question_on_the_page_of_a_day(client: Client, told: Enrollment, text: str, level: str) -> None:
    answer = client.post(url(Purpose.DAY, timezone.now(), told, 1), {"text": text})

    assert answer.status_code == 302
    is_stopped_and_told(level)


@pytest.mark.parametrize(("said", "level"), SCREENED)
def test_the_ten_questions(client: Client, told: Enrollment, said: Said, level: str) -> None:
    Enrollment.objects.update(screening_day=3)
    answer = answer_no(client, url(Purpose.SCREENING, timezone.now(), told), **{"answer": "", **said})

    assert answer.status_code == 200
    is_stopped_and_told(level)


@pytest.mark.parametrize("code", [box.code for box in MOVEMENT_BOXES])
def test_what_leaves_movements_out_stops_nothing(client: Client, told: Enrollment, code: str) -> None:
    Enrollment.objects.update(screening_day=3)
    said = NOES | {"answer": "", "movements": [code]}
    assert answer_no(client, url(Purpose.SCREENING, timezone.now(), told), **said).status_code == 200

    assert (state(), on_the_desk()) == ("active", [])
    assert Enrollment.objects.get().left_out
    assert Delivery.objects.get(kind="lesson", day=4).state == "queued"
