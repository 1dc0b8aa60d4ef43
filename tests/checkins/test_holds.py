"""Every rule of pain and every red word is judged as a check-in is saved: what asks for it holds at once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from challenge.checkins.record import CheckInData, record
from challenge.models import CheckIn, Delivery, DeskItem, Enrollment, Escalation, Event, Hold, SafetyRules
from tests.support.held import holds, on_the_desk, state
from tests.support.visitor import Runner

pytestmark = pytest.mark.django_db
Go = Callable[[datetime], None]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NUMB = "Numb between my legs since this morning"
EMERGENCY_LIST = "Call your local emergency number at once for any of these"


@pytest.fixture(autouse=True)
def an_hour_later(runner: Runner, clock: Any, now: datetime) -> None:
    clock.move_to(now + HOUR)


HOLDING = [
    ({"pain": "8"}, "hold_high", "today", "You told us of pain 8: leave the stretches until somebody has"),
    ({"pain": "6"}, "hold_high", "today", "You told us of pain 6: leave the stretches until somebody has"),
    ({"pain": "2", "sharp": "True"}, "hold_sharp", "today", "You told us of sharp pain: leave the"),
    (
        {"pain": "1", "place": "front_of_hip", "running_brings_it_on": "True"},
        "hold_bone_stress",
        "within_days",
        "Could this be a bone stress injury of the hip?",
    ),
    (
        {"pain": "7", "place": "front_of_hip", "running_brings_it_on": "True"},
        "hold_bone_stress",
        "today",
        "Could this be a bone stress injury of the hip?",
    ),
    (
        {"pain": "1", "place": "down_a_leg"},
        "hold_down_a_leg",
        "within_days",
        "You told us of pain down a leg",
    ),
    ({"place": "down_a_leg"}, "hold_down_a_leg", "within_days", "You told us of pain down a leg"),
    ({"running_brings_it_on": "True"}, "hold_limp", "today", "or makes you limp: leave the stretches"),
    ({"note": NUMB}, "red_words", "emergency", "What you wrote can be an emergency."),
    ({"pain_where": "shooting down my left leg"}, "red_words", "today", "an urgent-care line today"),
]


@pytest.mark.parametrize(("said", "reason", "level", "words"), HOLDING)
def test_what_holds_does_so_as_it_is_saved(
    runner: Runner, said: dict[str, str], reason: str, level: str, words: str
) -> None:
    page = runner.reads(runner.tells(**said))

    assert CheckIn.objects.get().doubt == ""
    assert state() == "held"
    [(kept_reason, kept_level, values)] = holds()
    assert (kept_reason, kept_level) == (reason, level)
    assert values == {"day": "1", **({"score": said["pain"]} if "pain" in said else {})}
    assert Hold.objects.get().source == "check_in"
    assert Escalation.objects.get().level == level
    assert on_the_desk() == ["escalation", "hold"]
    assert words in page
    assert page.index(words) < page.index("Saved, thank you.")
    assert EMERGENCY_LIST in page
    assert "Your lessons wait" in page


@pytest.mark.parametrize(("said", "reason", "level", "words"), HOLDING)
def test_without_consent_the_hold_alone_is_kept(
    runner: Runner, alice: Any, said: dict[str, str], reason: str, level: str, words: str
) -> None:
    alice.runner.consents.filter(purpose="health").delete()

    page = runner.tells(**said).content.decode()

    assert words in page
    assert "Tick this box" in page
    assert not CheckIn.objects.exists()
    assert holds() == [("safety", "", {})]
    assert state() == "held"
    runner.tells(**said)
    assert len(holds()) == 1


def test_without_consent_and_without_its_box_the_words_are_dropped_and_heeded(alice: Any) -> None:
    alice.runner.consents.filter(purpose="health").delete()
    record(alice.pk, 1, CheckInData("done", 4, 8, "hip", note=NUMB, place="knee", sharp=True), timezone.now())

    saved = CheckIn.objects.get()
    assert (saved.pain, saved.place, saved.sharp, saved.note) == (None, "", None, "")
    assert {(reason, level) for reason, level, _values in holds()} == {("safety", "")}
    assert len(holds()) == 1
    assert state() == "held"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"pain": "4"}, "You told us of pain 4: ease off now"),
        ({"pain": "5", "place": "knee"}, "You told us of pain 5: ease off now"),
        ({"pain": "3"}, ""),
        ({"pain": "0", "place": "front_of_hip", "running_brings_it_on": "True"}, ""),
        ({"place": "front_of_hip", "tightness": "9"}, ""),
    ],
)
def test_what_holds_nothing(runner: Runner, said: dict[str, str], words: str) -> None:
    page = runner.reads(runner.tells(**said))

    assert (state(), holds(), on_the_desk()) == ("active", [], [])
    assert words in page
    assert (EMERGENCY_LIST in page) is bool(words)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"note": "I had an operation on my knee in May"}, "a clinician who knows you"),
        ({"note": "No numbness between my legs"}, ""),
        ({"pain": "2", "place": "knee", "running_brings_it_on": "True"}, "stop and see a doctor today"),
    ],
)
def test_what_the_coach_is_to_see(runner: Runner, said: dict[str, str], words: str) -> None:
    page = runner.reads(runner.tells(**said))

    assert (state(), holds(), on_the_desk()) == ("active", [], ["pain"])
    assert DeskItem.objects.get().about == str(CheckIn.objects.get().pk)
    assert words in page


def test_the_coach_may_let_lessons_go_on_without_exercise(runner: Runner) -> None:
    SafetyRules.objects.create(pk=1, words_only=["hold_down_a_leg", "hold_high"])
    runner.tells(pain="2", place="down_a_leg")
    assert (state(), Enrollment.objects.get().words_only) == ("active", True)
    assert Hold.objects.get().words_only

    runner.tells(pain="8", place="knee")  # asks for somebody today
    assert state() == "held"


def test_the_coach_sets_the_numbers(runner: Runner) -> None:
    SafetyRules.objects.create(pk=1, hold_from=8, red_words={"urgent": ["wobbly + knee"]})
    runner.tells(pain="7")
    assert state() == "active"
    runner.tells(note="A wobbly knee")
    assert [reason for reason, _level, _values in holds()] == ["red_words"]


def test_a_held_lesson_does_not_leave(runner: Runner, go: Go, now: datetime) -> None:
    runner.tells(pain="8")
    go(now + DAY)
    assert list(Delivery.objects.filter(kind="lesson", state="sent").values_list("day", flat=True)) == [1]
    assert [event.kind for event in Event.objects.filter(kind="held")] == ["held"]


def test_another_browser_reads_no_score(runner: Runner) -> None:
    address = runner.tells(pain="8")["Location"]
    page = Client().get(address).content.decode()

    assert "pain 8" not in page
    assert "You told us" not in page
    assert "Pain of 6 or more: stop running and stretching," in page
