"""Thanks alone want no answer; whatever asks or tells more does."""

from typing import Any

import pytest

from challenge.conversation.thanks import is_thanks

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    "text",
    [
        "Thank you",
        "thank you!",
        "Thanks",
        "Thanks a lot, Sam!",
        "thanks so much :)",
        "Many thanks.",
        "Cheers, coach",
        "ok",
        "OK, thanks 👍🏽",
        "Okay. Got it. Will do!",
        "👍",
        "🙏🙏",
        "❤️",
        ":-)",
        "Thank you for your answer 😊",
        "Great, that helps.\nThank you",
    ],
)
def test_thanks_want_no_answer(text: str, settings: Any) -> None:
    settings.COACH_NAME = "Sam Rivers"
    assert is_thanks(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "...",
        "ok?",
        "Thanks, but it still hurts",
        "Thank you. May I run tomorrow?",
        "Ok, and what about my knee",
        "not ok",
        "no thanks",
        "😭",
        "🆘",
        "👍 but numb",
        "help",
        "Sam",
        "coach",
        "thanks 8",
        "okra",
    ],
)
def test_whatever_says_more_does(text: str, settings: Any) -> None:
    settings.COACH_NAME = "Sam Rivers"
    assert not is_thanks(text)
