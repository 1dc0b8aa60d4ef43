"""Red words: what a runner's own words ask for, sentence by sentence, and what does not change it."""

import sys
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from challenge.safety.red_word_list import STRIKES, Level, standard, with_added
from challenge.safety.red_words import Reading, read

pytestmark = pytest.mark.pure


def sentences(name: str, key: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((HERE / name).read_text(encoding="utf-8"))[key]
    return found


HERE = Path(__file__).parent
OWN = sentences("sentences.toml", "sentences")
READERS = sentences("sentences_by_a_reader.toml", "sentence")
SENTENCES = [*OWN, *READERS]
HOLDING = [sentence["text"] for sentence in SENTENCES if sentence["holds"]]
TEXTS = [sentence["text"] for sentence in SENTENCES]
STRUCK = [
    " ".join(phrase)
    for rule in standard().strikes
    if rule.key == STRIKES and len(rule.sides) == 1
    for phrase in rule.sides[0]
]


def as_expected(sentence: dict[str, Any], reading: Reading) -> bool:
    return (reading.level, reading.holds) == (sentence["level"], sentence["holds"])


def test_the_table_of_sentences() -> None:
    readings = [(sentence, read(sentence["text"])) for sentence in SENTENCES]
    misses = [
        f"{one['level']:15} {one['holds']!s:5} | {reading.level:15} {reading.holds!s:5} | {one['text']!r}"
        for one, reading in readings
        if not as_expected(one, reading)
    ]
    title = f"{len(SENTENCES) - len(misses)} of {len(SENTENCES)} as expected; expected | read | text"
    sys.stdout.write("\n".join(["", title, *misses, ""]))

    assert len(misses) <= 0.05 * len(SENTENCES)
    assert len(READERS) >= 60
    emergencies = [(one, reading) for one, reading in readings if one["level"] == Level.EMERGENCY]
    assert [one["text"] for one, reading in emergencies if not denied_or_meant(reading)] == []
    assert [one["text"] for one, reading in emergencies if one["holds"] and not reading.holds] == []


def test_the_table_has_every_level_and_a_third_of_it_is_harmless() -> None:
    levels = [sentence["level"] for sentence in SENTENCES]

    assert len(SENTENCES) >= 300
    assert levels.count(Level.NONE) >= len(levels) / 3
    assert set(levels) == set(Level)


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(HOLDING), st.sampled_from(STRUCK), st.booleans())
def test_a_struck_phrase_frees_only_itself(text: str, struck: str, first: bool) -> None:
    reading = read(f"{struck}. {text}" if first else f"{text}. {struck}")

    assert reading.holds
    assert reading.level.rank >= read(text).level.rank


@settings(deadline=None, max_examples=100)
@given(
    st.sampled_from(TEXTS),
    st.sampled_from([str.upper, str.lower, str.title, str.swapcase]),
    st.sampled_from([" ", "  ", "\n", "\t", "\r\n", "\u00a0", " \u200b"]),
    st.sampled_from(["", "!", "!!!", "...", " \U0001f605", ")", "\u201d", " \u2013"]),
    st.sampled_from(["", "(", "\u201c", "\u2022 ", "\U0001f3c3 ", "> ", "...", "\n\n"]),
)
def test_case_space_and_punctuation_change_nothing(
    text: str, case: Any, space: str, after: str, before: str
) -> None:
    changed = before + space.join(case(text).split(" ")).replace("'", "\u2019") + after
    one, other = read(text), read(changed)

    assert (one.level, one.holds) == (other.level, other.holds)


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=2000))
def test_every_text_can_be_read(text: str) -> None:
    assert read(text).level in Level


@pytest.mark.parametrize(
    "words",
    [
        "numb groin ",
        "no groin no pain no run ",
        "no both legs weak ",
        "groin sore pain ache night run worse hurts rest ",
        "numb from the cold and ",
        "wife surgery ",
        "pain 8/10 ",
        "8 out of ",
        "1/",
        "no ",
        "a' ",
        "((",
        "x",
    ],
)
def test_time_grows_with_the_length(words: str) -> None:
    text = (words * 2000)[:2000]
    read(text)
    start = time.process_time()
    read(text)

    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Great run! But my groin\nis numb.", "groin\nis numb"),
        ("I can\u2019t pee", "can't pee"),
        ("I am 15", "I am 15"),
    ],
)
def test_the_phrase_is_told_in_the_words_of_the_runner(text: str, phrase: str) -> None:
    assert read(text).found[0].phrase == phrase


