"""The ten questions stand between the confirmation and the first lesson."""

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from challenge.mail.links import Purpose, url
from challenge.models import Delivery, DeskItem, Enrollment, Escalation, Event, Hold, Screening
from challenge.safety import answering
from challenge.safety.screening_list import QUESTIONS, VERSION
from tests.conftest import Enroll
from tests.support.visitor import Visitor, answer_no, body, filled_in, link, press_confirm, whole_database

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
NOES = {question.code: "no" for question in QUESTIONS} | {"answer": "save"}
NOTHING = NOES | {"nothing": "on"}


@pytest.fixture
def unscreened(enroll: Enroll, clock: Any) -> Enrollment:
    return enroll("alice", state="screening")


def path_of(enrollment: Enrollment, now: datetime) -> str:
    return urlsplit(url(Purpose.SCREENING, now, enrollment)).path


def test_confirming_leads_straight_into_it_and_day_one_comes_within_two_minutes(
    visitor: Visitor, program: Any, now: datetime
) -> None:
    path = visitor.signs_up(now, starts_on="2026-03-03", send_at="08:00")
    answer = press_confirm(visitor.client, path, health_consent="on")
    visitor.go(now + MINUTE)

    found = Enrollment.objects.get()
    assert (found.state, found.next_due_at) == ("screening", None)
    assert not Delivery.objects.filter(kind="lesson").exists()
    questions = answer["Location"]
    assert questions.startswith("/screening/")
    assert visitor.client.get(path)["Location"].startswith("/screening/")
    assert "ten questions first" in visitor.client.get(questions).content.decode()
    welcome = visitor.sink.mails[-1]
    assert "No lesson comes before you have answered" in " ".join(body(welcome).split())
    assert visitor.client.get(link(welcome, "screening")).status_code == 200

    answer = answer_no(visitor.client, questions, **NOTHING)
    visitor.go(now + 2 * MINUTE)

    assert b"Nothing you ticked asks for a check first" in answer.content
    assert visitor.sink.mails[-1]["Subject"].startswith("Day 1: ")
    found.refresh_from_db()
    assert found.state == "active"
    kept = Screening.objects.get()
    assert (kept.result, kept.version, kept.answered_at, kept.answers) == ("clear", VERSION, now, [])
    assert [event.kind for event in found.events.all()][-1] == Event.Kind.SCREENED


@pytest.mark.parametrize(
    ("said", "result", "advice"),
    [
        ({"saddle": "saddle"}, "emergency", "Call your local emergency number"),
        ({"chest": "chest_now"}, "emergency", "Call your local emergency number"),
        ({"chest": "chest"}, "today", "Please speak to a doctor or an urgent-care line today"),
        ({"limp": "cannot_stand"}, "emergency", "Call your local emergency number"),
        ({"bone_stress": "bone_stress"}, "within_days", "test it by hopping"),
        ({"urgent": ["cancer"]}, "within_days", "book a visit within the next few days"),
        ({"ask": ["under_18"]}, "ask_first", "both a clinician and a parent"),
    ],
)
def test_a_danger_holds_in_the_same_moment(
    client: Client, unscreened: Enrollment, now: datetime, go: Any, said: dict[str, Any], result: str,
    advice: str,
) -> None:  # fmt: skip
    is_box = "urgent" in said or "ask" in said

    answer = answer_no(client, path_of(unscreened, now), **((NOES if is_box else NOTHING) | said))
    go(now + MINUTE)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert advice in page
    assert "When it is an emergency" in page
    assert "Nobody watches this live" in page
    unscreened.refresh_from_db()
    assert (unscreened.state, unscreened.next_due_at) == ("held", None)
    assert Screening.objects.get().result == result
    hold = Hold.objects.get()
    assert (hold.reason, hold.level, hold.held_from) == ("screening", result, "screening")
    assert Escalation.objects.get().hold == hold
    assert set(DeskItem.objects.values_list("kind", flat=True)) == {"escalation", "hold"}
    assert not Delivery.objects.filter(kind="lesson").exists()


def test_single_movements_are_left_out_and_the_course_begins(
    client: Client, unscreened: Enrollment, now: datetime
) -> None:
    answer = answer_no(client, path_of(unscreened, now), **(NOES | {"movements": ["hernia", "energy"]}))

    page = answer.content.decode()
    assert "Ball release" in page
    assert "energy and bone" in page
    assert "Nothing you ticked" not in page
    unscreened.refresh_from_db()
    assert unscreened.state == "active"
    assert unscreened.left_out == ["ball-release", "prone-press-up", "split-squat"]
    assert Screening.objects.get().answers == ["hernia", "energy"]
    assert not Hold.objects.exists()


def test_none_of_all_ten_is_one_press(client: Client, unscreened: Enrollment, now: datetime) -> None:
    assert answer_no(client, path_of(unscreened, now)).status_code == 200

    assert Screening.objects.get().result == "clear"
    assert Enrollment.objects.get().state == "active"


