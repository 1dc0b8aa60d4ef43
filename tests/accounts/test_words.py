"""What a stranger writes on one line is taken without what nobody sees, or refused with what to do."""

import pytest

from accounts.words import (
    WordsError,
    first_name,
    isolated,
    isolated_html,
    one_line,
    search_words,
    several_lines,
)

pytestmark = pytest.mark.pure

OVERRIDE, SPACE, MARK = "\u202e", "\u200b", "\u0301"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Maya \t Lee\r\n", "Maya Lee"),
        ("Ma\u2028ya", "Ma ya"),
        (f"{OVERRIDE}ayaM{SPACE}", "ayaM"),
        ("\u2067Maya\u2069\u200f", "Maya"),
        ("Ma\u00adya\ufeff\u0000\u0007\u001b[31m", "Maya[31m"),
        ("\U000e0041\ud800Maya\ue000", "Maya"),
        ("\u3164\u115f\u2800\u034f", ""),
        ("Zoe\u0308", "Zoë"),
        ("M" + MARK * 40, "M" + MARK * 40),
        ("\uff2d\uff21\uff39\uff21", "\uff2d\uff21\uff39\uff21"),
        ("\u0639\u0644\u06cc\u200c\u0631\u0636\u0627", "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627"),
        ("Ma\u200cya \u200d", "Maya"),
        ("Gal·la Placídia", "Gal·la Placídia"),
    ],
)
def test_one_line_holds_what_is_seen(typed: str, kept: str) -> None:
    if MARK in kept:
        assert len(one_line(typed)) == 1 + 5
    else:
        assert one_line(typed) == kept
    assert one_line(one_line(typed)) == one_line(typed)


def test_several_lines_keep_their_ends_and_emoji() -> None:
    runner = "\U0001f3c3\u200d\u2640\ufe0f"
    assert (
        several_lines(f"one\r\ntwo\rthree\n\n\tfour {runner}\u202e\x07")
        == f"one\ntwo\nthree\n\n\tfour {runner}"
    )


@pytest.mark.parametrize(
    "typed",
    [
        "Dr.Maya",
        "St.John",
        "J.Lo",
        "J.R.R.",
        "Dr. Maya",
        "Anna-Lena O\u2019Neil",
        "三郎",
        "\u05de\u05d0\u05d9\u05d4",
        "Maya 2",
        "Tom & Jerry",
        "Gal·la",
        "D'Arcy, Jr.",
    ],
)
def test_a_name_is_a_name(typed: str) -> None:
    assert first_name(typed) == typed


def test_a_name_has_one_spelling() -> None:
    assert (
        first_name("\uff2d\uff41\uff59\uff41 ")
        == first_name("Ma\u200bya")
        == search_words("\uff2d\uff41\uff59\uff41")
        == "Maya"
    )
    assert len(first_name("\ufdfa")) == 18


@pytest.mark.parametrize("typed", ["", " ", SPACE, OVERRIDE, "\u3164", "\u2800\u00a0"])
def test_nothing_seen_is_no_name(typed: str) -> None:
    assert first_name(typed) == ""


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("evil.com", "without a link"),
        ("evil。com", "without a link"),
        ("evil\uff0ecom", "without a link"),
        ("evil\uff61com", "without a link"),
        ("evil\u2024com", "without a link"),
        ("Evil.Com", "without a link"),
        ("Bit.Ly", "without a link"),
        ("EVIL.COM", "without a link"),
        ("e\u200bvil.\u200bcom", "without a link"),
        ("Win at spam.example", "without a link"),
        ("https:\uff0f\uff0fspam", "without a link"),
        ("Maya\uff20spam", "without a link"),
        ("www spam", "without a link"),
        ("Call 0190 123456 now", "without a number"),
        ("Call \uff10\uff11\uff19\uff10", "without a number"),
        ("\u2460\u2461\u2462\u2463 Maya", "without a number"),
        ("\u0660\u0661\u0662\u0663 Maya", "without a number"),
        ("123", "in letters"),
        ("!!!", "in letters"),
        ("\U0001f3c3", "in letters"),
    ],
)
def test_a_name_carries_no_advertisement(typed: str, said: str) -> None:
    with pytest.raises(WordsError, match=said):
        first_name(typed)


def test_a_name_turns_nothing_around_it() -> None:
    assert isolated("\u05de\u05d0\u05d9\u05d4") == "\u2068\u05de\u05d0\u05d9\u05d4\u2069"
    assert isolated("\u2069\u202eMaya") == "\u2068Maya\u2069"
    assert isolated_html("<b>\u2069Maya") == "<bdi>&lt;b&gt;Maya</bdi>"
