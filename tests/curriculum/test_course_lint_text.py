"""The linter: signs, marks, links and promises that may not be mailed, whatever is pasted."""

import time
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from challenge.curriculum.lint import lint_article, lint_lesson, lint_self_check, lint_stretch
from tests.support.clean_texts import in_lesson

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    "text",
    [
        "Good morning, {first_name}. Yours, {coach_name}.",
        "\u05de\u05ea\u05d9\u05d7\u05d4 \u05d8\u05d5\u05d1\u05d4, \u0643\u0644 \u064a\u0648\u0645.",
        "A quiet hip \U0001f9d8\U0001f3fd\u200d\u2640\ufe0f and a flag \U0001f1e9\U0001f1ea.",
        "A [link](https://example.org/a_b), an <https://example.org> and [a mail](mailto:a@example.org).",
        "Two \\* three, 3 < 4, a_snake_word, R&D and 5 %.",
        "```\n2 ** 3\n```",
        "*Slow*, **firm** and `1, 2`.",
        "Mixed data: some say yes. It is not a secret.",
        "If you have sciatica, ask first. Back pain may come from many things.",
    ],
)
def test_what_is_fine_as_it_is(text: str) -> None:
    assert in_lesson(text) == []


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("Feel <b>this</b>.", "Leave out HTML such as <b>"),
        ("<script>alert(1)</script>", "Leave out HTML such as <script>"),
        ("<!-- note -->", "Leave out HTML such as <!"),
        ("{{ runner.email }}", "{{ is template syntax"),
        ("{% load i18n %}", "{% is template syntax"),
        ("{# a note #}", "{# is template syntax"),
        ("Hello {name}.", "{name} is no placeholder that we know. Use {first_name} or {coach_name}"),
        ("Hello {First_Name}.", "{First_Name} is no placeholder"),
        ("Hello {first_name.", "{ is no placeholder"),
        ("\u27e6leave_url\u27e7", "are reserved for the mail itself"),
        ("&#x27e6;leave_url&#10215;", "are reserved for the mail itself"),
        ("[a](http://example.org)", "begins with http://. Links begin with https:// or mailto:"),
        ("[a](javascript:alert(1))", "begins with javascript:"),
        ("[a](java&#115;cript:alert)", "begins with javascript:"),
        ("[a](data:text/html,x)", "begins with data:"),
        ("[a]: vbscript:x", "begins with vbscript:"),
        ("See http://example.org", "begins with http://"),
        ("[a](/library/)", "needs its whole address, beginning with https://. Complete /library/"),
        ("[a]()", "needs its whole address"),
        ("[a](https://example.org", "A link here is not complete"),
        ("![a](https://example.org/a.png)", "Pictures are chosen below the lesson"),
        ("Press **firmly and hold.", "** is left open"),
        ("Press *firmly and hold.", "* is left open and would be shown as it is. Close it, or write \\*"),
        ("Press _firmly and hold.", "_ is left open"),
        ("Press `firmly and hold.", "` is left open"),
        ("```\nfirm", "The code block that begins here is never closed. End it with ```"),
        ("~~~\nfirm\n~~", "The code block that begins here is never closed. End it with ~~~"),
        ("    four spaces", "This line is indented so far that it becomes code"),
        ("# A title", "Begin this one with ##"),
        ("### Too soon", "A ### heading stands under a ## heading"),
        ("#### Deep", "Headings go two levels deep"),
        ("left \u202eright", "An invisible sign (U+202E) turns the direction"),
        ("left &#x2066;right", "An invisible sign (U+2066) turns the direction"),
        ("a\x07b", "An invisible control character (U+0007)"),
        ("a\ud800b", "An invisible control character (U+D800)"),
        ("This will cure you.", '"cure" promises more than anyone can keep'),
        ("It is a cure-all.", '"cure-all" promises'),
        ("We guarantee it.", '"guarantee" promises'),
        ("It will heal your hip.", '"heal your" promises'),
        ("Run pain-free again.", '"pain-free" promises'),
        ("Fix your hip in a day.", '"Fix your" promises'),
        ("A small miracle.", '"miracle" promises'),
        ("It works 100% of the time.", '"100%" promises'),
        ("You are\nfine.", '"You are fine" promises'),
        ("Don't worry, you're fine.", '"you\'re fine" promises'),
        ("It is safe for everyone.", '"safe for everyone" promises'),
        ("An amazing stretch.", '"amazing" sounds like an advertisement'),
        ("Tight hips cause trouble and lead to sciatica.", '"sciatica" is stated as certain here'),
        ("You have plantar fasciitis.", '"plantar fasciitis" is stated as certain here'),
        ("The psoas causes low-back pain.", '"low-back pain" is stated as certain here'),
        (
            "This sentence " + "goes on and on " * 8 + "to its end.",
            "This sentence has 37 words. Make two of it",
        ),
    ],
)
def test_what_has_to_be_mended_in_a_lesson(text: str, advice: str) -> None:
    found = [finding for finding in in_lesson(text) if advice in finding.message]
    assert [(finding.place, finding.line) for finding in found] == [("lesson", 3)]


def test_the_line_is_the_one_within_the_paragraph() -> None:
    [finding] = in_lesson("A line.\nAnother, with **no end.\nA third.")
    assert finding.line == 4
    [finding] = in_lesson("A line,\r\nand a <i>.")
    assert finding.line == 4


@pytest.mark.parametrize(
    "unit", ["a", "*", "[", "![](", "{", "<", ">", "- a\n", "&#x27e6;", "\u202e", "cure ", "_a ", "'"]
)
def test_any_paste_is_answered_fast(unit: str) -> None:
    huge, full = unit * (2_000_000 // len(unit)), (unit * 6_000)[:6_000]
    started = time.perf_counter()
    for text in (huge, full):
        lint_lesson({"day": {"subject": text, "sources": text.split("a")}, "body": text})
        lint_stretch({"body": text, "skip_if": text})
    assert time.perf_counter() - started < 5


@settings(deadline=2_000, max_examples=300)
@given(st.text(st.characters(), max_size=400) | st.text("*_`#>-[]()!{}<&;:\n 1.a\u27e6\u202e", max_size=200))
@example("[a](\ud800)")
@example("[x]: \udfff\n\n[x]")
@example("\r\n\x00")
def test_no_text_is_too_odd(text: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    lesson = {"day": {"subject": text, "sources": [text], "figures": [{"alt": text}]}, "body": text}
    for finding in [
        *lint_lesson(lesson),
        *lint_stretch({"body": text, "skip_if": text}),
        *lint_article(text),
    ]:
        assert 1 <= finding.line <= max(lines, 2)
        assert finding.message.isprintable()


@given(
    st.dictionaries(
        st.sampled_from(
            ["day", "body", "points", "sources", "figures", "area", "equipment", "minutes", "alt"]
        ),
        st.recursive(
            st.none() | st.integers() | st.text(max_size=5),
            lambda s: st.lists(s) | st.dictionaries(st.text(), s),
        ),
    )
)
def test_no_shape_is_too_odd(content: dict[str, Any]) -> None:
    for found in (
        lint_lesson(content),
        lint_lesson({"day": content}),
        lint_stretch(content),
        lint_self_check(content),
    ):
        assert found