@pytest.mark.parametrize(
    ("posted", "said"),
    [
        ({"answer": ""}, "Answer this question with yes or no."),
        (NOES | {"saddle": "maybe"}, "Answer this question with yes or no."),
        (NOES, "Tick what fits, or tick None of these fits."),
        (NOTHING | {"ask": ["heart"]}, "not both"),
        (NOTHING | {"ask": ["elephants"]}, "Tick boxes of this list alone."),
        ({"answer": "none", "saddle": "saddle", "ask": ["heart"]}, "please finish and press Save my answers"),
    ],
)
def test_a_slip_is_marked_and_nothing_is_lost(
    client: Client, unscreened: Enrollment, now: datetime, posted: dict[str, Any], said: str
) -> None:
    before = whole_database()

    answer = answer_no(client, path_of(unscreened, now), **(posted))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert len(re.findall("<input[^>]* checked", page)) == sum(
        len(value) if isinstance(value, list) else 1
        for name, value in posted.items()
        if name != "answer" and value not in ("maybe", ["elephants"])
    )
    assert whole_database() == before


def test_what_cannot_wait_holds_before_the_form_is_complete(
    client: Client, unscreened: Enrollment, now: datetime
) -> None:
    path, said = path_of(unscreened, now), NOTHING | {"saddle": "saddle"}
    unfinished = {name: value for name, value in said.items() if name != "calf"}

    answer = answer_no(client, path, **(unfinished | {"calf": ""}))
    assert answer.status_code == 422
    assert "Call your local emergency number, or have somebody" in answer.content.decode()
    assert (Enrollment.objects.get().state, Hold.objects.get().level) == ("held", "emergency")
    assert not Screening.objects.exists()

    assert answer_no(client, path, **said).status_code == 200
    assert (Screening.objects.get().result, Hold.objects.count()) == ("emergency", 1)


def test_posted_twice_nothing_changes(client: Client, unscreened: Enrollment, now: datetime) -> None:
    path, said = path_of(unscreened, now), NOTHING | {"fever": "fever"}
    first = answer_no(client, path, **(said))
    before = whole_database()

    again = answer_no(client, path, **(said))

    assert again.content == first.content
    assert answer_no(client, path, **(NOTHING)).status_code == 200
    assert b"Your answers are saved" in client.get(path).content
    assert whole_database() == before


def test_a_worse_answer_afterwards_is_heard(client: Client, unscreened: Enrollment, now: datetime) -> None:
    path = path_of(unscreened, now)
    answer_no(client, path, **(NOTHING))
    assert Enrollment.objects.get().state == "active"

    answer_no(client, path, **(NOTHING | {"fever": "fever"}))
    assert Enrollment.objects.get().state == "held"
    answer_no(client, path, **(NOTHING | {"saddle": "saddle"}))

    assert list(Hold.objects.values_list("level", flat=True)) == ["today", "emergency"]
    assert Screening.objects.count() == 3


def test_the_welcome_names_the_day_that_can_still_be(visitor: Visitor, program: Any, now: datetime) -> None:
    path = visitor.signs_up(now, starts_on="2026-03-04")
    later = now + timedelta(days=3)
    visitor.clock.move_to(later)
    press_confirm(visitor.client, path)
    visitor.go(later)

    assert "Your next lesson comes on Friday, 6 March." in " ".join(body(visitor.sink.mails[-1]).split())


@pytest.mark.parametrize("state", ["pending", "withdrawn"])
def test_whoever_is_not_in_the_course_is_not_asked(
    client: Client, enroll: Enroll, clock: Any, now: datetime, state: str
) -> None:
    path = path_of(enroll("alice", state=state), now)

    assert client.get(path).status_code == 410
    assert answer_no(client, path, **(NOTHING)).status_code == 410
    assert not Screening.objects.exists()


def test_what_comes_faster_than_it_can_be_read_is_asked_again(
    client: Client, unscreened: Enrollment, now: datetime, clock: Any
) -> None:
    path = path_of(unscreened, now)
    fields = filled_in(client.get(path).content.decode()) | NOTHING | {"fever": "fever"}
    before = whole_database()

    clock.move_to(now + timedelta(seconds=1))
    answer = client.post(path, fields)

    assert answer.status_code == 422
    assert b"faster than ten questions can be read" in answer.content
    assert len(re.findall("<input[^>]* checked", answer.content.decode())) == 10
    assert client.post(path, NOTHING).status_code == 422
    assert whole_database() == before
    clock.move_to(now + timedelta(seconds=10))
    assert client.post(path, fields).status_code == 200
    assert Enrollment.objects.get().state == "held"


def test_answers_and_hold_are_saved_together_or_not_at_all(
    unscreened: Enrollment, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*arguments: Any) -> None:
        raise SystemExit

    monkeypatch.setattr("challenge.safety.answering.hold", dies)
    before = whole_database()

    with pytest.raises(SystemExit):
        answering.answer(unscreened.pk, ["saddle"], now)

    assert whole_database() == before
