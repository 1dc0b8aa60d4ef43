"""The list of red words as data: its form, its faults, and that nothing in it contradicts itself."""

from typing import Any

import pytest

from challenge.safety.red_word_list import KEYS, RedWordRule, RedWordsError, parse, standard, with_added
from challenge.safety.red_words import read

pytestmark = pytest.mark.pure


def phrases(text: str) -> list[str]:
    return sorted(" ".join(phrase) for side in parse({"urgent": [text]}).rules[0].sides for phrase in side)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("numb", ["numb"]),
        ("Can\u2019t pee/wee", ["cant pee", "cant wee"]),
        ("knee to (my/the) chest", ["knee to chest", "knee to my chest", "knee to the chest"]),
        ("8/10", ["8/10"]),
        ("eight out of ten", ["8/10"]),
        ("suicid-", ["suicid-"]),
        ("-floxacin", ["-floxacin"]),
        ("C-section", ["c section"]),
        ("groin pain,\n   groin   ache", ["groin ache", "groin pain"]),
    ],
)
def test_the_form_of_a_rule(text: str, expected: list[str]) -> None:
    assert phrases(text) == expected


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "missing before or after"),
        ("numb,", "missing before or after a comma"),
        ("numb +", "missing before or after a comma or a +"),
        ("a + b + c + d", "three sides"),
        ("pee/", "missing before or after a /"),
        ("knee to (my chest", "bracket"),
        ("knee to ((my) chest", "bracket"),
        ("(my)", "no word"),
        ("?!", "no word"),
        ("a-", "3 to 20 letters"),
        ("-floxacin-", "one end"),
        (" ".join(["a/b/c/d/e/f"] * 4), "more than 200 spellings"),
    ],
)
def test_a_fault_names_its_key_and_its_rule(text: str, fault: str) -> None:
    with pytest.raises(RedWordsError) as caught:
        parse({"urgent": ["numb + foot", text]})

    assert len(caught.value.problems) == 1
    assert (caught.value.problems[0].key, caught.value.problems[0].rule) == ("urgent", text)
    assert fault in str(caught.value)


def test_every_fault_is_told_at_once() -> None:
    added: dict[str, Any] = {"urgnt": ["numb"], "urgent": "numb", "ask_first": [1], "effort": ["hill + race"]}
    with pytest.raises(RedWordsError) as caught:
        parse(added)

    assert [problem.key for problem in caught.value.problems] == ["urgnt", "urgent", "ask_first", "effort"]


def test_the_list_has_every_key() -> None:
    red_words = standard()

    assert {rule.key for rule in (*red_words.rules, *red_words.strikes)} | set(red_words.helpers) == set(KEYS)
    assert all(red_words.helpers.values())
    assert standard() is red_words


def test_a_language_without_a_list() -> None:
    with pytest.raises(FileNotFoundError):
        standard("xx")


def test_what_is_added_is_checked_too() -> None:
    added: dict[str, Any] = {"urgent": "numb"}
    with pytest.raises(RedWordsError):
        with_added(added)


def test_what_is_added_leaves_the_list_as_it_was() -> None:
    rules = len(standard().rules)

    assert len(with_added({"urgent": ["burning + shin"]}).rules) == rules + 1
    assert len(standard().rules) == rules


@pytest.mark.parametrize("rule", standard().rules, ids=lambda rule: rule.source[:40])
def test_every_phrase_of_every_rule_fires(rule: RedWordRule) -> None:
    """A strike or a lookalike that covers a red word would silence it."""
    for side in rule.sides:
        for phrase in side:
            others = [" ".join(other[0]) for other in rule.sides if other is not side]
            text = " ".join([*others, " ".join(phrase)]).replace("-", "")
            effort = " after" if rule.key == "ask_screening_3" else ""
            assert read(text + effort).level.rank >= rule.level.rank, text


@pytest.mark.parametrize("rule", standard().strikes, ids=lambda rule: rule.source[:40])
def test_every_strike_is_harmless(rule: RedWordRule) -> None:
    for side in rule.sides:
        for phrase in side:
            others = [" ".join(other[0]) for other in rule.sides if other is not side]
            assert not read(" ".join([" ".join(phrase), *others])).holds
