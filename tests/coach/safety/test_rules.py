"""The page of the safety rules: numbers that agree, words that can be read, and who has signed them."""

from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from challenge.models import SafetyRules
from tests.coach.test_access import entered
from tests.support.desk import logged, plain

pytestmark = pytest.mark.django_db
PAGE = "/coach/challenge/safetyrules/1/change/"
NUMBERS = {
    "ease_from": "4", "hold_from": "6", "rising_hold_from": "4", "in_a_row": "3", "worse_in_a_row": "2",
    "days_left_out": "2", "counts_for_days": "7", "remind_after": "60", "second_after": "240",
    "second_contact": "",
}  # fmt: skip


def saves(coach: Client, **fields: Any) -> Any:
    return coach.post(PAGE, NUMBERS | fields)


def test_there_is_one_page_and_a_look_keeps_nothing(coach: Client) -> None:
    assert coach.get("/coach/challenge/safetyrules/")["Location"] == PAGE
    page = plain(coach, PAGE)

    assert "Nobody has signed it yet." in page
    assert not SafetyRules.objects.exists()
    assert coach.get("/coach/challenge/safetyrules/add/").status_code == 403
    assert coach.post("/coach/challenge/safetyrules/1/delete/", {"post": "yes"}).status_code == 403
    assert entered().get(PAGE).status_code == 302


def test_what_is_set_counts(coach: Client) -> None:
    answer = saves(
        coach,
        hold_from="7",
        words_only=["hold_rising"],
        words_urgent="burning + shin, calf\nwobbly + knee",
        words_strikes="burning rubber",
        second_contact="Doctor@Example.com",
        remind_after="30",
    )

    assert answer.status_code == 302
    rules = SafetyRules.objects.get()
    assert (rules.hold_from, rules.words_only, rules.remind_after) == (7, ["hold_rising"], 30)
    assert rules.second_contact == "doctor@example.com"
    assert rules.red_words == {
        "urgent": ["burning + shin, calf", "wobbly + knee"], "strikes": ["burning rubber"]
    }  # fmt: skip
    assert "burning + shin, calf" in coach.get(PAGE).content.decode()
    saves(coach)
    assert SafetyRules.objects.get().red_words == {}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"ease_from": "8"}, "“Ease off” must begin above 0 and not above the number that stops"),
        ({"hold_from": "11"}, "Ensure this value is less than or equal to 10."),
        ({"in_a_row": "1"}, "What is counted in a row takes two check-ins at least."),
        ({"days_left_out": "7"}, "A score must count for longer than a movement is left out."),
        ({"words_only": ["hold_high"]}, "Select a valid choice."),
        (
            {"words_urgent": "burning + shin\na + b + c + d"},
            "“a + b + c + d”: A rule has three sides at most.",
        ),
        ({"words_emergency": "(numb"}, "“(numb”: A bracket is not closed, or stands within another."),
        ({"words_strikes": "a,,b"}, "Something is missing before or after a comma or a +."),
        ({"second_contact": "nobody"}, "nobody"),
        ({"remind_after": "1"}, "Ensure this value is greater than or equal to 5."),
    ],
)
def test_what_makes_no_sense_is_said(coach: Client, given: dict[str, Any], said: str) -> None:
    answer = saves(coach, **given)

    assert answer.status_code == 200
    assert escape(said) in answer.content.decode() or said in answer.content.decode()
    assert not SafetyRules.objects.exists()


def test_who_signed_and_when_until_the_list_changes(coach: Client, clock: Any) -> None:
    saves(coach, _sign="yes")

    rules = SafetyRules.objects.get()
    assert rules.signed_by is not None
    assert rules.signed_by.email == "coach@example.com"
    assert "Signed by coach@example.com, " in plain(coach, PAGE)
    assert ("signed", {}) in logged()

    saves(coach, remind_after="90")
    assert SafetyRules.objects.get().signed_at is not None
    saves(coach, words_urgent="wobbly + knee")
    assert SafetyRules.objects.get().signed_at is None


@pytest.mark.pure
def test_the_numbers_that_the_coach_sees_are_those_of_the_rules() -> None:
    from challenge.checkins.told_pain import thresholds_of
    from challenge.safety.pain_rules import PainThresholds

    assert thresholds_of(SafetyRules()) == PainThresholds()