def denied_or_meant(reading: Reading) -> list[str]:
    """Return the words of an emergency."""
    return [word.phrase for word in reading.found if word.level is Level.EMERGENCY]


def test_denied_words_of_an_emergency_reach_the_coach_beside_what_was_meant() -> None:
    reading = read("No chest pain. My calf is swollen.")

    assert (reading.level, reading.holds) == (Level.URGENT, True)
    assert denied_or_meant(reading) == ["chest pain"]
    assert [word.negated for word in reading.found] == [False, True]


@pytest.mark.parametrize("between", range(8))
def test_plus_is_within_six_words_either_way(between: int) -> None:
    filler = " ".join(["well"] * between)

    assert read(f"numb {filler} groin").holds is (between < 6)
    assert read(f"groin {filler} numb").holds is (between < 6)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("numb from the cold", Level.NONE),
        ("numb from the cold, and between my legs too", Level.EMERGENCY),
        ("numb from the cold, my bum too", Level.EMERGENCY),
        ("comfortably numb between my legs", Level.EMERGENCY),
        ("toes numb from the cold, groin stretch done", Level.NONE),
        ("toes numb from the cold. Groin stretch done", Level.NONE),
        ("legs like lead, and numb", Level.NONE),
        ("both legs like lead and numb", Level.EMERGENCY),
    ],
)
def test_what_is_harmless_alone(text: str, level: Level) -> None:
    assert read(text).level is level


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("my wife had surgery", Level.NONE),
        ("surgery, says my wife, went well", Level.NONE),
        ("my wife knows that I had surgery", Level.ASK_FIRST),
        ("my wife and I had surgery", Level.ASK_FIRST),
        ("my wife cooked a very good dinner before surgery", Level.ASK_FIRST),
        ("my wife passed out", Level.EMERGENCY),
        ("my sister says I'm 16", Level.ASK_FIRST),
        ("I'm 16, my sister is pregnant", Level.ASK_FIRST),
    ],
)
def test_illnesses_of_others(text: str, level: Level) -> None:
    assert read(text).level is level


@pytest.mark.parametrize(
    "text",
    [
        "I got back pain, sudden and severe",
        "It was back pain, so sudden",
        "severe pain in my back again",
        "severe pain in my back, home now",
        "my chest is under pressure",
        "hit by an electric car",
        "I fell back to the ground, on the hip",
    ],
)
def test_a_strike_leaves_an_emergency_alone(text: str) -> None:
    assert read(text).level is Level.EMERGENCY


@pytest.mark.parametrize("age", [12, 13, 17, 18])
def test_somebody_under_eighteen(age: int) -> None:
    assert read(f"I'm {age}").holds is (13 <= age <= 17)
    assert not read(f"I'm {age} days in").holds


def test_a_struck_word_is_no_effort() -> None:
    assert read("race fever, both legs weak").level is Level.EMERGENCY
    assert read("race, both legs weak").level is Level.ASK_SCREENING_3


@pytest.mark.parametrize(
    ("word", "found"),
    [("fever", True), ("fevr", False), ("feverr", True), ("fevre", True), ("never", False), ("fewer", False),
     ("infektion", True), ("infektsion", True), ("infektziun", False), ("limb", False), ("clog", False)],
)  # fmt: skip
def test_slips_of_the_keyboard(word: str, found: bool) -> None:
    assert read(f"a {word} today").holds is found


def test_words_that_a_coach_adds() -> None:
    red_words = with_added({"urgent": ["burning/burnt + shin"], "strikes": ["burning rubber"]})

    assert read("My shin is burning").level is Level.NONE
    assert read("My shin is burning", red_words).level is Level.URGENT
    assert read("My shin is not burning", red_words).level is Level.NONE
    assert read("burning rubber, shin fine", red_words).level is Level.NONE
    assert read("numb groin", red_words).level is Level.EMERGENCY
